import assert from 'node:assert/strict';
import test from 'node:test';
import { zoneOutage } from '../src/actions-faults';
import { versionLines } from '../src/graph/tip';
import { markOf, newestVersions, newnessOf, nodeLabel, palettes } from '../src/graph/marks';
import { requestsPerDot, scatter, travelSeconds } from '../src/graph/particles';
import { clockTime, duration, figure } from '../src/panels/dom';
import { rowsOf } from '../src/panels/flows';
import { gather } from '../src/panels/histogram';
import { meaningOf } from '../src/panels/notice';
import { nextVersion } from '../src/panels/push';
import { faultLanes, isMark, ribbon, unseenUntil } from '../src/panels/timeline';
import { pauseMs, Sequence, timing } from '../src/socket';
import { initialState, type View } from '../src/store';
import { callsOf, policyText } from '../src/panels/calls';
import { readDeployment, readService, type FaultType, type GraphNode, type SimEvent, type Span, type ValuesFrame } from '../src/wire';

const values = (seq: number): ValuesFrame => ({
  type: 'values', seq, simTimeMs: 0, wallTime: '', clock: { state: 'running', speed: 1, achievedSpeed: 1 }, status: '', statusDetail: '', nodeValues: {}, edgeValues: {},
});
const keyframe = (seq: number) => ({ type: 'keyframe', seq }) as Parameters<Sequence['accept']>[0];

test('a gap in the numbers asks for a keyframe, once', () => {
  const sequence = new Sequence();
  assert.equal(sequence.accept(values(1)), 'skip');
  assert.equal(sequence.accept(keyframe(5)), 'take');
  assert.equal(sequence.accept(values(6)), 'take');
  assert.equal(sequence.accept(values(8)), 'gap');
  assert.equal(sequence.accept(values(9)), 'skip');
  assert.equal(sequence.accept(keyframe(10)), 'take');
  assert.equal(sequence.accept(values(11)), 'take');
});

test('pauses between attempts grow and have a limit', () => {
  assert.ok(pauseMs(2, 0.5) > pauseMs(1, 0.5));
  assert.equal(pauseMs(20, 0.5), timing.longestPauseMs);
  assert.ok(pauseMs(1, 0) < pauseMs(1, 1));
});

test('dots are chosen so that there are not too many', () => {
  assert.equal(requestsPerDot(600, 620), 1);
  assert.equal(requestsPerDot(700, 620), 2);
  assert.equal(requestsPerDot(5, 620), 0.1);
  assert.equal(requestsPerDot(1e6, 620), 2000);
  for (const total of [1, 50, 3e3, 7e5]) assert.ok(total / requestsPerDot(total, 620) <= 620);
});

test('latency slows a dot down', () => {
  assert.ok(travelSeconds(0.1) < travelSeconds(5) && travelSeconds(5) < travelSeconds(200));
  assert.ok(Number.isFinite(travelSeconds(0)) && travelSeconds(1e9) <= 6);
});

test('scatter is fixed and spread over 0 to 1', () => {
  assert.equal(scatter(1, 2, 3), scatter(1, 2, 3));
  const all = Array.from({ length: 1000 }, (_, i) => scatter(7, i, 3));
  assert.ok(Math.min(...all) >= 0 && Math.max(...all) < 1);
  const mean = all.reduce((a, b) => a + b) / 1000;
  assert.ok(mean > 0.45 && mean < 0.55, `${mean}`);
});

const node = (version: string, state = 'up'): GraphNode => ({
  index: 0, id: version, name: version, level: 'instance', service: 's', package: '', version, region: '', zone: '', tier: 0, lane: 0, band: 0, slot: 0, state,
  instances: { up: 1, starting: 0, draining: 0, down: 0, dead: 0 },
});

test('a node that is down differs in shape, not in colour alone', () => {
  const up = markOf(node('1'), { utilisation: [0.5] }, palettes.dark, 8, new Map());
  const down = markOf(node('1', 'down'), { utilisation: [0.5] }, palettes.dark, 8, new Map());
  assert.notEqual(up.body, down.body);
  assert.equal(up.cross, '');
  assert.notEqual(down.cross, '');
  const lowest = (level: string): number => Math.max(...[...markOf({ ...node('1', 'down'), level }, {}, palettes.dark, 8, new Map()).cross.matchAll(/,(-?[\d.]+)/g)].map((match) => Number(match[1])));
  assert.ok(lowest('instance') > 0 && lowest('group') < 0, 'above a count');
});

test('errors are marked from a share of the requests on', () => {
  const marked = (errors: number): boolean => markOf(node('1'), { rate: [100], errorRate: [errors] }, palettes.dark, 8, new Map()).error;
  assert.deepEqual([0, 1, 2, 50].map(marked), [false, false, true, true]);
});

test('the newest of two versions is marked, and none when all agree', () => {
  assert.equal(newestVersions([node('1.9'), node('1.10')]).get('s'), '1.10');
  assert.equal(newestVersions([node('1.9')]).size, 0);
  assert.equal(newestVersions([node('1.9'), node('2.0', 'dead')]).size, 0);
});

test('what stands for several instances is marked when some of them are new, and otherwise when all are', () => {
  const group = (version: string, part: Partial<GraphNode> = {}): GraphNode => ({ ...node(version), level: 'group', ...part });
  const newest = newestVersions([group('1.0, 1.1'), group('1.0')]);
  assert.equal(newest.get('s'), '1.1');
  assert.deepEqual([group('1.0, 1.1'), group('1.1'), group('1.0')].map((n) => newnessOf(n, newest)), ['part', 'whole', '']);
  assert.equal(newestVersions([group('1.0, 1.1', { service: '' }), group('1.0', { service: '' })]).size, 0, 'of a place nobody can tell');
  assert.match(nodeLabel(group('1.0, 1.1')), /versions 1\.0 and 1\.1/);
  assert.doesNotMatch(nodeLabel(group('1.1')), /versions/);
});

test('the tip of such a mark says how many there are of each version, and how far the push is', () => {
  const group = { ...node('1.0, 1.1'), level: 'group' };
  const services = [readService({ name: 's', desired: 8, instances: {}, byVersion: { '1.0': 6, '1.1': 2 } })];
  const rollouts = [readDeployment({ id: 'd1', service: 's', version: '1.1', previousVersion: '1.0', state: 'progressing', updated: 2, total: 8 })];
  assert.deepEqual(versionLines(group, { services, rollouts }), ['all of s: 6 of 1.0, 2 of 1.1', '1.0 → 1.1: rolling out 2/8']);
  assert.deepEqual(versionLines({ ...group, version: '1.0' }, { services: [], rollouts: [] }), []);
  assert.deepEqual(versionLines(node('1.0'), { services, rollouts }), []);
});

test('the histogram shares buckets out and loses nothing', () => {
  const bars = gather([{ fromMs: 1, toMs: 10, count: 10 }, { fromMs: 5, toMs: 5.04, count: 30 }]);
  assert.ok(Math.abs(bars.reduce((sum, bar) => sum + bar.share, 0) - 1) < 1e-9);
  assert.equal(bars.length, 10);
  assert.deepEqual(gather([]), []);
  assert.ok(gather([{ fromMs: 0, toMs: 0.001, count: 1 }]).every((bar) => Number.isFinite(bar.fromMs)));
});

test('spans nest, orphans become roots, a cycle ends', () => {
  const span = (spanId: string, parentSpanId: string | null, cs: number): Span => ({ spanId, parentSpanId, service: '', operation: '', source: '', target: '', cs, sr: null, ss: null, cr: null, status: 'ok', attempt: 1 });
  const rows = rowsOf([span('3', '1', 4), span('2', '1', 2), span('1', null, 1), span('9', '7', 0)]);
  assert.deepEqual(rows.map((row) => [row.span.spanId, row.depth]), [['9', 0], ['1', 0], ['2', 1], ['3', 1]]);
  assert.equal(rowsOf([span('1', '1', 0)]).length, 1);
});

test('the outage of a zone is found among the faults', () => {
  const type = (name: string, selectors: string[]): FaultType => ({ type: name, title: name, description: '', standsFor: '', selectors, appliesTo: [], choosesInstances: true, takesTarget: false, direction: '', parameters: [] });
  assert.equal(zoneOutage([type('slow', ['zones']), type('zoneOutage', ['zones'])])!.type, 'zoneOutage');
  assert.equal(zoneOutage([type('slow', ['zones']), type('instance.down', ['instances', 'zones'])])!.type, 'instance.down');
  assert.equal(zoneOutage([type('kill', ['instances'])]), null);
});

test('the next version counts the last number up', () => {
  assert.deepEqual(['1.0', 'v7', '1.9', 'canary', '', '2.0-rc1'].map(nextVersion), ['1.1', 'v8', '1.10', 'canary-2', '1.1', '2.0-rc2']);
});

test('figures are short', () => {
  assert.deepEqual([0, 0.04, 3.14159, 42.42, 420, 12_345, 1_234_567].map(figure), ['0', '0.040', '3.14', '42.4', '420', '12.3 k', '1235 k']);
  assert.deepEqual([0, 0.05, 1.5, 25, 250, 2500].map(duration), ['0 ms', '50 µs', '1.50 ms', '25.0 ms', '250 ms', '2.50 s']);
  assert.deepEqual([0, 61_000, 3_600_000].map(clockTime), ['0:00', '1:01', '1:00:00']);
});

test('the status speaks of the connection first', () => {
  assert.equal(meaningOf({ ...initialState, simulationId: 'a' }).title, 'Waiting');
  assert.equal(meaningOf({ ...initialState, simulationId: 'a', connection: 'missing' }).tone, 'warn');
});

test('the ribbon joins what is alike', () => {
  const sample = (simTimeMs: number, status: string) => ({ simTimeMs, status, rate: 0, errorRate: 0 });
  const pieces = ribbon([sample(0, 'healthy'), sample(1, 'healthy'), sample(2, 'outage'), sample(3, 'healthy')], 9);
  assert.deepEqual(pieces.map((p) => [p.from, p.to, p.status]), [[0, 2, 'healthy'], [2, 3, 'outage'], [3, 9, 'healthy']]);
});

test('faults of the same time lie under each other, others in the same lane', () => {
  const fault = (id: string, from: number, to: number) => ({ id, from, to });
  const { lanes, count } = faultLanes([fault('f2', 5, 9), fault('f1', 0, 6), fault('f3', 9, 12)]);
  assert.deepEqual([...lanes], [['f1', 0], ['f2', 1], ['f3', 0]]);
  assert.equal(count, 2);
  assert.equal(faultLanes(Array.from({ length: 9 }, (_, i) => fault(`f${i}`, 0, 9))).count, 4);
  assert.equal(faultLanes([]).count, 1);
});

test('comings and goings of instances are no marks, faults and deaths are', () => {
  const event = (type: string, severity = 'info') => ({ type, severity }) as SimEvent;
  assert.deepEqual(['instance.up', 'fault.started', 'instance.died', 'deployment.step', 'deployment.started', 'experiment.ended', 'experiment.probePassed', 'safetyLever.engaged'].map((type) => isMark(event(type))), [false, true, true, false, true, true, false, true]);
  assert.ok(isMark(event('instance.up', 'warning')));
});

test('calls are gathered by service, latency weighted by requests', () => {
  const named = (index: number, service: string): GraphNode => ({ ...node('1'), index, id: `${service}${index}`, service });
  const nodes = [named(0, 'web'), named(1, 'db'), named(2, 'db'), named(3, 'lb')];
  const view = {
    nodes: new Map(nodes.map((n) => [n.index, n])),
    edges: new Map([[0, { index: 0, source: 0, target: 1 }], [1, { index: 1, source: 0, target: 2 }], [2, { index: 2, source: 3, target: 0 }]]),
    edgeValues: { rate: [30, 10, 40], errorRate: [0, 1, 0], latencyMs: [2, 6, 9], retryRate: [1, 2, 0], stoppedRate: [0, 0.5, 0] },
  } as unknown as View;
  const calls = callsOf(view, nodes[0]!);
  assert.deepEqual(calls.map((call) => [call.direction, call.service, call.edges, call.rate, call.latencyMs, call.errorRate]), [['from', 'lb', 1, 40, 9, 0], ['to', 'db', 2, 40, 3, 1]]);
  assert.deepEqual(calls.map(policyText), ['', '3.00 retries/s, 0.50 not sent/s']);
});

test('the timeline says from when on it has figures, when it has not had them all the time', () => {
  const samples = [20_000, 21_000].map((simTimeMs) => ({ simTimeMs, status: 'healthy', rate: 0, errorRate: 0 }));
  assert.equal(unseenUntil(samples, 0), 20_000);
  assert.equal(unseenUntil(samples, 19_000), null);
  assert.equal(unseenUntil(samples, 60_000), null);
  assert.equal(unseenUntil([], 0), null);
});
