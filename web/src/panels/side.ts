// The side panel: one of its tabs at a time.
import { tabs, type Tab } from '../store';
import { button, h, setText } from './dom';
import { faults } from './faults';
import { flows } from './flows';
import { incidents } from './incidents';
import { nodePanel } from './node';
import { operate } from './operate';
import type { Panel, Render } from './panel';
import { review } from './review';

const panels: Record<Tab, { label: string; panel: Panel }> = {
  node: { label: 'Node', panel: nodePanel },
  operate: { label: 'Operate', panel: operate },
  faults: { label: 'Faults', panel: faults },
  incidents: { label: 'Incidents', panel: incidents },
  flows: { label: 'Requests', panel: flows },
  review: { label: 'Review', panel: review },
};

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
    next.focus();
    next.click();
  });
  for (const tab of tabs) {
    bar.append(button(panels[tab].label, { role: 'tab', id: `tab-${tab}`, 'data-testid': `tab-${tab}`, 'aria-controls': `panel-${tab}` }, () => actions.setTab(tab)));
    const body = h('div', { class: `panel ${tab}`, role: 'tabpanel', id: `panel-${tab}`, 'aria-labelledby': `tab-${tab}` });
    bodies.set(tab, body);
    renders.set(tab, panels[tab].panel(body, actions));
    root.append(body);
  }
  return (state) => {
    const counts: Partial<Record<Tab, number>> = {
      faults: state.faults.filter((fault) => fault.state === 'active').length,
      incidents: state.incidents.filter((incident) => incident.state === 'open').length,
    };
    for (const tab of tabs) {
      const item = bar.querySelector(`#tab-${tab}`)!;
      item.setAttribute('aria-selected', `${tab === state.tab}`);
      const count = counts[tab] ?? 0;
      setText(item, count > 0 ? `${panels[tab].label} (${count})` : panels[tab].label);
      bodies.get(tab)!.hidden = tab !== state.tab;
    }
    renders.get(state.tab)!(state);
  };
};
