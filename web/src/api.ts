// The REST interface as functions. Every failure is an ApiError with a sentence that can be shown to a person.
import * as wire from './wire';

export class ApiError extends Error {
  constructor(readonly status: number, message: string, readonly problem: wire.Problem) {
    super(message);
  }
}

/** What is said of an error: what the server has against it, or that there is no server. */
export const problemOf = (error: unknown): wire.Problem =>
  error instanceof ApiError ? error.problem : { title: 'The server does not answer.', status: 0, detail: '', errors: [] };

const requestTimeoutMs = 15_000;
const eventsKept = 400;

const randomKey = (): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');

function sentence(problem: wire.Problem): string {
  const parts = problem.errors.map((e) => `${e.pointer} ${e.message}${e.known.length > 0 ? ` (known: ${e.known.slice(0, 8).join(', ')})` : ''}`.trim());
  return [problem.detail || problem.title, ...parts].join(' · ');
}

async function fetched(method: string, path: string, body: object | undefined, timeoutMs: number): Promise<string> {
  const headers: Record<string, string> = { Accept: 'application/json, text/markdown' };
  if (body) headers['Content-Type'] = 'application/json';
  if (method !== 'GET') headers['Idempotency-Key'] = randomKey();
  const response = await fetch(`/api/v1${path}`, {
    method, headers, signal: AbortSignal.timeout(timeoutMs), ...(body ? { body: JSON.stringify(body) } : {}),
  });
  const text = await response.text();
  if (!response.ok) {
    let problem: wire.Problem = { title: `${response.status} ${response.statusText}`, status: response.status, detail: '', errors: [] };
    try {
      problem = wire.readProblem(JSON.parse(text));
    } catch {
      // not a problem document: the status line is all there is to say
    }
    throw new ApiError(response.status, sentence(problem), problem);
  }
  return text;
}

async function call(method: string, path: string, body?: object, timeoutMs = requestTimeoutMs): Promise<unknown> {
  const text = await fetched(method, path, body, timeoutMs);
  return text === '' ? null : JSON.parse(text);
}

/** Answers that take a while: comparisons run two simulations once more. */
const longTimeoutMs = 300_000;
const enc = encodeURIComponent;
const of = (simulation: string): string => `/simulations/${enc(simulation)}`;
const at = (simulation: string, service: string): string => `${of(simulation)}/services/${enc(service)}`;
const placeOf = (simulation: string, place: string, region: boolean): string => `${of(simulation)}/${region ? 'regions' : 'zones'}/${enc(place)}/traffic`;
const one = async <T>(answer: Promise<unknown>, read: (o: Record<string, unknown>) => T): Promise<T> => read(wire.readObject(await answer));

export type NewSimulation = { architecture: string; seed: number; speed: number; scalePercent: number; regions: number } | { scenario: string; speed: number };
/** What a push asks for: docs/api.md has every field. */
export interface Push { version: string; [field: string]: unknown }
export type PartsBody = Partial<wire.Parts>;
export interface NewFault { type: string; selector: PartsBody & { mode?: string; value?: number; exclude?: PartsBody; minRemaining?: number }; [field: string]: unknown }
export interface NewFork { id?: string; atSimTimeMs?: number; beforeCommand?: number; seed?: number; startPaused?: boolean }
export interface ComparisonQuery { base: string; candidate: string; fromSimTimeMs?: number; untilSimTimeMs?: number }

export const api = {
  simulations: async () => wire.readItems(await call('GET', '/simulations?pageSize=200'), wire.readSimulation),
  simulation: async (id: string) => wire.readSimulation(wire.readObject(await call('GET', of(id)))),
  createSimulation: async (spec: NewSimulation) => wire.readSimulation(wire.readObject(await call('POST', '/simulations', spec))),
  deleteSimulation: async (id: string) => call('DELETE', of(id)),
  architectures: async () => wire.readItems(await call('GET', '/architectures?pageSize=200'), wire.readArchitecture),
  faultTypes: async () => wire.readItems(await call('GET', '/fault-types?pageSize=200'), wire.readFaultType),

  setClock: async (id: string, clock: { state?: string; speed?: number }) => call('PUT', `${of(id)}/clock`, clock),
  step: async (id: string, stepMs: number) => call('POST', `${of(id)}/clock/steps`, { stepMs }),
  services: async (id: string) => wire.readItems(await call('GET', `${of(id)}/services?pageSize=1000`), wire.readService),
  histogram: async (id: string, service: string, zone: string, kind: string) =>
    wire.readHistogram(wire.readObject(await call('GET', `${of(id)}/services/${enc(service)}/histogram?kind=${kind}${zone ? `&zone=${enc(zone)}` : ''}`))),
  statistics: async (id: string, level: string, path: string, node: string) =>
    wire.readStatistics(wire.readObject(await call('GET', `${of(id)}/statistics?level=${level}&node=${enc(node)}${path ? `&path=${enc(path)}` : ''}`))),
  scale: async (id: string, service: string, wanted: { replicas: number } | { perZone: Record<string, number> }) => call('PUT', `${at(id, service)}/scale`, wanted),
  push: async (id: string, service: string, push: Push) => call('POST', `${at(id, service)}/deployments`, push),
  deployments: async (id: string, service: string) => wire.readItems(await call('GET', `${at(id, service)}/deployments?pageSize=100`), wire.readDeployment),
  setDeployment: async (id: string, service: string, deployment: string, state: string) => call('PUT', `${at(id, service)}/deployments/${enc(deployment)}/state`, { state }),
  versions: (id: string, service: string) => one(call('GET', `${at(id, service)}/versions`), wire.readVersions),
  removeVersion: async (id: string, service: string, version: string) => call('DELETE', `${at(id, service)}/versions/${enc(version)}`),
  routes: (id: string, service: string) => one(call('GET', `${at(id, service)}/routes`), wire.readRoutes),
  setRoutes: async (id: string, service: string, rules: wire.RouteRule[]) => call('PUT', `${at(id, service)}/routes`, wire.writeRoutes(rules)),
  flags: (id: string, service: string) => one(call('GET', `${at(id, service)}/flags`), wire.readFlags),
  setFlags: async (id: string, service: string, flags: wire.FeatureFlag[]) => call('PUT', `${at(id, service)}/flags`, { flags }),
  gate: (id: string) => one(call('GET', `${of(id)}/gates`), wire.readGate),
  setGate: async (id: string, deploymentsWaitForZones: boolean) => call('PUT', `${of(id)}/gates`, { deploymentsWaitForZones }),
  autoscaler: (id: string, service: string) => one(call('GET', `${at(id, service)}/autoscaler`), wire.readAutoscaler),
  setAutoscaler: async (id: string, service: string, autoscaler: object | null) => call(autoscaler ? 'PUT' : 'DELETE', `${at(id, service)}/autoscaler`, autoscaler ?? undefined),
  decisions: async (id: string, service: string) => wire.readItems(await call('GET', `${at(id, service)}/autoscaler/decisions?pageSize=100`), wire.readDecision),
  placeTraffic: (id: string, place: string, region: boolean) => one(call('GET', placeOf(id, place, region)), wire.readPlaceTraffic),
  shiftTraffic: async (id: string, place: string, region: boolean, weight: number, drainMs: number) => call('PUT', placeOf(id, place, region), { weight, drainMs }),
  evacuations: async (id: string) => wire.readItems(await call('GET', `${of(id)}/evacuations?pageSize=100`), wire.readEvacuation),
  evacuate: async (id: string, body: object) => call('POST', `${of(id)}/evacuations`, body),
  failBack: async (id: string, evacuation: string) => call('PUT', `${of(id)}/evacuations/${enc(evacuation)}/state`, { state: 'failedBack' }),
  journal: async (id: string) => wire.readItems(await call('GET', `${of(id)}/commands?pageSize=1000`), wire.readEntry),
  fork: (id: string, spec: NewFork) => one(call('POST', `${of(id)}/forks`, spec, longTimeoutMs), wire.readSimulation),
  compare: (query: ComparisonQuery) =>
    one(call('GET', `/comparisons?${new URLSearchParams(Object.entries(query).map(([name, value]) => [name, String(value)])).toString()}`, undefined, longTimeoutMs), wire.readComparison),
  kill: async (id: string, instance: string) => call('DELETE', `${of(id)}/instances/${enc(instance)}`),
  incidents: async (id: string) => wire.readItems(await call('GET', `${of(id)}/incidents?pageSize=100`), wire.readIncident),
  objectives: async (id: string) => wire.readItems(await call('GET', `${of(id)}/objectives?pageSize=1000`), wire.readObjective),
  findings: async (id: string) => wire.readItems(await call('GET', `${of(id)}/lint?pageSize=1000`), wire.readFinding),
  faults: async (id: string) => wire.readItems(await call('GET', `${of(id)}/faults?pageSize=500`), wire.readFault),
  predict: (id: string, fault: NewFault) => one(call('POST', `${of(id)}/faults?validateOnly=true`, fault), wire.readPrediction),
  startFault: async (id: string, fault: NewFault) => call('POST', `${of(id)}/faults`, fault),
  endFault: async (id: string, fault: string) => call('DELETE', `${of(id)}/faults/${enc(fault)}`),
  scenarios: async () => wire.readItems(await call('GET', '/scenarios?pageSize=200'), wire.readScenario),
  outcome: (id: string) => one(call('GET', `${of(id)}/outcome`), wire.readOutcome),
  /** The list does not say what the variables are usually; each template does. */
  templates: async () => {
    const names = wire.readItems(await call('GET', '/experiment-templates?pageSize=200'), (o) => String(o.name));
    return Promise.all(names.map((name) => one(call('GET', `/experiment-templates/${enc(name)}`), wire.readTemplate)));
  },
  experiments: async (id: string) => wire.readItems(await call('GET', `${of(id)}/experiments?pageSize=100`), wire.readExperiment),
  startExperiment: async (id: string, body: object) => call('POST', `${of(id)}/experiments`, body),
  predictExperiment: (id: string, body: object) => one(call('POST', `${of(id)}/experiments?validateOnly=true`, body), wire.readExperimentPrediction),
  setExperiment: async (id: string, experiment: string, state: string) => call('PUT', `${of(id)}/experiments/${enc(experiment)}/state`, { state }),
  report: async (id: string, experiment: string) => fetched('GET', `${of(id)}/experiments/${enc(experiment)}/report?format=md`, undefined, longTimeoutMs),
  lever: (id: string) => one(call('GET', `${of(id)}/safety-lever`), wire.readLever),
  setLever: async (id: string, engaged: boolean, reason: string) => call('PUT', `${of(id)}/safety-lever`, { engaged, reason }),
  schedulePresets: async () => wire.readItems(await call('GET', '/schedule-presets?pageSize=200'), wire.readSchedulePreset),
  schedules: async (id: string) => wire.readItems(await call('GET', `${of(id)}/schedules?pageSize=200`), wire.readSchedule),
  addSchedule: async (id: string, body: object) => call('POST', `${of(id)}/schedules`, body),
  firings: (id: string, body: object) => one(call('POST', `${of(id)}/schedules?validateOnly=true`, body), wire.readFirings),
  setSchedule: async (id: string, schedule: string, state: string) => call('PATCH', `${of(id)}/schedules/${enc(schedule)}`, { state }),
  removeSchedule: async (id: string, schedule: string) => call('DELETE', `${of(id)}/schedules/${enc(schedule)}`),
  traffic: async (id: string) => wire.readItems(await call('GET', `${of(id)}/traffic`), wire.readTraffic),
  setTraffic: async (id: string, service: string, requestsPerSecond: number) => call('PUT', `${of(id)}/traffic/${enc(service)}`, { requestsPerSecond }),
  setLoad: async (id: string, service: string, load: Record<string, unknown>) => call('PUT', `${of(id)}/traffic/${enc(service)}`, { load }),
  flow: async (id: string, trace: string) => wire.readFlow(wire.readObject(await call('GET', `${of(id)}/flows/${enc(trace)}`))),

  /** The most recent events, oldest first. */
  async events(id: string): Promise<wire.SimEvent[]> {
    const last = wire.readLastSeq(await call('GET', `${of(id)}/events?pageSize=1`));
    const since = Math.max(0, last - eventsKept);
    return wire.readItems(await call('GET', `${of(id)}/events?sinceSeq=${since}&pageSize=${eventsKept}`), wire.readEvent);
  },
};
