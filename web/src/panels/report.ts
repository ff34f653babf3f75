// The report of an experiment, as the server writes it.
import type { State } from '../store';
import { h, setHidden } from './dom';
import { showProblem } from './form';
import { markdownElements } from './markdown';
import type { Render } from './panel';

export function reportSheet(root: HTMLElement): Render {
  const waiting = h('p', { class: 'hint', role: 'status', text: 'Its part of the run is run once more …' });
  const text = h('article', { class: 'report', 'data-testid': 'report' });
  const problem = h('div');
  root.append(waiting, problem, text);
  let drawn: State['report'] = null;
  return (state) => {
    const { report } = state;
    setHidden(waiting, report === null || report.result !== null || report.problem !== null);
    if (report === drawn) return;
    drawn = report;
    showProblem(problem, report?.problem ?? null);
    text.replaceChildren(...(report?.result ? markdownElements(report.result) : []));
  };
}
