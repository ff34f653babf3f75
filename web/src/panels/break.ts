// Breaking things: one fault now, an experiment, or again and again. A server that cannot do the last two has the first alone.
import { breakKinds, type BreakKind as Kind } from '../store';
import { button, h, setHidden } from './dom';
import { experiments } from './experiments';
import { faults } from './faults';
import type { Panel, Render } from './panel';
import { schedules } from './schedules';

const labels: Record<Kind, string> = { faults: 'Faults', experiments: 'Experiments', schedules: 'Schedules' };
const panels: Record<Kind, Panel> = { faults, experiments, schedules };

export const breaking: Panel = (root, actions) => {
  const switcher = h('div', { class: 'segmented wide', role: 'radiogroup', 'aria-label': 'What breaks' });
  const bodies = new Map<Kind, HTMLElement>();
  const renders = new Map<Kind, Render>();
  root.append(switcher);
  for (const kind of breakKinds) {
    switcher.append(button(labels[kind], { role: 'radio', 'data-kind': kind, 'data-testid': `break-${kind}` }, () => {
      actions.set({ breakKind: kind });
      void actions.refreshTab();
    }));
    const body = h('div', { class: 'break-body' });
    bodies.set(kind, body);
    renders.set(kind, panels[kind](body, actions));
    root.append(body);
  }
  return (state) => {
    const able: Record<Kind, boolean> = { faults: true, experiments: state.templates.length > 0, schedules: state.schedulePresets.length > 0 };
    const chosen: Kind = able[state.breakKind] ? state.breakKind : 'faults';
    setHidden(switcher, !able.experiments && !able.schedules);
    for (const item of switcher.children) {
      const kind = item.getAttribute('data-kind') as Kind;
      item.setAttribute('aria-checked', `${kind === chosen}`);
      setHidden(item as HTMLElement, !able[kind]);
    }
    for (const kind of breakKinds) setHidden(bodies.get(kind)!, kind !== chosen);
    renders.get(chosen)!(state);
  };
};
