// The list of events, newest first: where many of a kind come together, they are one line with their number.
import type { SimEvent } from '../wire';
import { clockTime } from './dom';

export interface LogLine { key: number; simTimeMs: number; type: string; severity: string; text: string; /** The events of it, when of several. */ title: string }

const linesMax = 60;
/** What is further apart than this did not come together. */
const nearMs = 2_000;
/** Fewer than this are told one by one. */
const foldLeast = 3;
const namesMax = 12;

/** What many of a kind did. */
const deeds: Record<string, string> = {
  'fault.started': 'faults started', 'fault.ended': 'faults ended', 'instance.starting': 'instances start', 'instance.up': 'instances are up',
  'instance.draining': 'instances say Goodbye', 'instance.stopped': 'instances stopped', 'instance.died': 'instances died', 'instance.crashed': 'instances crashed',
};

/** "460 more instances: stopped": the server has told of the first of them, and counted the others. */
const isRest = (event: SimEvent): boolean => event.subject.kind === 'instances';
const countOf = (event: SimEvent): number => (isRest(event) ? Number(event.data.more) || 1 : 1);

/** Of whom or what it is: the service of an instance, the type of a fault. */
const kindOf = (event: SimEvent): string => event.data.service ?? event.data.type ?? '';

function belongs(run: SimEvent[], event: SimEvent): boolean {
  const last = run[run.length - 1]!;
  if (last.type !== event.type || !(event.type in deeds) || event.simTimeMs - last.simTimeMs > nearMs) return false;
  // What breaks is told apart by what it is; how many have come to an end is enough.
  if (event.type === 'fault.started' && kindOf(last) !== kindOf(event)) return false;
  return isRest(event) || run[0]!.severity === event.severity;
}

function linesOf(run: SimEvent[]): LogLine[] {
  const of = (event: SimEvent): LogLine => ({ key: event.seq, simTimeMs: event.simTimeMs, type: event.type, severity: event.severity, text: event.message, title: '' });
  const first = run[0]!;
  const total = run.reduce((sum, event) => sum + countOf(event), 0);
  if (total < foldLeast || run.length === 1) return run.map(of);
  const kinds = new Set(run.map(kindOf));
  const whose = kinds.size === 1 && !kinds.has('') ? `: ${[...kinds][0]}` : '';
  const told = run.slice(0, namesMax).map((event) => `${clockTime(event.simTimeMs)} ${event.message}`);
  return [{ ...of(first), simTimeMs: run[run.length - 1]!.simTimeMs, text: `${total} ${deeds[first.type]}${whose}`, title: [...told, ...(run.length > namesMax ? ['…'] : [])].join('\n') }];
}

/** A command shows by what it causes. The rest of a kind joins the first of it, although others may stand between them. */
export function logLines(events: SimEvent[]): LogLine[] {
  const runs: SimEvent[][] = [];
  for (const event of events) {
    if (event.type === 'command.applied') continue;
    const last = isRest(event) ? [...runs].reverse().find((run) => belongs(run, event)) : runs[runs.length - 1];
    if (last && belongs(last, event)) last.push(event);
    else runs.push([event]);
  }
  return runs.flatMap(linesOf).slice(-linesMax).reverse();
}
