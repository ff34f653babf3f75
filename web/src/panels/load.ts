// What the load sources send: the present load in words, and a form for another one.
import type { Actions } from '../actions';
import type { Load, Traffic } from '../wire';
import { clockTime, field, h, setHidden, setOptions, setText } from './dom';
import { showProblem } from './form';
import { Inputs, type InputSpec } from './inputs';
import { bodyOf, describeLoad, formOf, kinds, onlyRateDiffers, shapes, usualFigures, type Figures, type Kind } from './load-form';
import type { Render } from './panel';

const inputsOf = new Map<Kind, InputSpec[]>();
/** The figures of a kind as inputs. */
function specsFor(kind: Kind | undefined): InputSpec[] {
  if (!kind) return [];
  const known = inputsOf.get(kind) ?? kind.figures.map((f): InputSpec => ({ name: f.name, label: f.label, kind: 'number', usual: f.usual, unit: f.unit, min: f.min, max: f.max }));
  inputsOf.set(kind, known);
  return known;
}
const figuresIn = (inputs: Inputs): Figures => inputs.values() as Figures;

const choices = (all: Record<string, Kind>): { value: string; label: string }[] => Object.entries(all).map(([value, kind]) => ({ value, label: kind.title }));

/** The form without its logic. */
function elements() {
  const source = h('select', { 'aria-label': 'Load source', 'data-testid': 'load-source', class: 'wide' });
  const kind = h('select', { 'data-testid': 'load-kind' });
  const shape = h('select', { 'data-testid': 'load-shape' });
  const file = h('input', { type: 'file', accept: '.csv,text/csv', 'data-testid': 'load-file' });
  const figures = new Inputs(h('div', { class: 'grid' }), 'load-', '/load');
  const shapeFigures = new Inputs(h('div', { class: 'grid' }), 'shape-', '/load/shape');
  const shapeField = field('Over time', shape, '', '/load/shape');
  const fileField = field('CSV: seconds, and a name of the mix', file, '', '/load/arrivals');
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
    e.figures.show(specsFor(kinds[wanted.kind]), wanted.figures);
    e.shapeFigures.show(specsFor(shapes[wanted.shape]), wanted.shapeFigures);
    follow();
  };
  e.kind.addEventListener('change', () => {
    e.figures.show(specsFor(kinds[e.kind.value]), { ...usualFigures(kinds[e.kind.value]), ...figuresIn(e.figures) });
    follow();
  });
  e.shape.addEventListener('change', () => e.shapeFigures.show(specsFor(shapes[e.shape.value]), usualFigures(shapes[e.shape.value])));
  const submit = async (): Promise<void> => {
    if (!current) return;
    const { service, load } = current;
    const csv = e.kind.value === 'trace' ? ((await e.file.files?.[0]?.text()) ?? '') : '';
    const form = { kind: e.kind.value, figures: figuresIn(e.figures), shape: e.shape.value, shapeFigures: figuresIn(e.shapeFigures), csv };
    showProblem(e.form, await (onlyRateDiffers(form, load) ? actions.changes.setTraffic(service, form.figures.requestsPerSecond ?? 0) : actions.changes.setLoad(service, bodyOf(form, load))));
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
