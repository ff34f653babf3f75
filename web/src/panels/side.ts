// The side panel: one of its tabs at a time.
import { tabs, type Tab } from '../store';
import { breaking } from './break';
import { rolloutText } from './deployments';
import { button, h, setHidden, setText } from './dom';
import { flows } from './flows';
import { forks } from './forks';
import { incidents } from './incidents';
import { nodePanel } from './node';
import { operate } from './operate';
import type { Panel, Render } from './panel';
import { push } from './push';
import { review } from './review';
import { story } from './story';
import { traffic } from './traffic';

const panels: Record<Tab, { label: string; panel: Panel }> = {
  node: { label: 'Node', panel: nodePanel },
  flows: { label: 'Requests', panel: flows },
  incidents: { label: 'Incidents', panel: incidents },
  review: { label: 'Review', panel: review },
  story: { label: 'Story', panel: story },
  operate: { label: 'Operate', panel: operate },
  push: { label: 'Push', panel: push },
  traffic: { label: 'Traffic', panel: traffic },
  faults: { label: 'Faults', panel: breaking },
  forks: { label: 'What if', panel: forks },
};
/** The first of those that do something: they stand in a row of their own. */
const firstDeed: Tab = 'operate';

export const side: Panel = (root, actions) => {
  const bar = h('div', { class: 'tabs', role: 'tablist', 'aria-label': 'Details' });
  const bodies = new Map<Tab, HTMLElement>();
  const renders = new Map<Tab, Render>();
  root.append(bar);
  bar.addEventListener('keydown', (event) => {
    const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    const items = [...bar.querySelectorAll('button')];
    const next = items[items.indexOf(event.target as HTMLButtonElement) + step];
    if (step === 0 || !next) return;
    event.preventDefault();
    next.focus();
    next.click();
  });
  for (const tab of tabs) {
    const item = button(panels[tab].label, { role: 'tab', id: `tab-${tab}`, 'data-testid': `tab-${tab}`, 'aria-controls': `panel-${tab}`, ...(tab === firstDeed ? { class: 'deed' } : {}) }, () => actions.setTab(tab));
    item.append(h('span', { class: 'count', hidden: '' }));
    bar.append(item);
    const body = h('div', { class: `panel ${tab}`, role: 'tabpanel', id: `panel-${tab}`, 'aria-labelledby': `tab-${tab}` });
    bodies.set(tab, body);
    root.append(body);
  }
  let shown: string | null = null;
  /** What was filled in of one simulation says nothing of the next. */
  const begin = (tab: Tab): void => {
    const body = bodies.get(tab)!;
    if (body.contains(document.activeElement)) bar.querySelector<HTMLElement>(`#tab-${tab}`)!.focus();
    body.replaceChildren();
    renders.set(tab, panels[tab].panel(body, actions));
  };
  return (state) => {
    if (state.simulationId !== shown) tabs.forEach(begin);
    shown = state.simulationId;
    const counts: Partial<Record<Tab, number>> = {
      faults: state.faults.filter((fault) => fault.state === 'active').length,
      incidents: state.incidents.filter((incident) => incident.state === 'open').length,
      push: state.rollouts.length,
    };
    bar.querySelector<HTMLElement>('#tab-push')!.title = state.rollouts.map(rolloutText).join('\n');
    for (const tab of tabs) {
      const item = bar.querySelector(`#tab-${tab}`)!;
      item.setAttribute('aria-selected', `${tab === state.tab}`);
      item.setAttribute('tabindex', tab === state.tab ? '0' : '-1');
      const badge = item.querySelector<HTMLElement>('.count')!;
      const count = counts[tab] ?? 0;
      setText(badge, count > 0 ? String(count) : '');
      setHidden(badge, count === 0);
      bodies.get(tab)!.hidden = tab !== state.tab;
    }
    renders.get(state.tab)!(state);
  };
};
