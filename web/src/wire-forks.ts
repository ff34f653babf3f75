// Forks and comparisons on the wire: the journal that they branch off from, and two simulations beside each other.
import { flagOr, list, num, numOr, obj, optional, str, strOr, type Json } from './json';

export interface Origin { simulation: string; simTimeMs: number; commands: number }
/** One command of people, with when it took effect. */
export interface JournalEntry { seq: number; simTimeMs: number; type: string; command: Json }
export interface Requests { sent: number; succeeded: number; failed: number }
/** low and high bound the difference, when the server can say so. */
export interface Metric {
  subject: string; name: string; unit: string; base: number | null; candidate: number | null; difference: number | null; low: number | null; high: number | null;
}
/** What is not the same first: "" on the side that has none. */
export interface Parting { simTimeMs: number; base: string; candidate: string }
export interface Comparison {
  base: string; candidate: string; related: boolean; partedSimTimeMs: number; fromSimTimeMs: number; untilSimTimeMs: number; confidence: number; same: boolean;
  firstCommand: { simTimeMs: number; base: JournalEntry | null; candidate: JournalEntry | null } | null; firstEvent: Parting | null;
  requests: { base: Requests; candidate: Requests }; metrics: Metric[];
}

export const readOrigin = (value: unknown): Origin => {
  const o = obj(value, 'origin');
  return { simulation: str(o, 'simulation'), simTimeMs: num(o, 'simTimeMs'), commands: numOr(o, 'commands', 0) };
};
export const readEntry = (o: Json): JournalEntry => {
  const command = obj(o.command, 'command');
  return { seq: num(o, 'seq'), simTimeMs: num(o, 'simTimeMs'), type: str(command, 'type'), command };
};
const requests = (value: unknown, where: string): Requests => {
  const o = obj(value, where);
  return { sent: num(o, 'sent'), succeeded: num(o, 'succeeded'), failed: num(o, 'failed') };
};
const metric = (o: Json): Metric => ({
  subject: str(o, 'subject'), name: str(o, 'name'), unit: strOr(o, 'unit', ''), base: numOr(o, 'base', null), candidate: numOr(o, 'candidate', null),
  difference: numOr(o, 'difference', null), low: numOr(o, 'low', null), high: numOr(o, 'high', null),
});
export const readComparison = (o: Json): Comparison => {
  const both = obj(o.requests, 'requests');
  const entry = (value: unknown): JournalEntry | null => optional(value, (v) => readEntry(obj(v, 'command')));
  return {
    base: str(o, 'base'), candidate: str(o, 'candidate'), related: flagOr(o, 'related', false), partedSimTimeMs: num(o, 'partedSimTimeMs'), fromSimTimeMs: num(o, 'fromSimTimeMs'),
    untilSimTimeMs: num(o, 'untilSimTimeMs'), confidence: num(o, 'confidence'), same: flagOr(o, 'same', false),
    firstCommand: optional(o.firstCommand, (value) => {
      const c = obj(value, 'firstCommand');
      return { simTimeMs: num(c, 'simTimeMs'), base: entry(c.base), candidate: entry(c.candidate) };
    }),
    firstEvent: optional(o.firstEvent, (value) => {
      const e = obj(value, 'firstEvent');
      return { simTimeMs: num(e, 'simTimeMs'), base: strOr(e, 'base', ''), candidate: strOr(e, 'candidate', '') };
    }),
    requests: { base: requests(both.base, 'requests.base'), candidate: requests(both.candidate, 'requests.candidate') }, metrics: list(o.metrics, 'metrics', metric),
  };
};
