// Breaking things: one fault now, an experiment, or again and again. A server that cannot do the last two has the first alone.
import { button, h, setHidden } from './dom';
import { experiments } from './experiments';
import { faults } from './faults';
import type { Panel, Render } from './panel';
import { schedules } from './schedules';

const kinds = ['faults', 'experiments', 'schedules'] as const;
type Kind = (typeof kinds)[number];
const labels: Record<Kind, string> = { faults: 'Faults', experiments: 'Experiments', schedules: 'Schedules' };
const panels: Record<Kind, Panel> = { faults, experiments, schedules };

export const breaking: Panel = (root, actions) => {
  let chosen: Kind = 'faults';
  const switcher = h('div', { class: 'segmented wide', role: 'radiogroup', 'aria-label': 'What breaks' });
  const bodies = new Map<Kind, HTMLElement>();
  const renders = new Map<Kind, Render>();
  root.append(switcher);
  for (const kind of kinds) {
    switcher.append(button(labels[kind], { role: 'radio', 'data-kind': kind, 'data-testid': `break-${kind}` }, () => {
      chosen = kind;
      void actions.refreshTab();
      actions.set({});
    }));
    const body = h('div', { class: 'break-body' });
    bodies.set(kind, body);
    renders.set(kind, panels[kind](body, actions));
    root.append(body);
  }
  let aimed: unknown = null;
  return (state) => {
    const able: Record<Kind, boolean> = { faults: true, experiments: state.templates.length > 0, schedules: state.schedulePresets.length > 0 };
    if (!able[chosen] || (state.aim && state.aim !== aimed)) chosen = 'faults';
    aimed = state.aim;
    setHidden(switcher, !able.experiments && !able.schedules);
    for (const item of switcher.children) {
      const kind = item.getAttribute('data-kind') as Kind;
      item.setAttribute('aria-checked', `${kind === chosen}`);
      setHidden(item as HTMLElement, !able[kind]);
    }
    for (const kind of kinds) setHidden(bodies.get(kind)!, kind !== chosen);
    renders.get(chosen)!(state);
  };
};
