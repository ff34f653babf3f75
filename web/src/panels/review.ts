// What the rules of lint find in the document that runs: each finding with its place, why it matters and how to mend it.
import { select } from 'd3';
import type { Finding } from '../wire';
import { h, setHidden, setText } from './dom';
import type { Panel } from './panel';

const kinds = ['error', 'warning', 'info'] as const;
const words: Record<(typeof kinds)[number], [string, string]> = { error: ['error', 'errors'], warning: ['warning', 'warnings'], info: ['note', 'notes'] };
const signs: Record<string, string> = { error: '✖', warning: '▲', info: '●' };

/** "1 warning, 3 notes". */
export function summary(findings: Finding[]): string {
  const parts = kinds.map((kind) => ({ kind, count: findings.filter((finding) => finding.severity === kind).length })).filter((part) => part.count > 0);
  return parts.map(({ kind, count }) => `${count} ${words[kind][count === 1 ? 0 : 1]}`).join(', ');
}

/** "/services/3/count", "/services/3/dependencies/0 and 4 more places". */
export const placesOf = (finding: Finding): string =>
  (finding.pointer || 'the document') + (finding.alsoAt.length === 0 ? '' : ` and ${finding.alsoAt.length} more ${finding.alsoAt.length === 1 ? 'place' : 'places'}`);

export const review: Panel = (root) => {
  const count = h('span', { class: 'hint', 'data-testid': 'review-summary' });
  const none = h('p', { class: 'empty', text: 'The rules find nothing in this architecture.' });
  const list = h('ul', { class: 'findings', 'data-testid': 'findings' });
  root.append(h('div', { class: 'row' }, h('h2', { text: 'Review of the architecture' }), count), none, list);
  return (state) => {
    setText(count, summary(state.findings));
    setHidden(none, state.findings.length > 0);
    const items = select(list).selectAll<HTMLLIElement, Finding>('li').data(state.findings, (finding) => `${finding.rule} ${finding.pointer} ${finding.why}`).join((enter) => {
      const li = enter.append('li');
      li.append('span').attr('class', 'sign').attr('aria-hidden', 'true');
      li.append('p').attr('class', 'why');
      li.append('p').attr('class', 'mend');
      li.append('p').attr('class', 'hint');
      return li;
    }).order();
    items.attr('class', (finding) => finding.severity);
    items.select('.sign').text((finding) => signs[finding.severity] ?? '');
    items.select('.why').text((finding) => finding.why);
    items.select('.mend').text((finding) => finding.mend);
    items.select('.hint').text((finding) => `${finding.rule} · ${placesOf(finding)}`).attr('title', (finding) => [finding.pointer, ...finding.alsoAt].join('\n'));
  };
};
