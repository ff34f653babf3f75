// Reports as the server writes them, as elements: headings, paragraphs, lists, tables, bold, code. Text stays text: nothing in it becomes markup.
import { h } from './dom';

export type Block =
  | { kind: 'heading'; level: number; text: string } | { kind: 'paragraph'; text: string } | { kind: 'list'; ordered: boolean; items: string[] }
  | { kind: 'table'; head: string[]; rows: string[][] } | { kind: 'code'; text: string };

const cells = (line: string): string[] => line.trim().replace(/^\||\|$/g, '').split('|').map((cell) => cell.trim());
const isRule = (line: string): boolean => /^\s*\|?[\s:|-]+\|?\s*$/.test(line) && line.includes('-');
const itemOf = (line: string): { ordered: boolean; text: string } | null => {
  const match = /^\s*(?:([-*+])|(\d+)\.)\s+(.*)$/.exec(line);
  return match ? { ordered: match[2] !== undefined, text: match[3]! } : null;
};

export function readMarkdown(text: string): Block[] {
  const lines = text.replace(/\r/g, '').split('\n');
  const blocks: Block[] = [];
  for (let i = 0; i < lines.length; i += 1) {
    const line = lines[i]!;
    const heading = /^(#{1,6})\s+(.*)$/.exec(line);
    const item = itemOf(line);
    const last = blocks[blocks.length - 1];
    if (/^```/.test(line)) {
      const end = lines.findIndex((other, k) => k > i && /^```/.test(other));
      blocks.push({ kind: 'code', text: lines.slice(i + 1, end < 0 ? lines.length : end).join('\n') });
      i = end < 0 ? lines.length : end;
    } else if (heading) blocks.push({ kind: 'heading', level: heading[1]!.length, text: heading[2]! });
    else if (line.includes('|') && isRule(lines[i + 1] ?? '')) {
      const rows: string[][] = [];
      for (i += 2; i < lines.length && lines[i]!.includes('|'); i += 1) rows.push(cells(lines[i]!));
      i -= 1;
      blocks.push({ kind: 'table', head: cells(line), rows });
    } else if (item) {
      if (last?.kind === 'list' && last.ordered === item.ordered && lines[i - 1]?.trim() !== '') last.items.push(item.text);
      else blocks.push({ kind: 'list', ordered: item.ordered, items: [item.text] });
    } else if (line.trim() === '') continue;
    else if (last?.kind === 'paragraph' && lines[i - 1]?.trim() !== '') last.text += ` ${line.trim()}`;
    else if (last?.kind === 'list' && lines[i - 1]?.trim() !== '') last.items[last.items.length - 1] += ` ${line.trim()}`;
    else blocks.push({ kind: 'paragraph', text: line.trim() });
  }
  return blocks;
}

/** "a **b** `c`" as text and elements. */
function inline(text: string): Node[] {
  return text.split(/(\*\*[^*]+\*\*|`[^`]+`)/).filter((part) => part !== '').map((part) =>
    part.startsWith('**') ? h('strong', { text: part.slice(2, -2) }) : part.startsWith('`') ? h('code', { text: part.slice(1, -1) }) : document.createTextNode(part));
}

function blockElement(block: Block): HTMLElement {
  switch (block.kind) {
    // The page has its own first heading.
    case 'heading': return h(block.level <= 1 ? 'h2' : 'h3', {}, ...inline(block.text));
    case 'paragraph': return h('p', {}, ...inline(block.text));
    case 'code': return h('pre', { class: 'lines', text: block.text });
    case 'list': return h(block.ordered ? 'ol' : 'ul', {}, ...block.items.map((item) => h('li', {}, ...inline(item))));
    case 'table':
      return h('table', { class: 'metrics' }, h('thead', {}, h('tr', {}, ...block.head.map((cell) => h('th', { scope: 'col' }, ...inline(cell))))),
        h('tbody', {}, ...block.rows.map((row) => h('tr', {}, ...row.map((cell) => h('td', {}, ...inline(cell)))))));
  }
}

export const markdownElements = (text: string): HTMLElement[] => readMarkdown(text).map(blockElement);
