// The one state of the dashboard and how everything that happens changes it. reduce() is pure: panels and graph draw what it returns.
import type { ComparisonQuery } from './api';
import type { Strips } from './strips';
import type { Place } from './url';
import type {
  Architecture, AutoscalerStatus, Band, Clock, Columns, Comparison, Decision, Deployment, Evacuation, Experiment, ExperimentPrediction, Fault, FaultType, FeatureFlag, Finding, Flow, Frame, GraphEdge,
  GraphNode, Histogram, Incident, JournalEntry, Keyframe, Level, Lever, Moment, ObjectiveStatus, Outcome, PlaceTraffic, Prediction, Problem, RouteRule, Scenario, Schedule, SchedulePreset, Service, SimEvent, Simulation, Statistics,
  StructureFrame, Template, Tier, Traffic, ValuesFrame, Versions,
} from './wire';

export type Connection = 'idle' | 'connecting' | 'live' | 'stale' | 'reconnecting' | 'missing';

export interface View {
  seq: number;
  level: Level;
  path: string;
  focus: string;
  simTimeMs: number;
  clock: Clock;
  status: string;
  statusDetail: string;
  tiers: Tier[];
  bands: Band[];
  nodes: Map<number, GraphNode>;
  edges: Map<number, GraphEdge>;
  nodeValues: Columns;
  edgeValues: Columns;
  /** Changes whenever nodes, edges, tiers or bands do; values leave it alone. */
  structure: number;
}

/** What all users together saw at one moment of simulated time, for the timeline. */
export interface Sample { simTimeMs: number; rate: number; errorRate: number; status: string }

export interface Toast { id: number; kind: 'ok' | 'error'; text: string }

/** What can be looked at, then what can be done. */
export const tabs = ['node', 'flows', 'incidents', 'review', 'story', 'operate', 'push', 'traffic', 'faults', 'forks'] as const;
export type Tab = (typeof tabs)[number];
/** What is broken: one fault now, an experiment, again and again. */
export const breakKinds = ['faults', 'experiments', 'schedules'] as const;
export type BreakKind = (typeof breakKinds)[number];
/** Something that was asked for with `key`, and what came of it; neither: it is under way. */
export interface Asked<T> { key: string; result: T | null; problem: Problem | null }
export type Theme = 'dark' | 'light';
export type Kind = 'response' | 'service' | 'network';

export interface State {
  connection: Connection;
  attempt: number;
  lastFrameAt: number;
  simulationId: string;
  structures: number; // structures seen so far, of all simulations: a number is never used for two
  simulation: Simulation | null;
  simulations: Simulation[];
  architectures: Architecture[];
  faultTypes: FaultType[];
  findings: Finding[]; // of lint, in the document that runs
  incidents: Incident[]; // newest first
  objectives: ObjectiveStatus[];
  view: View | null;
  faults: Fault[];
  events: SimEvent[];
  flows: Flow[];
  flow: Flow | null;
  samples: Sample[];
  services: Service[];
  traffic: Traffic[];
  strips: Strips; // versions over time, by service
  rollouts: Deployment[]; // under way, of all services
  deployments: Deployment[]; // of `service`, as are the following
  versions: Versions | null;
  routes: RouteRule[];
  flags: FeatureFlag[];
  autoscaler: AutoscalerStatus | null;
  decisions: Decision[];
  gate: boolean; // deployments wait while a zone is down
  places: PlaceTraffic[];
  evacuations: Evacuation[];
  prediction: Asked<Prediction> | null; // whom the fault of the form would hit
  aim: { kind: string; value: string } | null; // what a person wants to break, from somewhere else in the page
  journal: JournalEntry[];
  scenarios: Scenario[];
  outcome: Outcome | null; // of the story that the simulation plays
  templates: Template[];
  experiments: Experiment[]; // newest first
  experimentPrediction: Asked<ExperimentPrediction> | null;
  report: Asked<string> | null; // of an experiment, Markdown
  schedulePresets: SchedulePreset[];
  schedules: Schedule[];
  firings: Asked<Moment[]> | null; // of the schedule in the form
  lever: Lever | null; // null: the server has none
  comparison: (Asked<Comparison> & { query: ComparisonQuery }) | null;
  histogram: Histogram | null;
  statistics: Statistics | null; // of the selected node, or of its group
  histogramKind: Kind;
  selected: string;
  hovered: string;
  service: string;
  wanted: { level: Level | ''; path: string; focus: string };
  tab: Tab;
  breakKind: BreakKind; // of the tab of faults
  theme: Theme;
  themeChosen: boolean;
  windowMs: number;
  dialog: '' | 'start' | 'search' | 'help' | 'compare' | 'report';
  busy: string[];
  toasts: Toast[];
}

export const limits = { events: 1_000, flows: 80, samples: 3_000, toasts: 4 } as const;

export const initialState: State = {
  connection: 'idle', attempt: 0, lastFrameAt: 0, simulationId: '', structures: 0, simulation: null, simulations: [], architectures: [], faultTypes: [], findings: [], incidents: [], objectives: [], view: null,
  faults: [], events: [], flows: [], flow: null, samples: [], services: [], traffic: [], strips: {}, rollouts: [], deployments: [], versions: null, routes: [], flags: [], autoscaler: null, decisions: [], gate: true, places: [], evacuations: [],
  prediction: null, aim: null, journal: [], scenarios: [], outcome: null, templates: [], experiments: [], experimentPrediction: null, report: null, schedulePresets: [],
  schedules: [], firings: null, lever: null, comparison: null, histogram: null, statistics: null, histogramKind: 'response',
  selected: '', hovered: '', service: '', wanted: { level: '', path: '', focus: '' }, tab: 'operate', breakKind: 'faults', theme: 'dark', themeChosen: false,
  windowMs: 120_000, dialog: '', busy: [], toasts: [],
};

export type Action =
  | { type: 'frame'; frame: Frame; now: number }
  | { type: 'connection'; connection: Connection; attempt: number }
  | { type: 'place'; place: Place; systemTheme: Theme }
  | { type: 'simulation'; id: string }
  | { type: 'history'; events: SimEvent[] }
  | { type: 'toast'; toast: Toast }
  | { type: 'untoast'; id: number }
  | { type: 'busy'; key: string; on: boolean }
  | { type: 'set'; part: Partial<State> };

const nodesOf = (nodes: GraphNode[]): Map<number, GraphNode> => new Map(nodes.map((node) => [node.index, node]));

function fromKeyframe(frame: Keyframe, structure: number): View {
  return {
    seq: frame.seq, level: frame.level, path: frame.path, focus: frame.focus, simTimeMs: frame.simTimeMs, clock: frame.clock, status: frame.status,
    statusDetail: frame.statusDetail, tiers: frame.tiers, bands: frame.bands, nodes: nodesOf(frame.nodes),
    edges: new Map(frame.edges.map((edge) => [edge.index, edge])), nodeValues: frame.nodeValues, edgeValues: frame.edgeValues,
    structure,
  };
}

function withStructure(view: View, frame: StructureFrame, structure: number): View {
  const nodes = new Map(view.nodes);
  for (const index of frame.nodes.remove) nodes.delete(index);
  for (const node of [...frame.nodes.add, ...frame.nodes.update]) nodes.set(node.index, node);
  const edges = new Map(view.edges);
  for (const index of frame.edges.remove) edges.delete(index);
  for (const edge of frame.edges.add) edges.set(edge.index, edge);
  return { ...view, seq: frame.seq, simTimeMs: frame.simTimeMs, nodes, edges, bands: frame.bands ?? view.bands, tiers: frame.tiers ?? view.tiers, structure };
}

/** Load sources are the nodes that nothing calls; what arrives at them is what users asked for. */
export interface Users { rate: number; errorRate: number; p99Ms: number | null }

function entryTraffic(view: View): Users | null {
  const called = new Set<number>();
  for (const edge of view.edges.values()) if (edge.source !== edge.target) called.add(edge.target);
  let rate = 0;
  let errorRate = 0;
  let p99Ms = 0;
  let found = false;
  for (const node of view.nodes.values()) {
    if (called.has(node.index) || node.tier !== 0) continue;
    found = true;
    rate += value(view.nodeValues, 'rate', node.index);
    errorRate += value(view.nodeValues, 'errorRate', node.index);
    p99Ms = Math.max(p99Ms, value(view.nodeValues, 'p99Ms', node.index));
  }
  return found ? { rate, errorRate, p99Ms } : null;
}

/** What users see. A view of one zone does not show where load enters; then it is what the services said last. */
export function userTraffic(view: View, state: Pick<State, 'services' | 'traffic'>): Users {
  const entry = view.path === '' && view.focus === '' ? entryTraffic(view) : null;
  if (entry) return entry;
  const sources = state.services.filter((service) => state.traffic.some((source) => source.service === service.name));
  return {
    rate: sources.reduce((sum, source) => sum + source.requestsPerSecond, 0), errorRate: sources.reduce((sum, source) => sum + source.errorsPerSecond, 0), p99Ms: null,
  };
}

export function value(columns: Columns, column: string, index: number): number {
  return columns[column]?.[index] ?? 0;
}

function sampled(samples: Sample[], view: View, state: State): Sample[] {
  const { rate, errorRate } = userTraffic(view, state);
  const last = samples[samples.length - 1];
  const next: Sample = { simTimeMs: view.simTimeMs, rate, errorRate, status: view.status };
  if (last && view.simTimeMs <= last.simTimeMs) return view.simTimeMs < last.simTimeMs ? [next] : samples;
  return [...(samples.length >= limits.samples ? samples.slice(-Math.floor(limits.samples * 0.9)) : samples), next];
}

export function mergeEvents(known: SimEvent[], more: SimEvent[]): SimEvent[] {
  const bySeq = new Map(known.map((event) => [event.seq, event]));
  for (const event of more) bySeq.set(event.seq, event);
  return [...bySeq.values()].sort((a, b) => a.seq - b.seq).slice(-limits.events);
}

function mergeFlows(known: Flow[], more: Flow[]): Flow[] {
  const seen = new Set(more.map((flow) => flow.traceId));
  return [...more.slice().reverse(), ...known.filter((flow) => !seen.has(flow.traceId))].slice(0, limits.flows);
}

/** Frames name the active faults only; one that is not named any more has ended by then, and stays for the timeline. */
function mergeFaults(known: Fault[], active: Fault[], simTimeMs: number): Fault[] {
  const gone = known.filter((fault) => !active.some((f) => f.id === fault.id));
  return [...gone.map((fault) => (fault.state === 'ended' ? fault : { ...fault, state: 'ended', endedSimTimeMs: simTimeMs })), ...active];
}

function onKeyframe(state: State, frame: Keyframe): State {
  const structures = state.structures + 1;
  const view = fromKeyframe(frame, structures);
  // A server that was started again counts its events and its time from the beginning.
  const restarted = (state.events[state.events.length - 1]?.seq ?? 0) > frame.lastEventSeq;
  return {
    ...state, structures, view, faults: mergeFaults(restarted ? [] : state.faults, frame.faults, frame.simTimeMs), events: restarted ? [] : state.events, flows: restarted ? [] : state.flows,
    samples: sampled(restarted ? [] : state.samples, view, state),
    wanted: { level: view.level, path: view.path, focus: view.focus },
  };
}

function onValues(state: State, frame: ValuesFrame): State {
  if (!state.view) return state;
  const view: View = {
    ...state.view, seq: frame.seq, simTimeMs: frame.simTimeMs, clock: frame.clock, status: frame.status, statusDetail: frame.statusDetail,
    nodeValues: frame.nodeValues, edgeValues: frame.edgeValues,
  };
  return { ...state, view, samples: sampled(state.samples, view, state) };
}

function onFrame(state: State, frame: Frame, now: number): State {
  const heard = { ...state, lastFrameAt: now };
  switch (frame.type) {
    case 'keyframe': return onKeyframe(heard, frame);
    case 'values': return onValues(heard, frame);
    case 'structure':
      if (!heard.view) return heard;
      return { ...heard, structures: heard.structures + 1, view: withStructure(heard.view, frame, heard.structures + 1), faults: frame.faults ? mergeFaults(heard.faults, frame.faults, frame.simTimeMs) : heard.faults };
    case 'events': return { ...heard, events: mergeEvents(heard.events, frame.events), ...seqOf(heard, frame.seq) };
    case 'flows': return { ...heard, flows: mergeFlows(heard.flows, frame.flows), ...seqOf(heard, frame.seq) };
    // A view that is refused leaves what was looked at before.
    case 'error': return heard.view ? { ...heard, wanted: { level: heard.view.level, path: heard.view.path, focus: heard.view.focus } } : heard;
    default: return heard;
  }
}

const seqOf = (state: State, seq: number): Partial<State> => (state.view ? { view: { ...state.view, seq } } : {});

/** Everything that belongs to one simulation, empty: nothing of the last one may show in the next. */
const fresh = {
  simulation: null, view: null, findings: [], incidents: [], objectives: [], faults: [], events: [], flows: [], flow: null, samples: [], services: [], traffic: [], strips: {}, rollouts: [], deployments: [], versions: null, routes: [], flags: [], autoscaler: null, decisions: [], gate: true, places: [], evacuations: [],
  prediction: null, aim: null, journal: [], outcome: null, experiments: [], experimentPrediction: null, report: null, schedules: [], firings: null, lever: null, histogram: null, statistics: null, hovered: '', service: '',
} satisfies Partial<State>;

export function reduce(state: State, action: Action): State {
  switch (action.type) {
    case 'frame': return onFrame(state, action.frame, action.now);
    case 'connection': return { ...state, connection: action.connection, attempt: action.attempt };
    case 'simulation':
      return action.id === state.simulationId ? state
        : { ...state, ...fresh, simulationId: action.id, selected: '', wanted: { level: '', path: '', focus: '' } };
    case 'history': return { ...state, events: mergeEvents(state.events, action.events) };
    case 'place': {
      const { place } = action;
      const moved = place.simulation !== state.simulationId ? fresh : {};
      const chosen = place.theme === 'dark' || place.theme === 'light';
      return {
        ...state, ...moved, simulationId: place.simulation, wanted: { level: place.level, path: place.path, focus: place.focus }, selected: place.node,
        tab: tabs.find((tab) => tab === place.tab) ?? (place.node ? 'node' : state.tab), theme: chosen ? (place.theme as Theme) : action.systemTheme,
        themeChosen: chosen,
      };
    }
    case 'toast': return { ...state, toasts: [...state.toasts, action.toast].slice(-limits.toasts) };
    case 'untoast': return { ...state, toasts: state.toasts.filter((toast) => toast.id !== action.id) };
    case 'busy': return { ...state, busy: action.on ? [...state.busy, action.key] : state.busy.filter((key) => key !== action.key) };
    case 'set': return { ...state, ...action.part };
  }
}

export function placeOf(state: State): Place {
  return {
    simulation: state.simulationId, level: state.wanted.level, path: state.wanted.path, focus: state.wanted.focus, node: state.selected,
    tab: state.tab === 'operate' ? '' : state.tab, theme: state.themeChosen ? state.theme : '',
    compare: state.dialog === 'compare' && state.comparison ? `${state.comparison.query.base}..${state.comparison.query.candidate}` : '',
  };
}

export class Store {
  private listeners: ((state: State, before: State) => void)[] = [];
  constructor(private current: State = initialState) {}
  get state(): State {
    return this.current;
  }
  dispatch(action: Action): void {
    const before = this.current;
    this.current = reduce(before, action);
    if (this.current !== before) for (const listener of this.listeners) listener(this.current, before);
  }
  subscribe(listener: (state: State, before: State) => void): void {
    this.listeners.push(listener);
  }
}

export const selectedNode = (state: State): GraphNode | null => {
  if (!state.view || state.selected === '') return null;
  for (const node of state.view.nodes.values()) if (node.id === state.selected) return node;
  return null;
};

/** Which statistics say most of a node: its own, or, instances having none, those of its group. */
export const statisticsOf = (node: GraphNode): { level: string; node: string } =>
  node.level === 'instance' ? { level: 'group', node: `${node.region}.${node.zone}.${node.service}` } : { level: node.level, node: node.id };
