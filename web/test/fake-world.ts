// A make-believe simulation for work on the dashboard: a topology like netflixoss with invented figures. Tests only.
interface Service { name: string; package: string; count: number; deps: string[]; tier: number; lane: number; version: string; scope: 'zone' | 'region' | 'global'; load: number }
export interface Instance { id: string; service: string; zone: string; slot: number; serial: number; state: string; version: string; index: number; readyAt: number }
export interface FakeFault { id: string; type: string; selector: { zones?: string[] }; parameters: object; state: string; targets: number; startedSimTimeMs: number; endedSimTimeMs?: number }
interface Deployment { id: string; service: string; version: string; previousVersion: string; strategy: string; state: string; updated: number; total: number; startedSimTimeMs: number }

const region = 'us-east-1';
const zones = ['zoneA', 'zoneB', 'zoneC'];
export const bandIds = [...zones.map((zone) => `${region}.${zone}`), `${region}.*`, '*.*'];

const table: [string, string, number, string[], number, number, number][] = [
  ['www', 'denominator', 0, ['www-elb'], 0, 0, 100], ['www-elb', 'elb', 0, ['wwwproxy'], 1, 0, 100], ['wwwproxy', 'zuul', 6, ['login', 'homepage'], 2, 0, 100],
  ['login', 'karyon', 18, ['subscriber'], 3, 0, 50], ['homepage', 'karyon', 24, ['subscriber'], 3, 1, 50], ['subscriber', 'staash', 6, ['cassSubscriber', 'evcacheSubscriber'], 4, 0, 100],
  ['cassSubscriber', 'priamCassandra', 6, ['cassSubscriber'], 5, 0, 70], ['evcacheSubscriber', 'store', 3, [], 5, 1, 67],
];

export class FakeWorld {
  simTimeMs = 0;
  state = 'running';
  speed = 1;
  seq = 0;
  eventSeq = 0;
  events: object[] = [];
  services = new Map<string, Service>();
  instances: Instance[] = [];
  edges = new Map<string, { index: number; source: number; target: number }>();
  faults: FakeFault[] = [];
  deployments: Deployment[] = [];
  structureChanges: { add: Instance[]; update: Instance[]; remove: number[] } = { add: [], update: [], remove: [] };
  bandsChanged = false;
  fresh: object[] = [];
  private nextIndex = 0;
  private nextEdge = 0;
  traces = 0;
  load: Record<string, any> = { arrivals: { kind: 'poisson' }, requestsPerSecond: 100, shape: { kind: 'constant' }, regions: {}, mix: [] };

  constructor(readonly id: string, readonly architecture: string) {
    for (const [name, pkg, count, deps, tier, lane, load] of table) {
      const scope = name === 'www' ? 'global' : count === 0 ? 'region' : 'zone';
      this.services.set(name, { name, package: pkg, count: Math.max(1, count), deps, tier, lane, version: '1.0', scope, load });
      for (let i = 0; i < Math.max(1, count); i += 1) this.make(name, i, 'up');
    }
    this.wire();
    this.structureChanges = { add: [], update: [], remove: [] };
    this.log('simulation.created', 'info', 'simulation', id, `Simulation of ${architecture} created`);
  }

  private make(service: string, serial: number, state: string): void {
    const s = this.services.get(service)!;
    const zone = s.scope === 'global' ? '*' : s.scope === 'region' ? '*' : zones[serial % 3]!;
    const place = s.scope === 'global' ? '*.*' : `${region}.${zone}`;
    const used = new Set(this.instances.filter((i) => i.service === service && i.zone === place).map((i) => i.slot));
    let slot = 0;
    while (used.has(slot)) slot += 1;
    const instance = { id: `${this.architecture}.${place}.${service}${String(serial).padStart(2, '0')}`, service, zone: place, slot, serial, state, version: s.version, index: this.nextIndex++, readyAt: this.simTimeMs + 2000 };
    this.instances.push(instance);
    this.structureChanges.add.push(instance);
  }

  private wire(): { index: number; source: number; target: number }[] {
    const added = [];
    for (const a of this.instances) {
      const s = this.services.get(a.service)!;
      for (const b of this.instances) {
        if (a === b || !s.deps.includes(b.service)) continue;
        const own = s.package === 'zuul' || s.package === 'karyon';
        const key = `${a.index}>${b.index}`;
        if ((own && a.zone !== b.zone) || this.edges.has(key)) continue;
        const edge = { index: this.nextEdge++, source: a.index, target: b.index };
        this.edges.set(key, edge);
        added.push(edge);
      }
    }
    return added;
  }

  log(type: string, severity: string, kind: string, id: string, message: string): void {
    const event = { seq: ++this.eventSeq, simTimeMs: this.simTimeMs, wallTime: new Date().toISOString(), type, severity, subject: { kind, id }, message, data: {} };
    this.events.push(event);
    this.fresh.push(event);
  }

  advance(ms: number): void {
    if (this.state !== 'running') return;
    this.simTimeMs += ms * (this.speed || 50);
    for (const i of this.instances) {
      if (i.state === 'starting' && this.simTimeMs >= i.readyAt) {
        i.state = this.faulted(i.zone) ? 'down' : 'up';
        this.structureChanges.update.push(i);
        this.log('instance.up', 'info', 'instance', i.id, `${i.id} is up`);
      }
    }
    for (const d of this.deployments) this.roll(d);
  }

  private roll(d: Deployment): void {
    if (d.state !== 'progressing' && d.state !== 'rollingBack') return;
    const want = d.state === 'progressing' ? d.version : d.previousVersion;
    const mine = this.instances.filter((i) => i.service === d.service);
    const next = mine.find((i) => i.version !== want);
    if (next && Math.random() < 0.3) {
      next.version = want;
      next.state = 'starting';
      next.readyAt = this.simTimeMs + 1500;
      this.structureChanges.update.push(next);
    }
    d.updated = mine.filter((i) => i.version === d.version).length;
    d.total = mine.length;
    if (!next) {
      d.state = d.state === 'progressing' ? 'succeeded' : 'rolledBack';
      this.log('deployment.ended', 'info', 'service', d.service, `${d.service} is at ${want}`);
    }
  }

  faulted = (zone: string): boolean => this.faults.some((f) => f.state === 'active' && f.selector.zones?.includes(zone));
  get status(): string {
    return this.faults.some((f) => f.state === 'active') ? 'degraded, redundant' : 'healthy';
  }
  get statusDetail(): string {
    return this.status === 'healthy' ? 'All instances are up' : 'zone failure absorbed by design: not an outage';
  }

  startFault(body: { type: string; selector: { zones?: string[] } }): FakeFault {
    const fault: FakeFault = { id: `f${this.faults.length + 1}`, type: body.type, selector: body.selector, parameters: {}, state: 'active', targets: 0, startedSimTimeMs: this.simTimeMs };
    this.faults.push(fault);
    for (const i of this.instances.filter((x) => fault.selector.zones?.includes(x.zone))) {
      i.state = 'down';
      fault.targets += 1;
      this.structureChanges.update.push(i);
    }
    this.bandsChanged = true;
    this.log('fault.started', 'error', 'fault', fault.id, `Zone lost: ${fault.selector.zones?.join()}, ${fault.targets} instances`);
    this.log('notice.raised', 'info', 'zone', fault.id, 'zone failure absorbed by design: not an outage');
    return fault;
  }

  endFault(id: string): void {
    const fault = this.faults.find((f) => f.id === id)!;
    fault.state = 'ended';
    fault.endedSimTimeMs = this.simTimeMs;
    for (const i of this.instances.filter((x) => x.state === 'down')) {
      i.state = 'up';
      this.structureChanges.update.push(i);
    }
    this.bandsChanged = true;
    this.log('fault.ended', 'info', 'fault', id, 'Zone is back');
    this.log('notice.cleared', 'info', 'zone', id, 'zone failure absorbed');
  }

  kill(name: string): boolean {
    const i = this.instances.find((x) => x.id === name);
    if (!i) return false;
    this.instances = this.instances.filter((x) => x !== i);
    this.structureChanges.remove.push(i.index);
    this.log('instance.died', 'warning', 'instance', name, `${name} was killed`);
    this.make(i.service, Math.max(...this.instances.filter((x) => x.service === i.service).map((x) => x.serial)) + 3, 'starting');
    return true;
  }

  scale(service: string, n: number): void {
    const s = this.services.get(service)!;
    s.count = n;
    const mine = this.instances.filter((i) => i.service === service);
    for (let k = mine.length; k < n; k += 1) this.make(service, k, 'starting');
    for (const i of mine.slice(n)) {
      this.instances = this.instances.filter((x) => x !== i);
      this.structureChanges.remove.push(i.index);
    }
    this.log('service.scaled', 'info', 'service', service, `${service} scaled to ${n}`);
  }

  push(service: string, version: string): Deployment {
    const s = this.services.get(service)!;
    const d = { id: `d${this.deployments.length + 1}`, service, version, previousVersion: s.version, strategy: 'rolling', state: 'progressing', updated: 0, total: s.count, startedSimTimeMs: this.simTimeMs };
    s.version = version;
    this.deployments.push(d);
    this.log('deployment.started', 'info', 'service', service, `Pushing ${service} ${version}`);
    return d;
  }

  node(i: Instance): object {
    const s = this.services.get(i.service)!;
    const [r, zone] = i.zone.split('.');
    const counts = { up: 0, starting: 0, draining: 0, down: 0, dead: 0, [i.state]: 1 };
    return {
      index: i.index, id: i.id, name: i.id, level: 'instance', service: i.service, package: s.package, version: i.version, region: r, zone, tier: s.tier, lane: s.lane,
      band: bandIds.indexOf(i.zone), slot: i.slot, state: i.state, instances: counts,
    };
  }

  bands(): object[] {
    return bandIds.map((id) => ({ id, name: id, region: id.split('.')[0], zone: id.split('.')[1], state: this.faulted(id) ? 'down' : 'up' }));
  }

  takeStructure(): object | null {
    const { add, update, remove } = this.structureChanges;
    if (add.length + update.length + remove.length === 0 && !this.bandsChanged) return null;
    const gone = new Set(remove);
    const dropped: number[] = [];
    for (const [key, edge] of this.edges) {
      if (gone.has(edge.source) || gone.has(edge.target)) {
        dropped.push(edge.index);
        this.edges.delete(key);
      }
    }
    const edges = this.wire();
    const frame = {
      nodes: { add: add.map((i) => this.node(i)), update: update.filter((i) => !add.includes(i)).map((i) => this.node(i)), remove },
      edges: { add: edges, remove: dropped }, ...(this.bandsChanged ? { bands: this.bands() } : {}),
    };
    this.structureChanges = { add: [], update: [], remove: [] };
    this.bandsChanged = false;
    return frame;
  }

  values(): { nodeValues: Record<string, (number | null)[]>; edgeValues: Record<string, (number | null)[]> } {
    const wave = 1 + 0.12 * Math.sin(this.simTimeMs / 3000);
    const up = (i: Instance): boolean => i.state === 'up';
    const byIndex = new Map(this.instances.map((i) => [i.index, i]));
    const perService = new Map<string, number>();
    for (const i of this.instances) if (up(i)) perService.set(i.service, (perService.get(i.service) ?? 0) + 1);
    const rate = (i: Instance): number => (up(i) ? (this.services.get(i.service)!.load * wave * (0.9 + 0.2 * ((i.serial * 7) % 5) / 5)) / (perService.get(i.service) ?? 1) : 0);
    const failing = (i: Instance): number => (i.version.endsWith('.9') ? 0.3 : this.status === 'healthy' ? 0 : 0.01);
    const column = (n: number, get: (k: number) => number | null): (number | null)[] => Array.from({ length: n }, (_, k) => get(k));
    const at = (f: (i: Instance) => number) => (k: number): number | null => { const i = byIndex.get(k); return i ? f(i) : null; };
    const capacity = (i: Instance): number => ({ www: 400, 'www-elb': 300, wwwproxy: 30, login: 8, homepage: 3.2, subscriber: 26, cassSubscriber: 18, evcacheSubscriber: 70 })[i.service] ?? 10;
    const nodeValues = {
      rate: column(this.nextIndex, at(rate)), errorRate: column(this.nextIndex, at((i) => rate(i) * failing(i))), inFlight: column(this.nextIndex, at((i) => Math.round(rate(i) / 5))),
      queue: column(this.nextIndex, at(() => 0)), utilisation: column(this.nextIndex, at((i) => Math.min(1, rate(i) / capacity(i)))),
      p50Ms: column(this.nextIndex, at((i) => 40 / (this.services.get(i.service)!.tier + 1))), p99Ms: column(this.nextIndex, at((i) => 180 / (this.services.get(i.service)!.tier + 1))),
    };
    const edges = new Map([...this.edges.values()].map((edge) => [edge.index, edge]));
    const fan = new Map<string, number>();
    for (const edge of edges.values()) {
      const key = `${edge.source}>${byIndex.get(edge.target)!.service}`;
      if (up(byIndex.get(edge.target)!)) fan.set(key, (fan.get(key) ?? 0) + 1);
    }
    const edgeRate = (k: number): number => {
      const edge = edges.get(k)!;
      const [a, b] = [byIndex.get(edge.source)!, byIndex.get(edge.target)!];
      if (!up(a) || !up(b)) return 0;
      const share = a.service === b.service ? 0.4 : this.services.get(a.service)!.deps.length > 1 ? 0.6 : 1;
      return (rate(a) * share) / (fan.get(`${edge.source}>${b.service}`) ?? 1);
    };
    const some = (f: (k: number) => number) => (k: number): number | null => (edges.has(k) ? f(k) : null);
    const edgeValues = {
      rate: column(this.nextEdge, some(edgeRate)), errorRate: column(this.nextEdge, some((k) => edgeRate(k) * failing(byIndex.get(edges.get(k)!.target)!))),
      latencyMs: column(this.nextEdge, some((k) => 60 / (this.services.get(byIndex.get(edges.get(k)!.target)!.service)!.tier + 1))),
    };
    return { nodeValues, edgeValues };
  }

  flow(): object {
    const pick = (service: string, zone?: string): Instance => {
      const all = this.instances.filter((i) => i.service === service && i.state === 'up' && (!zone || i.zone === zone));
      return all[Math.floor(Math.random() * all.length)] ?? this.instances[0]!;
    };
    const start = this.simTimeMs;
    const path = [pick('www'), pick('www-elb'), pick('wwwproxy'), pick(Math.random() < 0.5 ? 'login' : 'homepage'), pick('subscriber'), pick('evcacheSubscriber')];
    const slow = 1 + Math.random();
    const spans = path.slice(1).map((target, k) => ({
      spanId: k + 1, ...(k > 0 ? { parentSpanId: k } : {}), service: target.service, operation: 'GET', source: path[k]!.id, target: target.id, cs: start + k * 4 * slow, sr: start + (k * 4 + 1) * slow,
      ss: start + (60 - k * 6) * slow, cr: start + (61 - k * 6) * slow, status: 'ok', attempt: 1,
    }));
    return { traceId: ++this.traces, rootService: 'www', startSimTimeMs: start, durationMs: 61 * slow, status: 'ok', hops: spans.length, spans };
  }
}
