// Which instances are meant: conditions in rows. Rows of the same kind: any of them; of different kinds: all of them.
import type { PartsBody } from '../api';
import type { State } from '../store';
import type { ListKind, Parts, Selector } from '../wire';
import { button, h, setHidden, setOptions } from './dom';

const kindWords: Record<string, string> = {
  services: 'service', zones: 'zone', regions: 'region', instances: 'instance', versions: 'version', continents: 'continent', states: 'state', labels: 'label',
};
const allKinds = Object.keys(kindWords);
/** Kinds of which there may be too many for a list, or of which the page does not know all. */
const typed = new Set(['instances', 'versions', 'continents', 'labels']);
const suggestedMax = 400;

const short = (instance: string): string => instance.split('.').pop() ?? instance;

/** "homepage, version 1.1 in us-east-1.zoneB"; "everything" when nothing is said. */
export function describeParts(parts: Parts): string {
  const what = [
    ...parts.instances.map(short), ...parts.services, ...parts.versions.map((v) => `version ${v}`), ...parts.states.map((s) => `those that are ${s}`),
    ...Object.entries(parts.labels).map(([name, value]) => `${name}=${value}`),
  ].join(', ');
  const where = [...parts.zones, ...parts.regions, ...parts.continents].join(', ');
  return what === '' ? where || 'everything' : where === '' ? what : `${what} in ${where}`;
}

/** The same with how many of them: "3 of homepage", "one of zoneB", "20 % of login". */
export function describeTarget(selector: Selector): string {
  const what = describeParts(selector);
  const some = { one: 'one of ', count: `${selector.value} of `, percent: `${selector.value} % of ` }[selector.mode] ?? '';
  return `${some}${what}${selector.exclude ? `, but not ${describeParts(selector.exclude)}` : ''}`;
}

/** What a kind can be chosen from, as far as the page knows. */
export function choicesOf(state: State, kind: string): string[] {
  const bands = state.view?.bands ?? [];
  switch (kind) {
    case 'zones': return bands.filter((band) => band.zone !== '*' && band.zone !== '').map((band) => band.id);
    case 'regions': return [...new Set(bands.map((band) => band.region).filter((region) => region !== '*' && region !== ''))];
    case 'services': return state.services.map((service) => service.name);
    case 'states': return ['starting', 'up', 'draining', 'down'];
    case 'versions': return [...new Set(state.services.flatMap((service) => Object.keys(service.byVersion)))].sort();
    case 'instances': return [...(state.view?.nodes.values() ?? [])].filter((node) => node.level === 'instance' && node.state !== 'dead').map((node) => node.id);
    default: return [];
  }
}

interface Condition { kind: string; value: string }

/** Conditions as the server takes them; empty ones say nothing. */
export function bodyOfParts(conditions: Condition[]): PartsBody {
  const body: PartsBody = {};
  for (const { kind, value } of conditions) {
    if (value.trim() === '') continue;
    if (kind === 'labels') {
      const [name, ...rest] = value.split('=');
      body.labels = { ...body.labels, [name!.trim()]: rest.join('=').trim() };
    } else {
      const list = body[kind as ListKind] ?? [];
      if (!list.includes(value)) body[kind as ListKind] = [...list, value];
    }
  }
  return body;
}

class Row {
  readonly kind: HTMLSelectElement;
  readonly pick: HTMLSelectElement;
  readonly type: HTMLInputElement;
  readonly root: HTMLElement;
  private readonly list = h('datalist');
  /** Nobody has chosen yet: it may follow the kind that is usual. */
  private untouched = true;
  constructor(name: string, private readonly pointer: string, first: boolean, changed: () => void, remove: (row: Row) => void) {
    this.kind = h('select', { 'aria-label': 'Kind of condition', 'data-testid': `${name}-kind` });
    this.pick = h('select', { 'aria-label': 'Which', 'data-testid': name });
    this.list.id = `${name}-${Math.random().toString(36).slice(2)}`;
    this.type = h('input', { type: 'text', 'aria-label': 'Which', list: this.list.id, 'data-testid': `${name}-typed`, autocomplete: 'off' });
    this.root = h('div', { class: 'part', 'data-pointer': pointer }, this.kind, this.pick, this.type, this.list,
      first ? null : button('×', { class: 'quiet icon', 'aria-label': 'Take this condition away' }, () => remove(this)));
    for (const input of [this.kind, this.pick, this.type]) {
      input.addEventListener('input', () => {
        this.untouched = false;
        changed();
      });
    }
  }

  get condition(): Condition {
    return { kind: this.kind.value, value: typed.has(this.kind.value) ? this.type.value : this.pick.value };
  }

  set({ kind, value }: Condition, state: State): void {
    this.untouched = false;
    this.kind.value = kind;
    this.update([kind], state);
    if (typed.has(kind)) this.type.value = value;
    else this.pick.value = value;
  }

  update(kinds: string[], state: State): void {
    setOptions(this.kind, kinds.map((kind) => ({ value: kind, label: kindWords[kind] ?? kind })), !this.untouched && kinds.includes(this.kind.value) ? this.kind.value : (kinds[0] ?? ''));
    const kind = this.kind.value;
    this.root.dataset.pointer = `${this.pointer}/${kind}`;
    const choices = choicesOf(state, kind);
    setHidden(this.pick, typed.has(kind));
    setHidden(this.type, !typed.has(kind));
    if (!typed.has(kind)) {
      setOptions(this.pick, choices.map((value) => ({ value, label: value })), choices.includes(this.pick.value) ? this.pick.value : (choices[0] ?? ''));
      return;
    }
    this.type.placeholder = kind === 'labels' ? 'name=value' : kind === 'instances' ? (choices[0] ?? 'full name of an instance') : '';
    const suggested = choices.slice(0, suggestedMax).join('\u0000');
    if (this.list.dataset.choices === suggested) return;
    this.list.dataset.choices = suggested;
    this.list.replaceChildren(...choices.slice(0, suggestedMax).map((value) => h('option', { value })));
  }
}

export class PartsEditor {
  readonly root: HTMLElement;
  private readonly rows: Row[] = [];
  private readonly list = h('div', { class: 'part-list' });
  private kinds: string[] = allKinds;
  private latest: State | null = null;

  /** `least`: rows that cannot be taken away, 0 or 1. */
  constructor(private readonly name: string, private readonly pointer: string, private readonly least: number, more: string, private readonly changed: () => void) {
    this.root = h('div', { class: 'parts', 'data-pointer': pointer }, this.list, button(more, { class: 'quiet small', 'data-testid': `${name}-more` }, () => this.add()));
    if (least > 0) this.add();
  }

  /** The kinds that the first row may have; further ones may be of any. */
  update(kinds: string[], state: State): void {
    this.kinds = kinds;
    this.latest = state;
    this.rows.forEach((row, i) => row.update(i === 0 ? kinds : allKinds, state));
  }

  set(condition: Condition, state: State): void {
    while (this.rows.length > Math.max(1, this.least)) this.remove(this.rows[this.rows.length - 1]!);
    if (this.rows.length === 0) this.add();
    this.update(this.kinds, state);
    this.rows[0]!.set(condition, state);
    this.changed();
  }

  parts(): PartsBody {
    return bodyOfParts(this.rows.map((row) => row.condition));
  }

  private add(): void {
    const row = new Row(this.name, this.pointer, this.rows.length < this.least, () => {
      if (this.latest) this.update(this.kinds, this.latest);
      this.changed();
    }, (gone) => this.remove(gone));
    this.rows.push(row);
    this.list.append(row.root);
    if (this.latest) this.update(this.kinds, this.latest);
    this.changed();
  }

  private remove(row: Row): void {
    this.rows.splice(this.rows.indexOf(row), 1);
    row.root.remove();
    this.changed();
  }
}
