// Faults: the active ones with a way to end each, and a form for a new one that is built from what the server says it can do.
import { select } from 'd3';
import type { NewFault } from '../api';
import type { State } from '../store';
import type { Fault, FaultType, ParameterSpec, Selector } from '../wire';
import { button, clockTime, field, h, numberInput, setHidden, setOptions, setText } from './dom';
import type { Panel } from './panel';

export const describeTarget = (selector: Selector): string =>
  [...selector.zones, ...selector.regions, ...selector.services, ...selector.instances.map((name) => name.split('.').pop() ?? name)].join(', ') || 'everything';

const titleOf = (state: State, type: string): string => state.faultTypes.find((t) => t.type === type)?.title ?? type;

function drawActive(root: HTMLElement, state: State, end: (fault: Fault) => void): void {
  const active = state.faults.filter((fault) => fault.state === 'active');
  const items = select(root).selectAll<HTMLLIElement, Fault>('li').data(active, (fault) => fault.id).join((enter) => {
    const li = enter.append('li').attr('data-testid', 'active-fault');
    li.append('span').attr('class', 'what');
    li.append('span').attr('class', 'hint');
    li.append('button').attr('type', 'button').attr('class', 'quiet').text('End');
    return li;
  });
  items.select('span.what').text((fault) => `${titleOf(state, fault.type)}: ${describeTarget(fault.selector)}`);
  items.select('span.hint').text((fault) => `${fault.targets} instances, since ${clockTime(fault.startedSimTimeMs)}${fault.endsSimTimeMs === null ? '' : ` until ${clockTime(fault.endsSimTimeMs)}`}`);
  items.select<HTMLButtonElement>('button').on('click', (_event, fault) => end(fault));
}

/** What a kind of target can be chosen from, in the view and its services. */
function targetsOf(state: State, kind: string): string[] {
  const nodes = [...(state.view?.nodes.values() ?? [])];
  switch (kind) {
    case 'zones': return (state.view?.bands ?? []).filter((band) => band.zone !== '*' && band.zone !== '').map((band) => band.id);
    case 'regions': return [...new Set((state.view?.bands ?? []).map((band) => band.region).filter((region) => region !== '*' && region !== ''))];
    case 'services': return state.services.map((service) => service.name);
    default: return nodes.filter((node) => node.level === 'instance' && node.state !== 'dead').map((node) => node.id);
  }
}

function drawParameters(root: HTMLElement, specs: ParameterSpec[]): void {
  const key = specs.map((spec) => spec.name).join();
  if (root.dataset.key === key) return;
  root.dataset.key = key;
  root.replaceChildren(...specs.map((spec) => {
    const id = `fault-${spec.name}`;
    let input: HTMLElement;
    if (spec.kind === 'choice') {
      const list = h('select', { id, name: spec.name, title: spec.description });
      setOptions(list, spec.choices.map((choice) => ({ value: choice, label: choice })), String(spec.default));
      input = list;
    } else {
      const number = numberInput(id, Number(spec.default), spec.min ?? 0, spec.max ?? Number.MAX_SAFE_INTEGER);
      number.name = spec.name;
      number.title = spec.description;
      input = number;
    }
    return field(words(spec.name), input, spec.unit);
  }));
}

/** latencyMs → Latency: the unit stands beside the field. */
const words = (name: string): string => {
  const spaced = name.replace(/(Ms|Percent|PerSecond)$/, '').replace(/([A-Z])/g, ' $1').toLowerCase();
  return spaced.charAt(0).toUpperCase() + spaced.slice(1);
};

function readParameters(root: HTMLElement, specs: ParameterSpec[]): Record<string, number | string> {
  const out: Record<string, number | string> = {};
  for (const spec of specs) {
    const input = root.querySelector<HTMLInputElement | HTMLSelectElement>(`[name="${CSS.escape(spec.name)}"]`);
    if (input) out[spec.name] = spec.kind === 'choice' ? input.value : Number(input.value);
  }
  return out;
}

export const faults: Panel = (root, actions) => {
  let type: FaultType | null = null;
  const picker = h('select', { 'data-testid': 'fault-type' });
  const kind = h('select', { 'data-testid': 'fault-target-kind' });
  const target = h('select', { 'data-testid': 'fault-target' });
  const lasts = numberInput('fault-duration', 0, 0, 1e9);
  const parameters = h('div', { class: 'grid' });
  const hint = h('p', { class: 'hint' });
  const none = h('p', { class: 'empty', text: 'No fault is active.' });
  const list = h('ul', { class: 'cards' });
  const start = h('button', { type: 'submit', class: 'danger', 'data-testid': 'start-fault', text: 'Start fault' });
  const missing = h('p', { class: 'hint', text: 'There is nothing of this kind in the view: single instances are named at level Instances.' });
  const form = h('form', { class: 'stack' },
    field('What', picker), hint, h('div', { class: 'grid' }, field('To', kind), field('Which', target)), parameters, field('For (0 = until ended)', lasts, 's of simulated time'),
    start, missing);
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    if (!type || target.value === '') return;
    const fault: NewFault = { type: type.type, selector: { [kind.value]: [target.value] }, ...readParameters(parameters, type.parameters) };
    if (Number(lasts.value) > 0) fault.durationMs = Number(lasts.value) * 1000;
    void actions.startFault(fault, `${type.title}, ${target.value}`);
  });
  const endAll = button('End all', { class: 'quiet', 'data-testid': 'end-all-faults' }, () => void actions.heal(active));
  let active: Fault[] = [];
  root.append(h('div', { class: 'row' }, h('h2', { text: 'Faults' }), endAll), none, list, h('section', {}, h('h3', { text: 'Start a fault' }), form));
  return (state) => {
    active = state.faults.filter((fault) => fault.state === 'active');
    setHidden(none, active.length > 0);
    setHidden(endAll, active.length < 2);
    drawActive(list, state, (fault) => void actions.heal([fault]));
    setOptions(picker, state.faultTypes.map((t) => ({ value: t.type, label: t.title })), picker.value || (state.faultTypes.find((t) => t.selectors.includes('zones')) ?? state.faultTypes[0])?.type || '');
    type = state.faultTypes.find((t) => t.type === picker.value) ?? null;
    setText(hint, type?.description ?? '');
    const kinds = type?.selectors ?? [];
    setOptions(kind, kinds.map((k) => ({ value: k, label: k.replace(/s$/, '') })), kinds.includes(kind.value) ? kind.value : (kinds[0] ?? ''));
    const targets = targetsOf(state, kind.value);
    setOptions(target, targets.map((name) => ({ value: name, label: kind.value === 'instances' ? name.split('.').slice(-2).reverse().filter((part) => part !== '*').join(', ') : name })), targets.includes(target.value) ? target.value : (targets[0] ?? ''));
    start.disabled = target.value === '';
    setHidden(missing, target.value !== '' || type === null);
    drawParameters(parameters, type?.parameters ?? []);
  };
};
