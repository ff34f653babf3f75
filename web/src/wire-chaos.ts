// Stories, experiments, schedules and the safety lever on the wire.
import { arr, flagOr, idOf, list, num, numOr, obj, optional, str, strings, strOr, type Json } from './json';

export interface Scenario { name: string; title: string; summary: string; architecture: string; durationMs: number; next: string }
export interface StoryPoint { atMs: number; text: string }
export interface StoryAction { atMs: number; text: string; request: string; state: string; reason: string }
export interface Expectation { text: string; wanted: string; state: string; found: string; decidedSimTimeMs: number | null }
/** How the story of a simulation goes. */
export interface Outcome {
  scenario: string; title: string; simTimeMs: number; durationMs: number; verdict: string; next: string; story: StoryPoint[]; actions: StoryAction[]; expectations: Expectation[];
}

export interface TemplateVariable { name: string; description: string; default: string | number | boolean }
export interface Template { name: string; title: string; description: string; variables: TemplateVariable[] }
export interface PhaseResult { passed: boolean | null; windows: number; windowsPassed: number; last: number | null; worst: number | null }
export interface ProbeResult { name: string; metric: string; service: string; wanted: string; before: PhaseResult | null; during: PhaseResult | null; after: PhaseResult | null }
export interface ExperimentFault { id: string; type: string; state: string; fault: string; targets: number; capacityLostPercent: number; reason: string }
export interface Experiment {
  id: string; name: string; template: string; state: string; verdict: string; reason: string; score: number | null; acceptedSimTimeMs: number; endedSimTimeMs: number | null;
  hypothesis: string; faults: ExperimentFault[]; probes: ProbeResult[];
}
/** What an experiment would hit if all of its faults came now. */
export interface ExperimentPrediction {
  targets: number; named: string[]; capacityLostPercent: number; zones: string[]; faults: { id: string; beginsAfterMs: number; endsAfterMs: number; targets: number }[];
}
export interface Lever { engaged: boolean; reason: string; sinceSimTimeMs: number }

export interface Firing { simTimeMs: number; result: string; what: string; reason: string }
export interface Schedule {
  id: string; name: string; preset: string; state: string; when: string; nextSimTimeMs: number | null; nextMoment: string; fired: number; refused: number; skipped: number; last: Firing | null;
}
export interface SchedulePreset { name: string; why: string; source: string; when: string }
export interface Moment { simTimeMs: number; moment: string; weekday: string }

export const readScenario = (o: Json): Scenario => ({
  name: str(o, 'name'), title: strOr(o, 'title', str(o, 'name')), summary: strOr(o, 'summary', ''), architecture: strOr(o, 'architecture', ''), durationMs: numOr(o, 'durationMs', 0), next: strOr(o, 'next', ''),
});
export const readOutcome = (o: Json): Outcome => ({
  scenario: str(o, 'scenario'), title: strOr(o, 'title', ''), simTimeMs: num(o, 'simTimeMs'), durationMs: num(o, 'durationMs'), verdict: str(o, 'verdict'), next: strOr(o, 'next', ''),
  story: list(o.story, 'story', (s) => ({ atMs: num(s, 'atMs'), text: str(s, 'text') })),
  actions: list(o.actions, 'actions', (a) => ({ atMs: num(a, 'atMs'), text: strOr(a, 'text', ''), request: strOr(a, 'request', ''), state: str(a, 'state'), reason: strOr(a, 'reason', '') })),
  expectations: list(o.expectations, 'expectations', (e) => ({
    text: str(e, 'text'), wanted: strOr(e, 'wanted', ''), state: str(e, 'state'), found: strOr(e, 'found', ''), decidedSimTimeMs: numOr(e, 'decidedSimTimeMs', null),
  })),
});

const scalar = (value: unknown): string | number | boolean => (typeof value === 'number' || typeof value === 'boolean' ? value : typeof value === 'string' ? value : JSON.stringify(value ?? ''));
export const readTemplate = (o: Json): Template => ({
  name: str(o, 'name'), title: strOr(o, 'title', str(o, 'name')), description: strOr(o, 'description', ''),
  variables: list(o.variables ?? [], 'variables', (v) => ({ name: str(v, 'name'), description: strOr(v, 'description', ''), default: scalar(v.default) })),
});
const phase = (value: unknown): PhaseResult => {
  const o = obj(value, 'phase');
  return { passed: typeof o.passed === 'boolean' ? o.passed : null, windows: numOr(o, 'windows', 0), windowsPassed: numOr(o, 'windowsPassed', 0), last: numOr(o, 'last', null), worst: numOr(o, 'worst', null) };
};
const probe = (o: Json): ProbeResult => ({
  name: strOr(o, 'name', ''), metric: str(o, 'metric'), service: strOr(o, 'service', ''),
  wanted: `${strOr(o, 'comparator', '')} ${Array.isArray(o.value) ? arr(o.value, 'value').join(' to ') : String(o.value ?? '')}`,
  before: optional(o.before, phase), during: optional(o.during, phase), after: optional(o.after, phase),
});
export const readExperiment = (o: Json): Experiment => ({
  id: idOf(o, 'id'), name: strOr(o, 'name', ''), template: strOr(o, 'template', ''), state: str(o, 'state'), verdict: strOr(o, 'verdict', ''), reason: strOr(o, 'stopReason', strOr(o, 'reason', '')),
  score: numOr(o, 'resilienceScore', null), acceptedSimTimeMs: numOr(o, 'acceptedSimTimeMs', 0), endedSimTimeMs: numOr(o, 'endedSimTimeMs', null),
  hypothesis: strOr(obj(o.settings ?? {}, 'settings'), 'hypothesis', ''),
  faults: list(o.faults ?? [], 'faults', (f) => ({
    id: str(f, 'id'), type: str(f, 'type'), state: str(f, 'state'), fault: strOr(f, 'fault', ''), targets: numOr(f, 'targets', 0), capacityLostPercent: numOr(f, 'capacityLostPercent', 0), reason: strOr(f, 'reason', ''),
  })),
  probes: list(o.probes ?? [], 'probes', probe),
});
export const readExperimentPrediction = (o: Json): ExperimentPrediction => {
  const predicted = obj(o.predicted, 'predicted');
  return {
    targets: num(o, 'targets'), named: strings(o.resolvedTargets, 'resolvedTargets'), capacityLostPercent: num(predicted, 'capacityLostPercent'), zones: strings(predicted.zonesAffected, 'zonesAffected'),
    faults: list(predicted.faults ?? [], 'faults', (f) => ({ id: str(f, 'id'), beginsAfterMs: numOr(f, 'beginsAfterMs', 0), endsAfterMs: numOr(f, 'endsAfterMs', 0), targets: numOr(f, 'targets', 0) })),
  };
};
export const readLever = (o: Json): Lever => ({ engaged: flagOr(o, 'engaged', false), reason: strOr(o, 'reason', ''), sinceSimTimeMs: numOr(o, 'sinceSimTimeMs', 0) });

/** "every 30 s", "cron 0 9 * * 1-5", "by chance, every 2 days on average, 09:00 to 15:00, on weekdays". */
function whenOf(o: Json): string {
  if (typeof o.cron === 'string') return `cron ${o.cron}`;
  if (typeof o.everyMs === 'number') return `every ${longTime(o.everyMs)}`;
  const random = obj(o.random ?? {}, 'random');
  if (typeof random.meanTimeBetweenMs !== 'number') return '';
  const hours = obj(random.activeHours ?? {}, 'activeHours');
  const [from, to] = [strOr(hours, 'from', '00:00'), strOr(hours, 'to', '24:00')];
  return `by chance, every ${longTime(random.meanTimeBetweenMs)} on average${from === '00:00' && to === '24:00' ? '' : `, ${from} to ${to}`}${random.weekdaysOnly === true ? ', on weekdays' : ''}`;
}
/** "2 days", "1.5 h", "30 s". */
export function longTime(ms: number): string {
  const [size, unit] = ms >= 86_400_000 ? [86_400_000, ms === 86_400_000 ? 'day' : 'days'] : ms >= 3_600_000 ? [3_600_000, 'h'] : ms >= 60_000 ? [60_000, 'min'] : [1000, 's'];
  return `${Number((ms / size).toPrecision(3))} ${unit}`;
}
const firing = (value: unknown): Firing => {
  const o = obj(value, 'last');
  return { simTimeMs: num(o, 'simTimeMs'), result: str(o, 'result'), what: strOr(o, 'what', ''), reason: strOr(o, 'reason', '') };
};
export const readSchedule = (o: Json): Schedule => ({
  id: idOf(o, 'id'), name: strOr(o, 'name', ''), preset: strOr(o, 'preset', ''), state: str(o, 'state'), when: whenOf(o), nextSimTimeMs: numOr(o, 'nextSimTimeMs', null),
  nextMoment: strOr(o, 'nextMoment', ''), fired: numOr(o, 'fired', 0), refused: numOr(o, 'refused', 0), skipped: numOr(o, 'skipped', 0), last: optional(o.last, firing),
});
export const readSchedulePreset = (o: Json): SchedulePreset => ({ name: str(o, 'name'), why: strOr(o, 'why', ''), source: strOr(o, 'source', ''), when: whenOf(obj(o.schedule ?? {}, 'schedule')) });
export const readFirings = (o: Json): Moment[] =>
  list(o.firings, 'firings', (f) => ({ simTimeMs: num(f, 'simTimeMs'), moment: strOr(f, 'moment', ''), weekday: strOr(f, 'weekday', '') }));
