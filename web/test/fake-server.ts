// Serves dist/ and speaks the protocol of docs/api.md over a FakeWorld. For work on the dashboard without the real server. Tests only.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { WebSocketServer, type WebSocket } from 'ws';
import { catalogue, chaosRoutes } from './fake-chaos';
import { FakeWorld } from './fake-world';

const option = (name: string, other: string): string => {
  const at = process.argv.indexOf(`--${name}`);
  return at > 0 ? (process.argv[at + 1] ?? other) : other;
};
const web = option('web', 'dist');
const worlds = new Map<string, FakeWorld>();
if (option('empty', '') === '') worlds.set('netflixoss', new FakeWorld('netflixoss', 'netflixoss'));
const types: Record<string, string> = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml' };

const simulation = (w: FakeWorld): object => ({
  id: w.id, architecture: w.architecture, ...(w.id === 'story' ? { scenario: 'zone-power-loss' } : {}), state: w.state, status: w.status, statusDetail: w.statusDetail, simTimeMs: w.simTimeMs, wallTime: '', seed: 1, speed: w.speed, achievedSpeed: w.speed,
  fingerprint: '0000000000000000', scalePercent: 100, regions: 1, counts: { services: 8, instances: w.instances.length, edges: w.edges.size, zones: 3, regions: 1 }, events: 0,
  requests: { sent: 0, succeeded: 0, failed: 0, inFlight: 0 },
});
const clock = (w: FakeWorld): object => ({ state: w.state, speed: w.speed, achievedSpeed: w.state === 'running' ? w.speed : 0, simTimeMs: w.simTimeMs });

function service(w: FakeWorld, name: string): object {
  const s = w.services.get(name)!;
  const mine = w.instances.filter((i) => i.service === name);
  const count = (get: (i: (typeof mine)[number]) => string): Record<string, number> => {
    const out: Record<string, number> = {};
    for (const i of mine) out[get(i)] = (out[get(i)] ?? 0) + 1;
    return out;
  };
  return {
    name, package: s.package, dependencies: s.deps, desired: s.count, instances: { starting: 0, up: 0, draining: 0, down: 0, dead: 0, ...count((i) => i.state) }, byZone: count((i) => i.zone),
    byVersion: count((i) => i.version), requestsPerSecond: s.load, errorsPerSecond: 0, latency: {}, utilisation: 0.5, version: s.version,
  };
}

function histogram(kind: string): object {
  const buckets = Array.from({ length: 90 }, (_, k) => {
    const fromMs = 2 * 1.06 ** k;
    return { fromMs, toMs: fromMs * 1.06, count: Math.round(900 * Math.exp(-(((k - 28) / 9) ** 2)) + 300 * Math.exp(-(((k - 58) / 7) ** 2))) };
  }).filter((bucket) => bucket.count > 0);
  return { kind, unit: 'ms', count: 12_345, p50Ms: 12, p95Ms: 70, p99Ms: 101, meanMs: 19, buckets };
}

function statistics(w: FakeWorld): object {
  const interval = (value: number): object => ({ value, low: value * 0.98, high: value * 1.02, batches: 20 });
  return {
    simTimeMs: w.simTimeMs, confidence: 0.95, fromMs: 0, toMs: w.simTimeMs, batches: 20, changedMs: 0,
    items: [{ rate: interval(40), p50Ms: interval(12), p99Ms: { value: 101, low: null, high: null, batches: 20, reason: 'tooFewValues' } }],
  };
}

function prediction(w: FakeWorld, body: { selector: { zones?: string[]; services?: string[] } }): object {
  const hit = w.instances.filter((i) => body.selector.zones?.includes(i.zone) || body.selector.services?.includes(i.service));
  const services = [...new Set(hit.map((i) => i.service))].map((name) => {
    const [up, lost] = [w.instances.filter((i) => i.service === name).length, hit.filter((i) => i.service === name).length];
    return { service: name, up, hit: lost, capacityLostPercent: (100 * lost) / up };
  });
  const predicted = { capacityLostPercent: (100 * hit.length) / w.instances.length, zonesAffected: [...new Set(hit.map((i) => i.zone))], services };
  return { targets: hit.length, resolvedTargets: hit.map((i) => i.id), predicted };
}

type Answer = [number, unknown?];
const items = (list: unknown[]): Answer => [200, { items: list }];
const problem = (status: number, detail: string): Answer => [status, { type: '/problems/x', title: 'Error', status, detail, errors: [] }];

// One table of routes; the bodies are as the dashboard sends them.
const routes: [string, RegExp, (w: FakeWorld, m: string[], body: any, q: URLSearchParams) => Answer][] = [
  ['PUT', /^\/clock$/, (w, _m, b) => { Object.assign(w, b); return [200, clock(w)]; }],
  ['POST', /^\/clock\/steps$/, (w, _m, b) => { w.state = 'running'; w.advance(b.stepMs / (w.speed || 50)); w.state = 'paused'; return [200, clock(w)]; }],
  ['GET', /^\/services$/, (w) => items([...w.services.keys()].map((name) => service(w, name)))],
  ['GET', /^\/services\/([^/]+)\/histogram$/, (_w, _m, _b, q) => [200, histogram(q.get('kind') ?? 'response')]],
  ['GET', /^\/statistics$/, (w) => [200, statistics(w)]],
  ['PUT', /^\/services\/([^/]+)\/scale$/, (w, m, b) => { w.scale(m[1]!, b.replicas); return [202, { service: m[1], desired: b.replicas, ready: 0 }]; }],
  ['POST', /^\/services\/([^/]+)\/deployments$/, (w, m, b) => [202, w.push(m[1]!, b.version)]],
  ['GET', /^\/services\/([^/]+)\/deployments$/, (w, m) => items(w.deployments.filter((d) => d.service === m[1]))],
  ['PUT', /^\/services\/([^/]+)\/deployments\/([^/]+)\/state$/, (w, m) => {
    const d = w.deployments.find((x) => x.id === m[2])!;
    d.state = 'rollingBack';
    w.services.get(d.service)!.version = d.previousVersion;
    return [202, d];
  }],
  ['GET', /^\/services\/([^/]+)\/versions$/, (w, m) => {
    const of = service(w, m[1]!) as { version: string; byVersion: Record<string, number> };
    return [200, { service: m[1], current: of.version, items: Object.entries(of.byVersion).map(([version, wanted]) => ({ version, wanted, disabled: false, serviceTimeFactor: 1, errorRate: 0 })) }];
  }],
  ['GET', /^\/services\/([^/]+)\/routes$/, (_w, m) => [200, { service: m[1], rules: [] }]],
  ['GET', /^\/services\/([^/]+)\/flags$/, (_w, m) => [200, { service: m[1], flags: [] }]],
  ['GET', /^\/services\/([^/]+)\/autoscaler$/, (w, m) => [200, { service: m[1], desired: w.services.get(m[1]!)!.count, autoscaler: null }]],
  ['GET', /^\/services\/([^/]+)\/autoscaler\/decisions$/, () => items([])],
  ['GET', /^\/gates$/, () => [200, { deploymentsWaitForZones: true }]],
  ['GET', /^\/(zone|region)s\/([^/]+)\/traffic$/, (_w, m) => [200, { [m[1]!]: m[2], weight: 100, target: 100, settledSimTimeMs: 0 }]],
  ['GET', /^\/evacuations$/, () => items([])],
  ['GET', /^\/commands$/, () => items([])],
  ['DELETE', /^\/instances\/([^/]+)$/, (w, m) => (w.kill(m[1]!) ? [202, {}] : problem(410, 'the instance is gone'))],
  ['POST', /^\/faults$/, (w, _m, b, q) => (q.get('validateOnly') ? [200, prediction(w, b)] : [201, w.startFault(b)])],
  ['GET', /^\/incidents$/, () => items([])],
  ['GET', /^\/objectives$/, () => items([])],
  ['GET', /^\/lint$/, () => items([{ rule: 'missingHealthCheck', severity: 'info', pointer: '/services/2/dependencies/0', alsoAt: ['/services/3/dependencies/0'], why: 'Nobody asks instances how they are.', mend: 'Set "registry" to "kubernetes".' }])],
  ['GET', /^\/faults$/, (w) => items(w.faults)],
  ['DELETE', /^\/faults\/([^/]+)$/, (w, m) => { w.endFault(m[1]!); return [204]; }],
  ['GET', /^\/traffic$/, (w) => items([{ service: 'www', instances: 1, setSimTimeMs: 0, load: w.load }])],
  ['PUT', /^\/traffic\/([^/]+)$/, (w, m, b) => {
    w.load = { ...w.load, ...(b.load ?? {}), ...(b.requestsPerSecond === undefined ? {} : { requestsPerSecond: b.requestsPerSecond }) };
    w.services.get(m[1]!)!.load = w.load.requestsPerSecond ?? w.load.users ?? 0;
    return [200, {}];
  }],
  ['GET', /^\/events$/, (w) => [200, { items: w.events.slice(-500), oldestSeq: 1, lastSeq: w.eventSeq }]],
  ...chaosRoutes,
  ['GET', /^$/, (w) => [200, simulation(w)]],
  ['DELETE', /^$/, (w) => { worlds.delete(w.id); return [204]; }],
];

function answer(method: string, url: URL, body: any): Answer {
  const path = url.pathname.replace('/api/v1', '');
  if (path === '/simulations' && method === 'POST') {
    const id = body.scenario ? 'story' : (body.id ?? body.architecture);
    worlds.set(id, new FakeWorld(id, body.architecture ?? 'netflixoss'));
    return [201, simulation(worlds.get(id)!)];
  }
  if (path === '/simulations') return items([...worlds.values()].map(simulation));
  if (path === '/architectures') return items(['netflixoss', 'lamp', 'cassandra', 'storage'].map((name) => ({ name, description: `The ${name} architecture`, victim: '', services: 8, builtIn: true })));
  if (path === '/fault-types') {
    return items([
      { type: 'instance.slow', title: 'Slow instances', description: 'Multiplies service times.', selectors: ['instances', 'services', 'zones'], parameters: [{ name: 'factor', kind: 'number', description: '', default: 5, min: 1, max: 1000, unit: '' }] },
      { type: 'zone.outage', title: 'Zone outage', description: 'All instances of a zone stop answering.', selectors: ['zones'], parameters: [{ name: 'mode', kind: 'choice', description: '', default: 'blackhole', choices: ['blackhole', 'refuse'] }] },
    ]);
  }
  const listed = method === 'GET' ? catalogue(path) : null;
  if (listed) return listed;
  const match = /^\/simulations\/([^/]+)(.*)$/.exec(path);
  const world = match ? worlds.get(decodeURIComponent(match[1]!)) : undefined;
  if (!match || !world) return problem(404, 'there is no such simulation');
  for (const [verb, pattern, handle] of routes) {
    const m = verb === method ? pattern.exec(match[2]!) : null;
    if (m) return handle(world, m.map((part) => decodeURIComponent(part)), body, url.searchParams);
  }
  return problem(404, 'there is no such resource');
}

async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://x');
  if (url.pathname.startsWith('/api/')) {
    let text = '';
    for await (const chunk of request) text += chunk;
    const [status, body] = answer(request.method ?? 'GET', url, text === '' ? {} : JSON.parse(text));
    response.writeHead(status, { 'Content-Type': 'application/json' }).end(body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body));
    return;
  }
  const file = url.pathname === '/' ? 'index.html' : url.pathname.slice(1);
  try {
    const data = readFileSync(join(web, file));
    response.writeHead(200, { 'Content-Type': types[extname(file)] ?? 'text/plain', 'Content-Security-Policy': "default-src 'self'" }).end(data);
  } catch {
    response.writeHead(404).end();
  }
}

function stream(socket: WebSocket, world: FakeWorld): void {
  let seq = 0;
  const send = (frame: object): void => socket.send(JSON.stringify(frame));
  const head = (): object => ({ simTimeMs: world.simTimeMs, wallTime: new Date().toISOString(), clock: clock(world), status: world.status, statusDetail: world.statusDetail });
  const keyframe = (): void => {
    const tiers = [['www'], ['www-elb'], ['wwwproxy'], ['login', 'homepage'], ['subscriber'], ['cassSubscriber', 'evcacheSubscriber']].map((services, index) => ({ index, services }));
    send({
      type: 'keyframe', seq: ++seq, ...head(), level: 'instance', path: '', focus: '', faults: world.faults, lastEventSeq: world.eventSeq, tiers, bands: world.bands(),
      nodes: world.instances.map((i) => world.node(i)), edges: [...world.edges.values()], nodeColumns: [], edgeColumns: [], ...world.values(),
    });
  };
  send({ type: 'hello', protocol: 1, simulation: world.id, levels: ['region', 'zone', 'service', 'group', 'instance'], limits: { rateMax: 20 } });
  let subscribed = false;
  socket.on('message', () => {
    subscribed = true;
    keyframe();
  });
  const timer = setInterval(() => {
    if (!subscribed) return;
    const change = world.takeStructure();
    if (change) send({ type: 'structure', seq: ++seq, simTimeMs: world.simTimeMs, ...change });
    const fresh = world.fresh.splice(0);
    if (fresh.length > 0) send({ type: 'events', seq: ++seq, events: fresh });
    send({ type: 'values', seq: ++seq, ...head(), ...world.values() });
    if (world.state === 'running' && Math.random() < 0.4) send({ type: 'flows', seq: ++seq, flows: [world.flow()] });
  }, 100);
  socket.on('close', () => clearInterval(timer));
}

const server = createServer((request, response) => void serve(request, response));
const sockets = new WebSocketServer({ noServer: true });
server.on('upgrade', (request, socket, head) => {
  const match = /^\/api\/v1\/simulations\/([^/]+)\/stream$/.exec(request.url ?? '');
  const world = match ? worlds.get(decodeURIComponent(match[1]!)) : undefined;
  if (!world) return void socket.end('HTTP/1.1 404 Not Found\r\n\r\n');
  sockets.handleUpgrade(request, socket, head, (ws) => stream(ws, world));
});
setInterval(() => worlds.forEach((world) => world.advance(100)), 100);
server.listen(Number(option('port', '0')), '127.0.0.1', () => {
  const address = server.address();
  console.log(`listening on http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/`);
});
process.on('SIGTERM', () => process.exit(0));
