// A new fault: what, whom, how much, for how long; built from what the server says it can do. Whom it would hit is said before it starts.
import type { Actions } from '../actions';
import type { NewFault } from '../api';
import type { State } from '../store';
import type { FaultType, Problem } from '../wire';
import { button, field, fold, h, numberInput, setHidden, setOptions, setText, type Choice } from './dom';
import { sendingForm, showProblem } from './form';
import { Inputs, specsOf, type InputSpec } from './inputs';
import type { Render } from './panel';
import { PartsEditor } from './parts';
import { predictionBox } from './prediction';

const families: [string, RegExp][] = [
  ['Instances', /^(instance|cpu|memory|pool)\./], ['Services', /^(service|certificate)\./], ['Calls and network', /^(dependency|network|dns)\./],
  ['Zones and regions', /^(zone|region)\./], ['Data', /^(datastore|cache|queue)\./], ['Registry', /^registry\./],
  ['Changes and capacity', /^(capacity|autoscaler|deploy|config)\./], ['Load', /^load\./],
];
export const familyOf = (type: string): string => families.find(([, pattern]) => pattern.test(type))?.[0] ?? 'Others';

/** Grouped by family, in the order of the families. */
export function typeChoices(types: FaultType[]): Choice[] {
  const order = [...families.map(([name]) => name), 'Others'];
  return types.map((type) => ({ value: type.type, label: type.title, group: familyOf(type.type) })).sort((a, b) => order.indexOf(a.group) - order.indexOf(b.group));
}

const howMany: Choice[] = [
  { value: 'all', label: 'all of them' }, { value: 'one', label: 'one of them' }, { value: 'count', label: 'so many' }, { value: 'percent', label: 'a part, in %' },
];
const directions: Choice[] = [{ value: '', label: 'as usual for it' }, { value: 'both', label: 'both ways' }, { value: 'to', label: 'on the way there' }, { value: 'from', label: 'on the way back' }];

const rampSpecs: InputSpec[] = [
  { name: 'shape', label: 'Ramp', kind: 'choice', usual: 'step', choices: ['step', 'linear', 'exponential'], pointer: '/ramp/shape' },
  { name: 'upMs', label: 'Rises within', kind: 'number', usual: 0, unit: 's', scale: 1000, min: 0, pointer: '/ramp/upMs' },
  { name: 'downMs', label: 'Falls within', kind: 'number', usual: 0, unit: 's', scale: 1000, min: 0, pointer: '/ramp/downMs' },
  { name: 'jitter', label: 'Varies by', kind: 'number', usual: 0, unit: '0 to 1', min: 0, max: 1, pointer: '/jitter' },
];

interface Filled {
  type: string; parts: object; mode: string; value: number; exclude: object; minRemaining: number; parameters: object; seconds: number;
  target: object | null; direction: string; ramp: Record<string, unknown>;
}

/** The body of a form: what is as usual is left out. */
export function bodyOfFault(f: Filled): NewFault {
  const selector: NewFault['selector'] = { ...f.parts };
  if (f.mode !== 'all') selector.mode = f.mode;
  if (f.mode === 'count' || f.mode === 'percent') selector.value = f.value;
  if (Object.keys(f.exclude).length > 0) selector.exclude = f.exclude;
  if (f.minRemaining > 0) selector.minRemaining = f.minRemaining;
  const { jitter, shape, ...times } = f.ramp;
  return {
    type: f.type, selector, ...f.parameters, ...(f.seconds > 0 ? { durationMs: f.seconds * 1000 } : {}),
    ...(f.target && Object.keys(f.target).length > 0 ? { target: f.target } : {}), ...(f.target && f.direction !== '' ? { direction: f.direction } : {}),
    ...(shape !== 'step' ? { ramp: { shape, ...times } } : {}), ...(Number(jitter) > 0 ? { jitter } : {}),
  };
}

class Form {
  readonly picker = h('select', { 'data-testid': 'fault-type' });
  readonly selector: PartsEditor;
  readonly exclude: PartsEditor;
  readonly target: PartsEditor;
  readonly mode = h('select', { 'data-testid': 'fault-mode' });
  readonly value = numberInput('fault-value', 1, 0, 1e7);
  readonly remaining = numberInput('fault-remaining', 0, 0, 2e6, '1');
  readonly direction = h('select', { 'data-testid': 'fault-direction' });
  readonly lasts = numberInput('fault-duration', 0, 0, 1e9);
  readonly parameters = new Inputs(h('div', { class: 'grid' }), 'parameter-');
  readonly ramp = new Inputs(h('div', { class: 'grid' }), 'ramp-');
  readonly about = h('p', { class: 'hint' });
  readonly standsFor = h('p', { class: 'hint' });
  readonly between: HTMLElement;
  readonly modeField: HTMLElement;
  readonly valueField: HTMLElement;
  readonly remainingField: HTMLElement;
  type: FaultType | null = null;

  constructor(changed: () => void) {
    this.selector = new PartsEditor('fault-target', '/selector', 1, '+ condition', changed);
    this.exclude = new PartsEditor('fault-exclude', '/selector/exclude', 0, '+ but not', changed);
    this.target = new PartsEditor('fault-other', '/target', 0, '+ only with', changed);
    this.between = h('div', { class: 'between' }, h('span', { class: 'label', text: 'Between them and all others, or' }), this.target.root, field('Direction', this.direction, '', '/direction'));
    this.modeField = field('How many', this.mode, '', '/selector/mode');
    this.valueField = field('Which is', this.value, '', '/selector/value');
    this.remainingField = field('Of each service leave at least', this.remaining, 'instances', '/selector/minRemaining');
    setOptions(this.mode, howMany, 'all');
    setOptions(this.direction, directions, '');
    this.ramp.show(rampSpecs);
  }

  body(): NewFault | null {
    if (!this.type) return null;
    const chooses = this.type.choosesInstances;
    return bodyOfFault({
      type: this.type.type, parts: this.selector.parts(), mode: chooses ? this.mode.value : 'all', value: Number(this.value.value), exclude: this.exclude.parts(),
      minRemaining: chooses ? Number(this.remaining.value) : 0,
      parameters: this.parameters.values(), seconds: Number(this.lasts.value), target: this.type.takesTarget ? this.target.parts() : null, direction: this.direction.value,
      ramp: this.ramp.values(),
    });
  }

  update(state: State): void {
    const usual = (state.faultTypes.find((t) => t.type === 'zone.outage') ?? state.faultTypes[0])?.type ?? '';
    setOptions(this.picker, typeChoices(state.faultTypes), this.picker.value || usual);
    const type = state.faultTypes.find((t) => t.type === this.picker.value) ?? null;
    if (type !== this.type) this.parameters.show(specsOf(type?.parameters ?? []));
    this.type = type;
    setText(this.about, type ? `${type.description}${type.appliesTo.length > 0 ? ` It hits ${type.appliesTo.join(', ')}.` : ''}` : '');
    setText(this.standsFor, type?.standsFor ?? '');
    this.selector.update(type?.selectors ?? [], state);
    this.exclude.update(['services', 'zones', 'regions', 'instances', 'versions', 'continents', 'states', 'labels'], state);
    this.target.update(['services', 'zones', 'regions', 'instances', 'versions', 'continents', 'states', 'labels'], state);
    setHidden(this.between, !type?.takesTarget);
    const chooses = type?.choosesInstances ?? true;
    for (const element of [this.modeField, this.remainingField]) setHidden(element, !chooses);
    setHidden(this.valueField, !chooses || (this.mode.value !== 'count' && this.mode.value !== 'percent'));
  }
}

export function faultForm(root: HTMLElement, actions: Actions): Render {
  let latest: State | null = null;
  const changed = (): void => {
    if (latest) draw(latest);
  };
  const form = new Form(() => changed());
  const start = h('button', { type: 'submit', class: 'danger', 'data-testid': 'start-fault', text: 'Start fault' });
  const elsewhere = button('Try in a copy', { 'data-testid': 'fork-fault', title: 'Forks the simulation, starts the fault there and opens it; this one goes on without it' }, () => void send(true));
  const send = async (inFork: boolean): Promise<Problem | null> => {
    const body = form.body();
    if (!body) return null;
    const problem = await (inFork ? actions.faults.tryInFork(body, form.type!.title) : actions.faults.start(body, form.type!.title));
    showProblem(element, problem);
    // What now runs stands above the form.
    if (!problem) root.closest('.panel')?.scrollTo({ top: 0 });
    return problem;
  };
  const element = sendingForm({ class: 'stack', 'data-testid': 'fault-form' }, () => send(false),
  field('What', form.picker, '', '/type'), form.about, h('span', { class: 'label', text: 'To' }), form.selector.root,
  h('div', { class: 'grid' }, form.modeField, form.valueField), form.between, form.parameters.root,
  field('For (0 = until stopped)', form.lasts, 's of simulated time', '/durationMs'),
  fold('More: leave alone, ramp, jitter', {}, form.exclude.root, form.remainingField, form.ramp.root),
  fold('What it stands for', {}, form.standsFor));
  const prediction = predictionBox(element);
  element.append(prediction.root, h('div', { class: 'row' }, start, elsewhere));
  element.addEventListener('input', changed);
  root.append(h('h3', { text: 'Start a fault' }), element);
  let aimed: State['aim'] = null;
  let at = '';
  const draw = (state: State): void => {
    latest = state;
    form.update(state);
    if (state.aim && state.aim !== aimed) {
      aimed = state.aim;
      if (!form.type?.selectors.includes(aimed.kind)) {
        form.picker.value = state.faultTypes.find((type) => type.selectors.includes(aimed!.kind))?.type ?? form.picker.value;
        form.update(state);
      }
      form.selector.set(aimed, state);
    }
    const body = state.view ? form.body() : null;
    const key = body ? JSON.stringify([state.simulationId, body]) : '';
    // After each start and end of a fault another question has the same words.
    const now = `${key}${state.faults.filter((fault) => fault.state === 'active').length}`;
    if (body && now !== at) actions.faults.predict(now, body);
    at = now;
    prediction.draw(state.prediction, now);
    const hit = state.prediction?.key === now ? state.prediction.result?.targets : undefined;
    setText(start, hit === undefined || hit === 0 ? 'Start fault' : `Start: ${hit.toLocaleString('en')} ${hit === 1 ? 'instance' : 'instances'}`);
    const busy = state.busy.includes('fault') || body === null;
    start.disabled = busy;
    elsewhere.disabled = busy;
  };
  return draw;
}
