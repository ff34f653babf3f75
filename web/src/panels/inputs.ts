// Inputs made from a description: what a fault, a strategy or a load lets people choose. Values are as the server wants them.
import type { ParameterSpec } from '../wire';
import { field, h, numberInput, setOptions } from './dom';

export type Value = number | string | boolean;
export interface InputSpec {
  name: string;
  label: string;
  kind: 'number' | 'choice' | 'flag' | 'text';
  usual: Value;
  unit?: string;
  /** In the unit that is shown. */
  min?: number;
  max?: number;
  /** What one of the shown unit is on the wire: 1000 for seconds in place of milliseconds. */
  scale?: number;
  choices?: readonly string[];
  hint?: string;
  /** Has a row of its own. */
  wide?: boolean;
  /** Left out when it is empty. */
  optional?: boolean;
  /** Its place below that of all of them, when it is not its name. */
  pointer?: string;
}

/** latencyMs → Latency: the unit stands beside the field. */
export function words(name: string): string {
  const spaced = name.replace(/(Ms|Percent|PerSecond)$/, '').replace(/([A-Z])/g, ' $1').toLowerCase();
  return spaced.charAt(0).toUpperCase() + spaced.slice(1);
}

export const specsOf = (parameters: ParameterSpec[]): InputSpec[] =>
  parameters.map((p) => ({
    name: p.name, label: words(p.name), kind: p.kind === 'choice' ? 'choice' : 'number', usual: p.default, unit: p.unit, choices: p.choices, hint: p.description,
    ...(p.min === null ? {} : { min: p.min }), ...(p.max === null ? {} : { max: p.max }),
  }));

/** Digits that a division has made up are not shown. */
export const shown = (value: Value, spec: InputSpec): string => (typeof value === 'number' ? String(Number((value / (spec.scale ?? 1)).toPrecision(12))) : String(value));

/** Undefined: left out. */
export function onTheWire(text: string, checked: boolean, spec: InputSpec): Value | undefined {
  if (spec.kind === 'flag') return checked;
  if (spec.optional && text.trim() === '') return undefined;
  if (spec.kind !== 'number') return text;
  return Math.round(Number(text) * (spec.scale ?? 1) * 1e6) / 1e6;
}

function make(spec: InputSpec, id: string): HTMLInputElement | HTMLSelectElement {
  if (spec.kind === 'choice') {
    const list = h('select', { id });
    setOptions(list, (spec.choices ?? []).map((choice) => ({ value: choice, label: choice })), String(spec.usual));
    return list;
  }
  if (spec.kind === 'flag') return h('input', { id, type: 'checkbox' });
  if (spec.kind === 'text') return h('input', { id, type: 'text', maxlength: '200' });
  return numberInput(id, 0, spec.min ?? 0, spec.max ?? Number.MAX_SAFE_INTEGER);
}

export class Inputs {
  private specs: readonly InputSpec[] = [];
  private made = '';
  constructor(readonly root: HTMLElement, private readonly prefix: string, private readonly pointer = '') {}

  /** Makes them anew when others are asked for; fills in what is given, and what is usual where they are new. */
  show(specs: readonly InputSpec[], values: Record<string, Value> = {}): void {
    const made = specs.map((spec) => `${spec.name}/${spec.kind}/${spec.choices?.join() ?? ''}`).join();
    const fresh = made !== this.made || (this.specs !== specs && specs.some((spec, i) => spec.usual !== this.specs[i]?.usual));
    this.specs = specs;
    if (fresh) {
      this.made = made;
      this.root.replaceChildren(...specs.map((spec) => this.one(spec)));
    }
    for (const spec of specs) {
      const value = values[spec.name] ?? (fresh ? spec.usual : undefined);
      if (value !== undefined) this.write(spec, value);
    }
    this.root.hidden = specs.length === 0;
  }

  values(): Record<string, Value> {
    const out: Record<string, Value> = {};
    for (const spec of this.specs) {
      const input = this.input(spec);
      const value = onTheWire(input.value, input instanceof HTMLInputElement && input.checked, spec);
      if (value !== undefined) out[spec.name] = value;
    }
    return out;
  }

  private input(spec: InputSpec): HTMLInputElement | HTMLSelectElement {
    return this.root.querySelector<HTMLInputElement | HTMLSelectElement>(`[name="${CSS.escape(spec.name)}"]`)!;
  }

  private write(spec: InputSpec, value: Value): void {
    const input = this.input(spec);
    if (spec.kind === 'flag' && input instanceof HTMLInputElement) input.checked = value === true;
    else input.value = spec.optional && value === '' ? '' : shown(value, spec);
  }

  private one(spec: InputSpec): HTMLElement {
    const id = `${this.prefix}${spec.name}`;
    const input = make(spec, id);
    input.name = spec.name;
    input.dataset.testid = id;
    if (spec.hint) input.title = spec.hint;
    const label = spec.kind === 'flag' ? h('label', { class: 'check' }, input, h('span', { text: spec.label })) : field(spec.label, input, spec.unit ?? '');
    if (spec.wide) label.classList.add('wide');
    label.dataset.pointer = `${this.pointer}${spec.pointer ?? `/${spec.name}`}`;
    return label;
  }
}
