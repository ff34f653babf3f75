// The choice of a service, in the order of the picture; the same choice in every panel that is about one.
import type { Actions } from '../actions';
import type { State } from '../store';
import { h, setOptions } from './dom';

export function servicePicker(actions: Actions, testId: string): { root: HTMLSelectElement; draw(state: State): void } {
  const root = h('select', { 'aria-label': 'Service', 'data-testid': testId, class: 'wide' });
  root.addEventListener('change', () => {
    actions.setService(root.value);
    root.blur();
  });
  return {
    root,
    draw(state) {
      const order = (state.view?.tiers ?? []).flatMap((tier) => tier.services);
      const services = [...state.services].sort((a, b) => order.indexOf(a.name) - order.indexOf(b.name));
      setOptions(root, services.map((s) => ({ value: s.name, label: `${s.name} · ${s.package}` })), state.service);
    },
  };
}
