// Loads as a form has them: which figures each kind takes, from a load to a form and back, and a load in words. Pure.
import type { Load, Traffic } from '../wire';
import { duration, figure } from './dom';

/** A figure of a form; `scale` is what one of its unit is on the wire. */
export interface Figure { name: string; label: string; unit: string; scale: number; usual: number; min: number; max: number }
export interface Kind { title: string; figures: Figure[] }
export type Figures = Record<string, number>;
export interface LoadForm { kind: string; figures: Figures; shape: string; shapeFigures: Figures; csv: string }

const longestS = 31 * 86_400;
const rate: Figure = { name: 'requestsPerSecond', label: 'Rate', unit: 'req/s', scale: 1, usual: 100, min: 0, max: 1_000_000 };
const seconds = (name: string, label: string, usual: number, min = 0): Figure => ({ name, label, unit: 's', scale: 1000, usual, min, max: longestS });
const factor = (name: string, label: string, usual: number): Figure => ({ name, label, unit: '×', scale: 1, usual, min: 0, max: 1000 });

export const kinds: Record<string, Kind> = {
  poisson: { title: 'At random times (Poisson)', figures: [rate] },
  deterministic: { title: 'At equal times', figures: [rate] },
  pareto: { title: 'In bursts (Pareto)', figures: [rate, { name: 'alpha', label: 'Alpha', unit: '', scale: 1, usual: 1.5, min: 1.2, max: 100 }] },
  users: {
    title: 'Users who wait for answers',
    figures: [{ name: 'users', label: 'Users', unit: '', scale: 1, usual: 100, min: 0, max: 1_000_000 }, seconds('thinkMs', 'Think, on average', 1)],
  },
  trace: { title: 'At the times in a file', figures: [seconds('loopMs', 'Again every (0 = once)', 0)] },
};

export const shapes: Record<string, Kind> = {
  constant: { title: 'Constant', figures: [] },
  ramp: { title: 'Ramp', figures: [seconds('atMs', 'After', 0), seconds('overMs', 'Within', 60), factor('fromFactor', 'From', 1), factor('toFactor', 'To', 3)] },
  step: { title: 'Step', figures: [seconds('atMs', 'After', 30), factor('fromFactor', 'From', 1), factor('toFactor', 'To', 3)] },
  spike: {
    title: 'Spike',
    figures: [
      seconds('atMs', 'After', 30), seconds('riseMs', 'Rises within', 5), seconds('holdMs', 'Stays for', 30), seconds('fallMs', 'Falls within', 5),
      factor('fromFactor', 'From', 1), factor('toFactor', 'To', 5), seconds('periodMs', 'Again every (0 = once)', 0),
    ],
  },
  diurnal: {
    title: 'Day and night',
    figures: [seconds('periodMs', 'A day is', 86_400, 0.001), seconds('peakAtMs', 'Busiest after', 43_200), factor('lowFactor', 'Least', 0.3), factor('highFactor', 'Most', 1)],
  },
};

export const usualFigures = (kind: Kind | undefined): Figures => Object.fromEntries((kind?.figures ?? []).map((f) => [f.name, f.usual]));

const inUnits = (kind: Kind | undefined, given: Figures): Figures =>
  Object.fromEntries((kind?.figures ?? []).map((f) => [f.name, (given[f.name] ?? 0) / f.scale]));
const onTheWire = (kind: Kind | undefined, form: Figures): Figures =>
  Object.fromEntries((kind?.figures ?? []).map((f) => [f.name, Math.round((form[f.name] ?? f.usual) * f.scale * 1e6) / 1e6]));

/** What a form shows of a load. A shape that no form has (points) keeps its name and has no figures. */
export function formOf(load: Load): LoadForm {
  const { kind } = load;
  const figures = { ...load.figures, thinkMs: load.thinkTime.meanMs ?? 0 };
  return { kind, figures: inUnits(kinds[kind], figures), shape: load.shape.kind, shapeFigures: inUnits(shapes[load.shape.kind], load.shape.figures), csv: '' };
}

/** The body that a form asks for; mix, regions and a shape that no form has stay as they are. */
export function bodyOf(form: LoadForm, present: Load): Record<string, unknown> {
  const figures = onTheWire(kinds[form.kind], form.figures);
  const body: Record<string, unknown> = { mix: present.mix };
  if (form.kind === 'trace') {
    return { ...body, arrivals: { kind: 'trace', csv: form.csv, ...(figures.loopMs ? { loopMs: figures.loopMs } : {}) } };
  }
  const shapeFigures = onTheWire(shapes[form.shape], form.shapeFigures);
  if (form.shape === 'spike' && !shapeFigures.periodMs) delete shapeFigures.periodMs;
  body.shape = shapes[form.shape] ? { kind: form.shape, ...shapeFigures } : present.shape.json;
  body.regions = present.regions;
  if (form.kind === 'users') {
    // Who only changes the number of users keeps how they think.
    const same = present.kind === 'users' && (present.thinkTime.meanMs ?? 0) === figures.thinkMs;
    return { ...body, users: figures.users, thinkTime: same ? present.thinkTime.json : { distribution: 'exponential', meanMs: figures.thinkMs } };
  }
  const { requestsPerSecond, ...more } = figures;
  return { ...body, arrivals: { kind: form.kind, ...more }, requestsPerSecond };
}

/** Whether a form differs from a load in nothing but the rate: then its shape need not begin anew. */
export function onlyRateDiffers(form: LoadForm, present: Load): boolean {
  const before = formOf(present);
  if (form.kind === 'users' || form.kind === 'trace') return false;
  return JSON.stringify({ ...form, figures: { ...form.figures, requestsPerSecond: 0 } }) === JSON.stringify({ ...before, figures: { ...before.figures, requestsPerSecond: 0 } });
}

const words: Record<string, string> = { poisson: 'at random times', deterministic: 'at equal times', pareto: 'in bursts' };

/** "100 req/s at random times, step, since 0:30". */
export function describeLoad({ load, setSimTimeMs }: Traffic, clock: (ms: number) => string): string {
  const f = load.figures;
  const parts: string[] = [];
  if (load.kind === 'users') {
    const mean = load.thinkTime.meanMs;
    parts.push(`${f.users ?? 0} users${mean === undefined ? '' : ` who think ${duration(mean)}`}`);
  } else if (load.kind === 'trace') {
    parts.push(`a trace of ${f.rows ?? 0} requests${f.loopMs ? `, again every ${duration(f.loopMs)}` : ''}`);
  } else {
    parts.push(`${figure(f.requestsPerSecond ?? 0)} req/s ${words[load.kind] ?? load.kind}`);
  }
  if (load.shape.kind !== 'constant') parts.push((shapes[load.shape.kind]?.title ?? 'by points').toLowerCase());
  if (Object.keys(load.regions).length > 0) parts.push('factors by region');
  if (setSimTimeMs > 0) parts.push(`since ${clock(setSimTimeMs)}`);
  return parts.join(', ');
}
