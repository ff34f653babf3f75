// Changes to one service: how many instances, who says how many, and how much load comes in.
import type { Actions } from '../actions';
import type { View } from '../store';
import type { Service } from '../wire';
import { autoscalerSection } from './autoscaler';
import { button, figure, fold, h, numberInput, setHidden, setText } from './dom';
import { sendingForm } from './form';
import { Inputs, type InputSpec } from './inputs';
import { loadSection } from './load';
import type { Panel, Render } from './panel';
import { servicePicker } from './service-picker';
import { drawShares, partsOf, type Part } from './shares';

/** How many are there of how many that are wanted: "23 of 24 up, 1 starting"; "2400 wanted, 2880 there: 1920 up, 960 down". Parts add up. */
export function readyText(service: Pick<Service, 'desired' | 'instances'>): string {
  const { up, starting, down, draining } = service.instances;
  const there = up + starting + down;
  const others = [starting ? `${starting} starting` : '', down ? `${down} down` : ''].filter((part) => part !== '');
  const told = there === service.desired ? [`${up} of ${there} up`, ...others].join(', ') : `${service.desired} wanted, ${there} there: ${[`${up} up`, ...others].join(', ')}`;
  return draining ? `${told}; ${draining} more draining` : told;
}

/** How many of a service are there and up in each zone: as the marks of its groups or instances have it, else nobody is in a zone that is down. */
export function zonesOf(service: Pick<Service, 'name' | 'byZone'>, view: Pick<View, 'bands' | 'nodes'> | null): Part[] {
  const up = new Map<string, number>();
  const down = new Set<string>();
  for (const node of view?.nodes.values() ?? []) {
    const zone = `${node.region}.${node.zone}`;
    if (node.service !== service.name || service.byZone[zone] === undefined) continue;
    up.set(zone, (up.get(zone) ?? 0) + node.instances.up);
    if (node.instances.down > 0) down.add(zone);
  }
  for (const band of view?.bands ?? []) {
    if (band.state !== 'down') continue;
    up.set(band.id, up.get(band.id) ?? 0);
    down.add(band.id);
  }
  return partsOf(service.byZone).map((part) =>
    up.has(part.name) ? { ...part, up: Math.min(part.count, up.get(part.name)!), down: down.has(part.name) } : part);
}

function scaleSection(root: HTMLElement, actions: Actions, service: () => Service | null): Render {
  const replicas = numberInput('replicas', 1, 0, 2_000_000, '1');
  const ready = h('p', { class: 'hint', 'data-testid': 'scale-ready' });
  const zones = h('div', { class: 'shares', 'data-testid': 'by-zone' });
  const change = (by: number): void => {
    replicas.value = String(Math.max(0, Math.round(Number(replicas.value) + by)));
  };
  replicas.setAttribute('aria-label', 'Instances');
  const form = sendingForm({ class: 'scale' }, async () => {
    const chosen = service();
    return chosen ? actions.changes.scale(chosen.name, { replicas: Number(replicas.value) }) : null;
  }, h('div', { class: 'row', 'data-pointer': '/replicas' },
    button('−', { class: 'icon', 'aria-label': 'One less' }, () => change(-1)), replicas, button('+', { class: 'icon', 'aria-label': 'One more' }, () => change(1)),
    h('button', { type: 'submit', class: 'primary', 'data-testid': 'scale', text: 'Scale' })));
  const each = new Inputs(h('div', { class: 'grid' }), 'zone-', '/perZone');
  const byZone = sendingForm({ class: 'stack' }, async () => {
    const chosen = service();
    return chosen ? actions.changes.scale(chosen.name, { perZone: each.values() as Record<string, number> }) : null;
  }, each.root, h('button', { type: 'submit', 'data-testid': 'scale-zones', text: 'Scale by zone' }));
  const zoneFold = fold('So many in each zone', {}, byZone);
  root.append(h('h3', { text: 'Scale' }), form, ready, zones, zoneFold);
  let shown = '';
  return (state) => {
    const chosen = service();
    if (!chosen) return;
    const mark = `${chosen.name}/${chosen.desired}`;
    if (mark !== shown && document.activeElement !== replicas) replicas.value = String(chosen.desired);
    const places = partsOf(chosen.byZone);
    if (mark !== shown && !byZone.contains(document.activeElement)) {
      const specs: InputSpec[] = places.map((part) => ({ name: part.name, label: part.name, kind: 'number', usual: part.count, min: 0, max: 2_000_000 }));
      each.show(specs, Object.fromEntries(places.map((part) => [part.name, part.count])));
    }
    shown = mark;
    setHidden(zoneFold, places.length < 2);
    setText(ready, `${readyText(chosen)} · ${figure(chosen.requestsPerSecond)} req/s`);
    drawShares(zones, zonesOf(chosen, state.view));
  };
}

export const operate: Panel = (root, actions) => {
  let service: Service | null = null;
  const picker = servicePicker(actions, 'service-picker');
  const sections = [h('section'), h('section'), h('section')] as const;
  root.append(h('div', { class: 'row' }, h('h2', { text: 'Operate' }), picker.root), ...sections);
  const renders = [scaleSection(sections[0], actions, () => service), autoscalerSection(sections[1], actions), loadSection(sections[2], actions)];
  return (state) => {
    service = state.services.find((s) => s.name === state.service) ?? null;
    picker.draw(state);
    for (const render of renders) render(state);
  };
};
