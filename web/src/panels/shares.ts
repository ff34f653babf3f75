// A bar for each of some shares, with the numbers in words beside it.
import { select } from 'd3';

/** `up`: how many of them serve, where that is known; `down`: that some of the others are not just starting. */
export interface Part { name: string; count: number; up?: number; down?: boolean }

const serving = (part: Part): number => part.up ?? part.count;

export const partsOf = (counts: Record<string, number>): Part[] =>
  Object.keys(counts).sort((a, b) => a.localeCompare(b, 'en', { numeric: true })).map((name) => ({ name, count: counts[name]! }));

/** `classOf`: of the bar, by place in the list. */
export function drawShares(root: HTMLElement, parts: Part[], classOf: (index: number) => string = () => ''): void {
  const most = Math.max(1, ...parts.map((part) => part.count));
  const rows = select(root).selectAll<HTMLDivElement, Part>('div.share').data(parts, (part) => part.name).join((enter) => {
    const row = enter.append('div').attr('class', 'share');
    row.append('span').attr('class', 'name');
    row.append('span').attr('class', 'bar').append('i');
    row.append('span').attr('class', 'count');
    return row;
  }).order();
  rows.attr('data-name', (part) => part.name).select('span.name').text((part) => part.name);
  rows.select('i').attr('class', (_part, i) => classOf(i)).style('width', (part) => `${(100 * serving(part)) / most}%`);
  rows.classed('lost', (part) => serving(part) < part.count && part.down === true);
  rows.select('span.count').text((part) => (serving(part) < part.count ? `${serving(part)}/${part.count}` : part.count));
  root.classList.toggle('partly', parts.some((part) => serving(part) < part.count));
}
