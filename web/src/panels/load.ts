// What the load sources send: the present load in words, and a form for another one.
import type { Actions } from '../actions';
import type { Load, Traffic } from '../wire';
import { clockTime, field, h, numberInput, setHidden, setOptions, setText } from './dom';
import { bodyOf, describeLoad, formOf, kinds, onlyRateDiffers, shapes, usualFigures, type Figures, type Kind } from './load-form';
import type { Render } from './panel';

/** The figures of a kind as fields; made anew when the kind changes, filled in whenever `values` are given. */
class FigureFields {
  private kind: Kind | undefined;
  constructor(readonly root: HTMLElement, private readonly prefix: string) {}

  show(kind: Kind | undefined, values: Figures): void {
    if (kind !== this.kind) {
      this.kind = kind;
      this.root.replaceChildren(...(kind?.figures ?? []).map((f) => {
        const input = numberInput(`${this.prefix}${f.name}`, f.usual, f.min, f.max);
        input.name = f.name;
        return field(f.label, input, f.unit);
      }));
    }
    for (const input of this.inputs()) input.value = String(values[input.name] ?? 0);
  }

  values(): Figures {
    return Object.fromEntries(this.inputs().map((input) => [input.name, Number(input.value)]));
  }

  private inputs(): HTMLInputElement[] {
    return [...this.root.querySelectorAll('input')];
  }
}

const choices = (all: Record<string, Kind>): { value: string; label: string }[] => Object.entries(all).map(([value, kind]) => ({ value, label: kind.title }));

/** The form without its logic. */
function elements() {
  const source = h('select', { 'aria-label': 'Load source', 'data-testid': 'load-source', class: 'wide' });
  const kind = h('select', { 'data-testid': 'load-kind' });
  const shape = h('select', { 'data-testid': 'load-shape' });
  const file = h('input', { type: 'file', accept: '.csv,text/csv', 'data-testid': 'load-file' });
  const figures = new FigureFields(h('div', { class: 'grid' }), 'load-');
  const shapeFigures = new FigureFields(h('div', { class: 'grid' }), 'shape-');
  const shapeField = field('Over time', shape);
  const fileField = field('CSV: seconds, and a name of the mix', file);
  const now = h('p', { class: 'hint', 'data-testid': 'load-now' });
  const form = h('form', { class: 'stack', 'data-testid': 'load-form' },
    source, field('Requests come', kind), fileField, figures.root, shapeField, shapeFigures.root, h('button', { type: 'submit', 'data-testid': 'set-load', text: 'Set' }));
  setOptions(kind, choices(kinds), 'poisson');
  return { source, kind, shape, file, figures, shapeFigures, shapeField, fileField, now, form };
}

export function loadSection(root: HTMLElement, actions: Actions): Render {
  const e = elements();
  let current: Traffic | null = null;
  let shown = '';
  const follow = (): void => {
    const isTrace = e.kind.value === 'trace';
    setHidden(e.fileField, !isTrace);
    e.file.required = isTrace;
    setHidden(e.shapeField, isTrace);
    setHidden(e.shapeFigures.root, isTrace);
  };
  const fill = (load: Load): void => {
    const wanted = formOf(load);
    setOptions(e.shape, [...choices(shapes), ...(shapes[wanted.shape] ? [] : [{ value: wanted.shape, label: 'By points, as it is' }])], wanted.shape);
    e.kind.value = wanted.kind;
    e.shape.value = wanted.shape;
    e.figures.show(kinds[wanted.kind], wanted.figures);
    e.shapeFigures.show(shapes[wanted.shape], wanted.shapeFigures);
    follow();
  };
  e.kind.addEventListener('change', () => {
    e.figures.show(kinds[e.kind.value], { ...usualFigures(kinds[e.kind.value]), ...e.figures.values() });
    follow();
  });
  e.shape.addEventListener('change', () => e.shapeFigures.show(shapes[e.shape.value], usualFigures(shapes[e.shape.value])));
  const submit = async (): Promise<void> => {
    if (!current) return;
    const { service, load } = current;
    const csv = e.kind.value === 'trace' ? ((await e.file.files?.[0]?.text()) ?? '') : '';
    const form = { kind: e.kind.value, figures: e.figures.values(), shape: e.shape.value, shapeFigures: e.shapeFigures.values(), csv };
    await (onlyRateDiffers(form, load) ? actions.setTraffic(service, form.figures.requestsPerSecond ?? 0) : actions.setLoad(service, bodyOf(form, load)));
  };
  e.form.addEventListener('submit', (event) => {
    event.preventDefault();
    void submit();
  });
  root.append(h('h3', { text: 'Load' }), e.now, e.form);
  return (state) => {
    setOptions(e.source, state.traffic.map((t) => ({ value: t.service, label: t.service })), e.source.value || (state.traffic[0]?.service ?? ''));
    current = state.traffic.find((t) => t.service === e.source.value) ?? null;
    setHidden(e.source, state.traffic.length < 2);
    setHidden(root, current === null);
    if (!current) return;
    setText(e.now, `Now ${describeLoad(current, clockTime)}`);
    // What somebody is filling in stays until the load itself changes.
    const mark = JSON.stringify([current.service, current.load, current.setSimTimeMs]);
    if (mark !== shown) fill(current.load);
    shown = mark;
  };
}
