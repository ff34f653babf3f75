// The REST interface as functions. Every failure is an ApiError with a sentence that can be shown to a person.
import * as wire from './wire';

export class ApiError extends Error {
  constructor(readonly status: number, message: string) {
    super(message);
  }
}

const requestTimeoutMs = 15_000;
const eventsKept = 400;

const randomKey = (): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');

function sentence(problem: wire.Problem): string {
  const parts = problem.errors.map((e) => `${e.pointer} ${e.message}${e.known.length > 0 ? ` (known: ${e.known.slice(0, 8).join(', ')})` : ''}`.trim());
  return [problem.detail || problem.title, ...parts].join(' · ');
}

async function call(method: string, path: string, body?: object): Promise<unknown> {
  const headers: Record<string, string> = { Accept: 'application/json' };
  if (body) headers['Content-Type'] = 'application/json';
  if (method !== 'GET') headers['Idempotency-Key'] = randomKey();
  const response = await fetch(`/api/v1${path}`, {
    method, headers, signal: AbortSignal.timeout(requestTimeoutMs), ...(body ? { body: JSON.stringify(body) } : {}),
  });
  const text = await response.text();
  if (!response.ok) {
    let message = `${response.status} ${response.statusText}`;
    try {
      message = sentence(wire.readProblem(JSON.parse(text)));
    } catch {
      // not a problem document: the status line is all there is to say
    }
    throw new ApiError(response.status, message);
  }
  return text === '' ? null : JSON.parse(text);
}

const enc = encodeURIComponent;
const of = (simulation: string): string => `/simulations/${enc(simulation)}`;

export interface NewSimulation { architecture: string; seed: number; speed: number; scalePercent: number; regions: number }
export interface Push { version: string; serviceTimeFactor: number; errorRate: number; batchPercent: number }
export interface NewFault { type: string; selector: Partial<wire.Selector>; durationMs?: number; [parameter: string]: unknown }

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
  scale: async (id: string, service: string, replicas: number) => call('PUT', `${of(id)}/services/${enc(service)}/scale`, { replicas }),
  push: async (id: string, service: string, push: Push) => call('POST', `${of(id)}/services/${enc(service)}/deployments`, push),
  deployments: async (id: string, service: string) =>
    wire.readItems(await call('GET', `${of(id)}/services/${enc(service)}/deployments?pageSize=100`), wire.readDeployment),
  rollBack: async (id: string, service: string, deployment: string) =>
    call('PUT', `${of(id)}/services/${enc(service)}/deployments/${enc(deployment)}/state`, { state: 'rolledBack' }),
  kill: async (id: string, instance: string) => call('DELETE', `${of(id)}/instances/${enc(instance)}`),
  incidents: async (id: string) => wire.readItems(await call('GET', `${of(id)}/incidents?pageSize=100`), wire.readIncident),
  objectives: async (id: string) => wire.readItems(await call('GET', `${of(id)}/objectives?pageSize=1000`), wire.readObjective),
  findings: async (id: string) => wire.readItems(await call('GET', `${of(id)}/lint?pageSize=1000`), wire.readFinding),
  faults: async (id: string) => wire.readItems(await call('GET', `${of(id)}/faults?pageSize=500`), wire.readFault),
  startFault: async (id: string, fault: NewFault) => call('POST', `${of(id)}/faults`, fault),
  endFault: async (id: string, fault: string) => call('DELETE', `${of(id)}/faults/${enc(fault)}`),
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
