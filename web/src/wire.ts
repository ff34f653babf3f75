// The shapes that travel between server and dashboard, and their checks. The only files that know the JSON of docs/api.md are this one and
// those that it hands on: everything else sees the types. A frame or body that breaks the contract throws a WireError that says where.
import {
  arr, fail, idOf, list, num, numberMap, numOr, obj, optional, str, strings, strOr, texts, type Json,
} from './json';
import { readFault, type Fault } from './wire-faults';
import { readOrigin, type Origin } from './wire-forks';

export { WireError } from './json';
export * from './wire-changes';
export * from './wire-chaos';
export * from './wire-faults';
export * from './wire-forks';

export type Level = 'region' | 'zone' | 'service' | 'group' | 'instance';
export const levels: readonly Level[] = ['region', 'zone', 'service', 'group', 'instance'];

export interface Clock { state: string; speed: number; achievedSpeed: number; simTimeMs?: number }
export interface StateCounts { up: number; starting: number; draining: number; down: number; dead: number }

export interface GraphNode {
  index: number; id: string; name: string; level: string; service: string; package: string; version: string; region: string; zone: string;
  tier: number; lane: number; band: number; slot: number; state: string; instances: StateCounts;
  /** Of an instance: primary or secondary. */
  role?: string;
}
export interface GraphEdge { index: number; source: number; target: number }
export interface Tier { index: number; services: string[] }
export interface Band { id: string; name: string; region: string; zone: string; state: string }
export type Column = (number | null)[];
export type Columns = Record<string, Column>;

export interface SimEvent {
  seq: number; simTimeMs: number; wallTime: string; type: string; severity: string; subject: { kind: string; id: string };
  causeSeq: number | null; message: string; data: Record<string, string>;
}
export interface Span {
  spanId: string; parentSpanId: string | null; service: string; operation: string; source: string; target: string;
  cs: number; sr: number | null; ss: number | null; cr: number | null; status: string; attempt: number;
}
export interface Flow {
  traceId: string; rootService: string; startSimTimeMs: number; durationMs: number; status: string; hops: number; spans: Span[];
}

export interface Hello { type: 'hello'; protocol: number; simulation: string; levels: string[]; rateMax: number }
export interface Keyframe {
  type: 'keyframe'; seq: number; simTimeMs: number; wallTime: string; level: Level; path: string; focus: string; clock: Clock;
  status: string; statusDetail: string; faults: Fault[]; lastEventSeq: number; tiers: Tier[]; bands: Band[];
  nodes: GraphNode[]; edges: GraphEdge[]; nodeValues: Columns; edgeValues: Columns;
}
export interface StructureFrame {
  type: 'structure'; seq: number; simTimeMs: number; bands: Band[] | null; tiers: Tier[] | null; faults: Fault[] | null;
  nodes: { add: GraphNode[]; update: GraphNode[]; remove: number[] }; edges: { add: GraphEdge[]; remove: number[] };
}
export interface ValuesFrame {
  type: 'values'; seq: number; simTimeMs: number; wallTime: string; clock: Clock; status: string; statusDetail: string;
  nodeValues: Columns; edgeValues: Columns;
}
export interface EventsFrame { type: 'events'; seq: number; events: SimEvent[] }
export interface FlowsFrame { type: 'flows'; seq: number; flows: Flow[] }
export interface ErrorFrame { type: 'error'; problem: Problem }
export type Frame = Hello | Keyframe | StructureFrame | ValuesFrame | EventsFrame | FlowsFrame | ErrorFrame;

/** One thing that is wrong with a body, and where: a JSON pointer into it. */
export interface Flaw { pointer: string; code: string; message: string; known: string[] }
export interface Problem { title: string; status: number; detail: string; errors: Flaw[] }
export interface Simulation {
  id: string; architecture: string; scenario: string; state: string; status: string; statusDetail: string; simTimeMs: number; seed: number; speed: number;
  fingerprint: string; scalePercent: number; regions: number; origin: Origin | null; counts: { services: number; instances: number; edges: number };
  requests: { sent: number; succeeded: number; failed: number; inFlight: number };
}
export interface Architecture { name: string; description: string; services: number; builtIn: boolean }
export interface Affected { service: string; requests: number; failed: number; slow: number; regions: string[] }
export interface Incident {
  id: string; state: string; severity: string; worstSeverity: string; openedSimTimeMs: number; detectedAfterMs: number; closedSimTimeMs: number | null;
  title: string; cause: string; affected: Affected[]; actions: string[]; advice: string;
}
export interface BurnRate { longWindowMs: number; shortWindowMs: number; long: number; short: number; factor: number; fires: boolean }
/** One thing that is promised: how large a share, of how many requests how many were not so, and what is left of the error budget. */
export interface ShareStatus { target: number; requests: number; bad: number; budgetRemaining: number; burnRates: BurnRate[] }
export interface ObjectiveStatus {
  service: string; objective: { successRatio: number; latencyMs: number | null; latencyRatio: number; windowMs: number }; success: ShareStatus; latency: ShareStatus | null;
}
export interface Finding { rule: string; severity: string; pointer: string; alsoAt: string[]; why: string; mend: string }
/** Of a service of package function, all regions together. */
export interface FunctionFigures {
  busy: number; warm: number; invocations: number; coldStarts: number; throttled: number; coldStartsPerSecond: number; throttledPerSecond: number;
  gbSeconds: number; dollars: number;
}
export interface Service {
  name: string; package: string; desired: number; version: string; instances: StateCounts; byZone: Record<string, number>;
  byVersion: Record<string, number>; requestsPerSecond: number; errorsPerSecond: number; utilisation: number; function: FunctionFigures | null;
}
/** What a load source sends. `kind` is users, or how open arrivals come; figures are the numbers of that; what is only handed back is kept as JSON. */
export interface Load {
  kind: string; figures: Record<string, number>; thinkTime: { meanMs?: number; json: unknown };
  shape: { kind: string; figures: Record<string, number>; json: unknown }; mix: unknown; regions: Record<string, number>;
}
export interface Traffic { service: string; setSimTimeMs: number; load: Load }
export interface Bucket { fromMs: number; toMs: number; count: number }
export interface Histogram { kind: string; count: number; p50Ms: number; p95Ms: number; p99Ms: number; meanMs: number; buckets: Bucket[] }
/** low and high are null, and reason says why, when the figure is not sure enough for an interval. */
export interface Interval { value: number | null; low: number | null; high: number | null; reason: string }
/** One node over a period. */
export interface Statistics {
  confidence: number; fromMs: number; toMs: number; batches: number; changedMs: number; figures: { rate: Interval; p50Ms: Interval; p99Ms: Interval };
}

const counts = (value: unknown): StateCounts => {
  const o = obj(value ?? {}, 'instances');
  return { up: numOr(o, 'up', 0), starting: numOr(o, 'starting', 0), draining: numOr(o, 'draining', 0), down: numOr(o, 'down', 0), dead: numOr(o, 'dead', 0) };
};
function columns(value: unknown, where: string): Columns {
  const o = obj(value, where);
  const out: Columns = {};
  for (const [name, cells] of Object.entries(o)) {
    out[name] = arr(cells, `${where}.${name}`).map((cell, i) =>
      cell === null || typeof cell === 'number' ? cell : fail(`${where}.${name}[${i}]`, 'a number or null'));
  }
  return out;
}

const clock = (value: unknown): Clock => {
  const o = obj(value, 'clock');
  return { state: str(o, 'state'), speed: num(o, 'speed'), achievedSpeed: numOr(o, 'achievedSpeed', 0) };
};
const node = (o: Json): GraphNode => ({
  index: num(o, 'index'), id: str(o, 'id'), name: str(o, 'name'), level: str(o, 'level'), service: strOr(o, 'service', ''),
  package: strOr(o, 'package', ''), version: strOr(o, 'version', ''), region: strOr(o, 'region', '*'), zone: strOr(o, 'zone', '*'),
  tier: num(o, 'tier'), lane: num(o, 'lane'), band: num(o, 'band'), slot: num(o, 'slot'), state: str(o, 'state'), instances: counts(o.instances),
  ...(o.role === undefined ? {} : { role: str(o, 'role') }),
});
const edge = (o: Json): GraphEdge => ({ index: num(o, 'index'), source: num(o, 'source'), target: num(o, 'target') });
const tier = (o: Json): Tier => ({ index: num(o, 'index'), services: strings(o.services, 'services') });
const band = (o: Json): Band => ({
  id: str(o, 'id'), name: str(o, 'name'), region: strOr(o, 'region', '*'), zone: strOr(o, 'zone', '*'), state: strOr(o, 'state', 'up'),
});
const indexes = (value: unknown, where: string): number[] =>
  arr(value ?? [], where).map((item) => (typeof item === 'number' ? item : fail(where, 'indexes')));

export const readEvent = (o: Json): SimEvent => {
  const subject = obj(o.subject ?? {}, 'subject');
  return {
    seq: num(o, 'seq'), simTimeMs: num(o, 'simTimeMs'), wallTime: strOr(o, 'wallTime', ''), type: str(o, 'type'), severity: str(o, 'severity'),
    subject: { kind: strOr(subject, 'kind', ''), id: strOr(subject, 'id', '') }, causeSeq: numOr(o, 'causeSeq', null), message: str(o, 'message'),
    data: texts(o.data, 'data'),
  };
};
const span = (o: Json): Span => ({
  spanId: idOf(o, 'spanId'), parentSpanId: o.parentSpanId === undefined || o.parentSpanId === null ? null : idOf(o, 'parentSpanId'),
  service: str(o, 'service'), operation: strOr(o, 'operation', ''), source: strOr(o, 'source', ''), target: strOr(o, 'target', ''),
  cs: num(o, 'cs'), sr: numOr(o, 'sr', null), ss: numOr(o, 'ss', null), cr: numOr(o, 'cr', null), status: strOr(o, 'status', 'ok'), attempt: numOr(o, 'attempt', 1),
});
export const readFlow = (o: Json): Flow => ({
  traceId: idOf(o, 'traceId'), rootService: str(o, 'rootService'), startSimTimeMs: num(o, 'startSimTimeMs'), durationMs: num(o, 'durationMs'),
  status: str(o, 'status'), hops: numOr(o, 'hops', 0), spans: o.spans === undefined ? [] : list(o.spans, 'spans', span),
});

export const readProblem = (value: unknown): Problem => {
  const o = obj(value, 'problem');
  const errors = Array.isArray(o.errors)
    ? list(o.errors, 'errors', (e) => ({ pointer: strOr(e, 'pointer', ''), code: strOr(e, 'code', ''), message: strOr(e, 'message', ''), known: strings(e.known, 'known') }))
    : [];
  return { title: strOr(o, 'title', 'Error'), status: numOr(o, 'status', 0), detail: strOr(o, 'detail', ''), errors };
};

function readLevel(o: Json): Level {
  const word = str(o, 'level');
  return levels.find((level) => level === word) ?? fail('level', levels.join(', '));
}

function keyframe(o: Json): Keyframe {
  return {
    type: 'keyframe', seq: num(o, 'seq'), simTimeMs: num(o, 'simTimeMs'), wallTime: strOr(o, 'wallTime', ''), level: readLevel(o),
    path: strOr(o, 'path', ''), focus: strOr(o, 'focus', ''), clock: clock(o.clock), status: str(o, 'status'), statusDetail: strOr(o, 'statusDetail', ''),
    faults: list(o.faults ?? [], 'faults', readFault), lastEventSeq: numOr(o, 'lastEventSeq', 0), tiers: list(o.tiers, 'tiers', tier),
    bands: list(o.bands, 'bands', band), nodes: list(o.nodes, 'nodes', node), edges: list(o.edges, 'edges', edge),
    nodeValues: columns(o.nodeValues, 'nodeValues'), edgeValues: columns(o.edgeValues, 'edgeValues'),
  };
}

function structure(o: Json): StructureFrame {
  const nodes = obj(o.nodes ?? {}, 'nodes');
  const edges = obj(o.edges ?? {}, 'edges');
  return {
    type: 'structure', seq: num(o, 'seq'), simTimeMs: num(o, 'simTimeMs'), bands: o.bands === undefined ? null : list(o.bands, 'bands', band),
    tiers: o.tiers === undefined ? null : list(o.tiers, 'tiers', tier), faults: o.faults === undefined ? null : list(o.faults, 'faults', readFault),
    nodes: { add: list(nodes.add ?? [], 'nodes.add', node), update: list(nodes.update ?? [], 'nodes.update', node), remove: indexes(nodes.remove, 'nodes.remove') },
    edges: { add: list(edges.add ?? [], 'edges.add', edge), remove: indexes(edges.remove, 'edges.remove') },
  };
}

/** One text message of the stream. */
export function readFrame(text: string): Frame {
  const o = obj(JSON.parse(text), 'frame');
  switch (o.type) {
    case 'hello': {
      const limits = obj(o.limits ?? {}, 'limits');
      return { type: 'hello', protocol: num(o, 'protocol'), simulation: str(o, 'simulation'), levels: strings(o.levels, 'levels'), rateMax: numOr(limits, 'rateMax', 20) };
    }
    case 'keyframe': return keyframe(o);
    case 'structure': return structure(o);
    case 'values':
      return {
        type: 'values', seq: num(o, 'seq'), simTimeMs: num(o, 'simTimeMs'), wallTime: strOr(o, 'wallTime', ''), clock: clock(o.clock), status: str(o, 'status'),
        statusDetail: strOr(o, 'statusDetail', ''), nodeValues: columns(o.nodeValues, 'nodeValues'), edgeValues: columns(o.edgeValues, 'edgeValues'),
      };
    case 'events': return { type: 'events', seq: num(o, 'seq'), events: list(o.events, 'events', readEvent) };
    case 'flows': return { type: 'flows', seq: num(o, 'seq'), flows: list(o.flows, 'flows', readFlow) };
    case 'error': return { type: 'error', problem: readProblem(o.problem) };
    default: return fail('type', 'a known kind of frame');
  }
}

export interface Subscription { level: Level; path: string; focus: string; rate: number; flows: boolean; sinceEventSeq: number | null }
export const writeSubscribe = (s: Subscription): string =>
  JSON.stringify({
    type: 'subscribe', level: s.level, path: s.path, focus: s.focus, rate: s.rate, flows: s.flows,
    ...(s.sinceEventSeq === null ? {} : { sinceEventSeq: s.sinceEventSeq }),
  });
export const writeResync = (): string => JSON.stringify({ type: 'resync' });

// Bodies of the REST interface.

export const readSimulation = (o: Json): Simulation => {
  const c = obj(o.counts ?? {}, 'counts');
  const r = obj(o.requests ?? {}, 'requests');
  return {
    id: str(o, 'id'), architecture: str(o, 'architecture'), scenario: strOr(o, 'scenario', ''), state: str(o, 'state'), status: strOr(o, 'status', ''), statusDetail: strOr(o, 'statusDetail', ''),
    simTimeMs: num(o, 'simTimeMs'), seed: numOr(o, 'seed', 0), speed: numOr(o, 'speed', 1), fingerprint: strOr(o, 'fingerprint', ''),
    scalePercent: numOr(o, 'scalePercent', 100), regions: numOr(o, 'regions', 1), origin: optional(o.origin, readOrigin),
    counts: { services: numOr(c, 'services', 0), instances: numOr(c, 'instances', 0), edges: numOr(c, 'edges', 0) },
    requests: { sent: numOr(r, 'sent', 0), succeeded: numOr(r, 'succeeded', 0), failed: numOr(r, 'failed', 0), inFlight: numOr(r, 'inFlight', 0) },
  };
};
export const readArchitecture = (o: Json): Architecture => ({
  name: str(o, 'name'), description: strOr(o, 'description', ''), services: numOr(o, 'services', 0), builtIn: o.builtIn === true,
});
const affected = (o: Json): Affected => ({
  service: str(o, 'service'), requests: num(o, 'requests'), failed: num(o, 'failed'), slow: num(o, 'slow'), regions: strings(o.regions, 'regions'),
});
export const readIncident = (o: Json): Incident => ({
  id: str(o, 'id'), state: str(o, 'state'), severity: str(o, 'severity'), worstSeverity: str(o, 'worstSeverity'), openedSimTimeMs: num(o, 'openedSimTimeMs'),
  detectedAfterMs: num(o, 'detectedAfterMs'), closedSimTimeMs: numOr(o, 'closedSimTimeMs', null), title: str(o, 'title'), cause: str(o, 'cause'),
  affected: list(o.affected, 'affected', affected), actions: strings(o.actions, 'actions'), advice: str(o, 'advice'),
});
const share = (value: unknown, where: string): ShareStatus => {
  const o = obj(value, where);
  return {
    target: num(o, 'target'), requests: num(o, 'requests'), bad: num(o, 'bad'), budgetRemaining: num(o, 'budgetRemaining'),
    burnRates: list(o.burnRates, 'burnRates', (r) => ({
      longWindowMs: num(r, 'longWindowMs'), shortWindowMs: num(r, 'shortWindowMs'), long: num(r, 'long'), short: num(r, 'short'), factor: num(r, 'factor'), fires: r.fires === true,
    })),
  };
};
export const readObjective = (o: Json): ObjectiveStatus => {
  const objective = obj(o.objective, 'objective');
  return {
    service: str(o, 'service'), success: share(o.success, 'success'), latency: o.latency === undefined ? null : share(o.latency, 'latency'),
    objective: {
      successRatio: num(objective, 'successRatio'), latencyMs: numOr(objective, 'latencyMs', null), latencyRatio: numOr(objective, 'latencyRatio', 0), windowMs: num(objective, 'windowMs'),
    },
  };
};
export const readFinding = (o: Json): Finding => ({
  rule: str(o, 'rule'), severity: str(o, 'severity'), pointer: str(o, 'pointer'), alsoAt: strings(o.alsoAt, 'alsoAt'), why: str(o, 'why'), mend: str(o, 'mend'),
});
const functionFigures = (o: Json): FunctionFigures => ({
  busy: num(o, 'busy'), warm: num(o, 'warm'), invocations: num(o, 'invocations'), coldStarts: num(o, 'coldStarts'),
  throttled: num(o, 'throttled') + num(o, 'throttledByRegion'), coldStartsPerSecond: num(o, 'coldStartsPerSecond'),
  throttledPerSecond: num(o, 'throttledPerSecond'), gbSeconds: num(o, 'gbSeconds'), dollars: num(o, 'dollars'),
});
export const readService = (o: Json): Service => ({
  name: str(o, 'name'), package: strOr(o, 'package', ''), desired: num(o, 'desired'), version: strOr(o, 'version', ''), instances: counts(o.instances),
  byZone: numberMap(o.byZone, 'byZone'), byVersion: numberMap(o.byVersion, 'byVersion'), requestsPerSecond: numOr(o, 'requestsPerSecond', 0),
  errorsPerSecond: numOr(o, 'errorsPerSecond', 0), utilisation: numOr(o, 'utilisation', 0),
  function: o.function === undefined ? null : functionFigures(obj(o.function, 'function')),
});
const numbersIn = (o: Json): Record<string, number> =>
  Object.fromEntries(Object.entries(o).filter((entry): entry is [string, number] => typeof entry[1] === 'number'));
const load = (o: Json): Load => {
  const arrivals = obj(o.arrivals ?? {}, 'arrivals');
  const think = obj(o.thinkTime ?? {}, 'thinkTime');
  const shape = obj(o.shape ?? { kind: 'constant' }, 'shape');
  return {
    kind: typeof o.users === 'number' ? 'users' : str(arrivals, 'kind'), figures: { ...numbersIn(o), ...numbersIn(arrivals) },
    thinkTime: { ...(typeof think.meanMs === 'number' ? { meanMs: think.meanMs } : {}), json: think },
    shape: { kind: str(shape, 'kind'), figures: numbersIn(shape), json: shape }, mix: o.mix ?? [], regions: numberMap(o.regions, 'regions'),
  };
};
export const readTraffic = (o: Json): Traffic => ({ service: str(o, 'service'), setSimTimeMs: numOr(o, 'setSimTimeMs', 0), load: load(obj(o.load, 'load')) });
export const readHistogram = (o: Json): Histogram => ({
  kind: str(o, 'kind'), count: num(o, 'count'), p50Ms: numOr(o, 'p50Ms', 0), p95Ms: numOr(o, 'p95Ms', 0), p99Ms: numOr(o, 'p99Ms', 0), meanMs: numOr(o, 'meanMs', 0),
  buckets: list(o.buckets, 'buckets', (b) => ({ fromMs: num(b, 'fromMs'), toMs: num(b, 'toMs'), count: num(b, 'count') })),
});
const interval = (value: unknown, where: string): Interval => {
  const o = obj(value, where);
  const read = { value: numOr(o, 'value', null), low: numOr(o, 'low', null), high: numOr(o, 'high', null), reason: strOr(o, 'reason', '') };
  return (read.low === null) === (read.high === null) && (read.low === null) === (read.reason !== '') ? read : fail(where, 'low and high, or a reason');
};
/** The first of the items; there is one when a node was asked for. */
export const readStatistics = (o: Json): Statistics => {
  const item = obj(arr(o.items, 'items')[0], 'items[0]');
  return {
    confidence: num(o, 'confidence'), fromMs: num(o, 'fromMs'), toMs: num(o, 'toMs'), batches: num(o, 'batches'), changedMs: num(o, 'changedMs'),
    figures: { rate: interval(item.rate, 'rate'), p50Ms: interval(item.p50Ms, 'p50Ms'), p99Ms: interval(item.p99Ms, 'p99Ms') },
  };
};
export const readClock = (o: Json): Clock => ({ ...clock(o), simTimeMs: numOr(o, 'simTimeMs', 0) });
export const readObject = (value: unknown): Json => obj(value, 'body');
export const readItems = <T>(value: unknown, read: (o: Json) => T): T[] => list(obj(value, 'body').items, 'items', read);
export const readLastSeq = (value: unknown): number => numOr(obj(value, 'body'), 'lastSeq', 0);
