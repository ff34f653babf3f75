import assert from 'node:assert/strict';
import test from 'node:test';
import { faultsText, zoneFaults } from '../src/graph/heads';
import { aimedAt, hitsOf, namedBy, Names, ofPlaces, touches } from '../src/graph/faulted';
import { bodyOfFault, familyOf, typeChoices } from '../src/panels/fault-form';
import { leftOf } from '../src/panels/faults';
import { bodyOfParts, describeTarget } from '../src/panels/parts';
import { predictionText, worstFirst } from '../src/panels/prediction';
import type { State, View } from '../src/store';
import { readFault, readFaultType, readPrediction, readSelector, WireError, type Fault, type FaultType, type GraphNode, type Level, type SimEvent } from '../src/wire';

const fault = (body: object): Fault => readFault({ id: 'f1', type: 'zone.gray', startedSimTimeMs: 10_000, ...body });
const type = (name: string, more: object = {}): FaultType => readFaultType({ type: name, title: `The ${name}`, selectors: ['zones'], ...more });
const node = (level: Level, id: string, more: Partial<GraphNode> = {}): GraphNode => ({
  index: 0, id, name: id, level, service: '', package: '', version: '1.0', region: 'us-east-1', zone: 'zoneA', tier: 0, lane: 0, band: 0, slot: 0, state: 'up',
  instances: { up: 1, starting: 0, draining: 0, down: 0, dead: 0 }, ...more,
});

test('a fault is read with all of its parts, and what is missing is as usual', () => {
  const whole = fault({
    selector: { services: ['a'], labels: { tier: 'gold' }, mode: 'count', value: 3, exclude: { zones: ['r.z'] }, minRemaining: 2 }, target: { regions: ['eu'] }, direction: 'to',
    ramp: { shape: 'linear', upMs: 5, downMs: 6 }, jitter: 0.2,
  });
  assert.deepEqual([whole.selector.labels, whole.selector.mode, whole.selector.exclude?.zones, whole.selector.minRemaining], [{ tier: 'gold' }, 'count', ['r.z'], 2]);
  assert.deepEqual([whole.target?.regions, whole.direction, whole.ramp, whole.jitter], [['eu'], 'to', { shape: 'linear', upMs: 5, downMs: 6 }, 0.2]);
  const bare = fault({});
  assert.deepEqual([bare.selector.mode, bare.selector.services, bare.target, bare.ramp], ['all', [], null, null]);
  assert.throws(() => fault({ selector: { services: 'a' } }), WireError);
  assert.throws(() => fault({ selector: { labels: { a: 1 } } }), WireError);
});

test('every type has a family, known ones in their order', () => {
  assert.equal(familyOf('memory.leak'), 'Instances');
  assert.equal(familyOf('solar.flare'), 'Others');
  const choices = typeChoices([type('load.surge'), type('solar.flare'), type('zone.outage'), type('instance.slow'), type('zone.gray')]);
  assert.deepEqual(choices.map((choice) => [choice.group, choice.value]), [
    ['Instances', 'instance.slow'], ['Zones and regions', 'zone.outage'], ['Zones and regions', 'zone.gray'], ['Load', 'load.surge'], ['Others', 'solar.flare'],
  ]);
});

test('the body of a form has what was chosen and nothing else', () => {
  const usual = { type: 'x', parts: { zones: ['r.z'] }, mode: 'all', value: 5, exclude: {}, minRemaining: 0, parameters: {}, seconds: 0, target: null, direction: 'to', ramp: { shape: 'step', upMs: 0, downMs: 0, jitter: 0 } };
  assert.deepEqual(bodyOfFault(usual), { type: 'x', selector: { zones: ['r.z'] } });
  assert.deepEqual(bodyOfFault({
    ...usual, mode: 'percent', exclude: { services: ['a'] }, minRemaining: 1, parameters: { factor: 5 }, seconds: 1.5, target: { services: ['b'] }, ramp: { shape: 'linear', upMs: 2, downMs: 3, jitter: 0.1 },
  }), {
    type: 'x', selector: { zones: ['r.z'], mode: 'percent', value: 5, exclude: { services: ['a'] }, minRemaining: 1 }, factor: 5, durationMs: 1500, target: { services: ['b'] }, direction: 'to',
    ramp: { shape: 'linear', upMs: 2, downMs: 3 }, jitter: 0.1,
  });
  assert.deepEqual(bodyOfFault({ ...usual, mode: 'one' }).selector, { zones: ['r.z'], mode: 'one' });
});

test('conditions of a kind gather, empty ones say nothing', () => {
  assert.deepEqual(bodyOfParts([{ kind: 'zones', value: 'r.a' }, { kind: 'zones', value: 'r.b' }, { kind: 'zones', value: 'r.a' }, { kind: 'services', value: ' ' }, { kind: 'labels', value: 'tier = a=b' }]),
    { zones: ['r.a', 'r.b'], labels: { tier: 'a=b' } });
});

test('whom a fault is on, in words', () => {
  assert.equal(describeTarget(readSelector({})), 'everything');
  assert.equal(describeTarget(readSelector({ services: ['a'], zones: ['r.z'], mode: 'count', value: 3 })), '3 of a in r.z');
  assert.equal(describeTarget(readSelector({ instances: ['x.r.z.a01'], exclude: { versions: ['2'] } })), 'a01, but not version 2');
});

test('what is left of a fault', () => {
  const timed = fault({ endsSimTimeMs: 70_000, ramp: { shape: 'linear', upMs: 10_000, downMs: 20_000 } });
  assert.deepEqual(leftOf(timed, 15_000), { share: 5 / 60, text: '0:55 left, until 1:10, rising' });
  assert.deepEqual(leftOf(timed, 60_000).text, '0:10 left, until 1:10, falling');
  assert.deepEqual(leftOf(fault({}), 15_000), { share: null, text: 'since 0:10, until stopped' });
  assert.equal(leftOf(timed, 99_000).share, 1);
});

test('what a fault would hit, in words', () => {
  const losses = [{ service: 'a', up: 10, hit: 5, capacityLostPercent: 0 }, { service: 'b', up: 4, hit: 1, capacityLostPercent: 25 }];
  const body = { targets: 6, resolvedTargets: ['x'], predicted: { capacityLostPercent: 3.21, zonesAffected: ['r.zoneA', 'r.zoneB'], services: losses } };
  assert.equal(predictionText(readPrediction(body)), 'Hits 6 instances of 2 services in zoneA, zoneB. Capacity lost: 3.2 % of all.');
  assert.equal(predictionText(readPrediction({ ...body, targets: 1, predicted: { capacityLostPercent: 0, zonesAffected: [], services: [losses[0]] } })), 'Hits 1 instance of 1 service. No capacity is lost.');
  assert.match(predictionText(readPrediction({ targets: 0, predicted: { capacityLostPercent: 0, zonesAffected: ['r.zoneA'], services: [] } })), /^No instance at once: what changes is zoneA/);
  assert.deepEqual(worstFirst(losses).map((loss) => loss.service), ['b', 'a']);
  assert.throws(() => readPrediction({ targets: 1 }), WireError);
});

test('instances are found in the marks of every level', () => {
  const names = new Names(['x.us-east-1.zoneA.homepage15', 'x.us-east-1.zoneB.s3105']);
  const has = (level: Level, id: string): boolean => names.has(node(level, id));
  assert.ok(has('instance', 'x.us-east-1.zoneA.homepage15') && has('group', 'us-east-1.zoneA.homepage') && has('service', 'homepage') && has('zone', 'us-east-1.zoneA') && has('region', 'us-east-1'));
  assert.ok(has('service', 's3') && has('group', 'us-east-1.zoneB.s3'));
  assert.ok(!has('instance', 'x.us-east-1.zoneA.homepage16') && !has('group', 'us-east-1.zoneB.homepage') && !has('service', 'home') && !has('zone', 'us-east-1.zoneC'));
});

test('parts touch a mark when every list has it', () => {
  const parts = (body: object) => readSelector(body);
  const group = node('group', 'us-east-1.zoneA.a', { service: 'a' });
  assert.ok(touches(group, parts({ services: ['a'], zones: ['us-east-1.zoneA'] })));
  assert.ok(!touches(group, parts({ services: ['a'], zones: ['us-east-1.zoneB'] })));
  assert.ok(!touches(group, parts({ services: ['b'] })));
  assert.ok(touches(node('service', 'a', { service: 'a', region: '*', zone: '*' }), parts({ services: ['a'], zones: ['us-east-1.zoneB'] })));
  assert.ok(!touches(node('instance', 'x', { service: 'a', version: '1.1' }), parts({ versions: ['1.0'] })));
  assert.ok(touches(group, parts({ versions: ['7'] })), 'a group may have any version');
  assert.ok(ofPlaces(parts({ zones: ['r.z'] })) && !ofPlaces(parts({ zones: ['r.z'], services: ['a'] })) && !ofPlaces(parts({})));
});

const view = (): View => {
  const nodes = [
    node('instance', 'x.us-east-1.zoneA.a00', { index: 0, service: 'a' }), node('instance', 'x.us-east-1.zoneA.b00', { index: 1, service: 'b' }),
    node('instance', 'x.us-east-1.zoneB.b01', { index: 2, service: 'b', zone: 'zoneB' }),
  ];
  const band = (zone: string) => ({ id: `us-east-1.${zone}`, name: zone, region: 'us-east-1', zone, state: 'up' });
  return {
    level: 'instance', bands: [band('zoneA'), band('zoneB'), band('*')], nodes: new Map(nodes.map((n) => [n.index, n])),
    edges: new Map([[0, { index: 0, source: 0, target: 1 }], [1, { index: 1, source: 0, target: 2 }], [2, { index: 2, source: 2, target: 0 }]]),
  } as unknown as View;
};

test('a fault of places marks the bands, of services the marks, between groups the streams', () => {
  const types = [type('zone.outage'), type('instance.slow'), type('dependency.refuse', { takesTarget: true }), type('network.latency', { takesTarget: true })];
  const hits = (body: object, named = new Map<string, Names>()) => hitsOf(view(), [fault(body)], types, named);
  const zone = hits({ type: 'zone.outage', selector: { zones: ['us-east-1.zoneA'] } });
  assert.deepEqual([[...zone.bands.keys()], zone.nodes.size, zone.edges.size], [['us-east-1.zoneA'], 0, 0]);
  assert.deepEqual([...hits({ type: 'zone.outage', selector: { regions: ['us-east-1'] } }).bands.keys()], ['us-east-1.zoneA', 'us-east-1.zoneB']);
  assert.deepEqual([...hits({ type: 'instance.slow', selector: { services: ['b'] } }).nodes.keys()], ['x.us-east-1.zoneA.b00', 'x.us-east-1.zoneB.b01']);
  const calls = hits({ type: 'dependency.refuse', selector: { services: ['a'] }, target: { services: ['b'], zones: ['us-east-1.zoneB'] } });
  assert.deepEqual([...calls.edges.keys()], [1]);
  assert.deepEqual([...hits({ type: 'network.latency', selector: { services: ['a'] }, target: { zones: ['us-east-1.zoneB'] } }).edges.keys()], [1, 2]);
  assert.deepEqual([...hits({ type: 'network.latency', selector: { services: ['b'] } }).edges.keys()], [0, 1, 2]);
  assert.equal(hits({ type: 'instance.slow', selector: { services: ['b'] }, state: 'ended' }).nodes.size, 0);
});

test('of those that chance has chosen only the named ones are marked', () => {
  const body = { type: 'instance.slow', selector: { services: ['b'], mode: 'one' } };
  assert.equal(hitsOf(view(), [fault(body)], [], new Map()).nodes.size, 0);
  const event = { type: 'fault.started', subject: { kind: 'fault', id: 'f1' }, data: { instances: 'x.us-east-1.zoneB.b01' } } as unknown as SimEvent;
  assert.deepEqual([...hitsOf(view(), [fault(body)], [], namedBy([event])).nodes.keys()], ['x.us-east-1.zoneB.b01']);
});

test('the head of a zone speaks of faults of the whole zone, and heals those', () => {
  const gray = fault({ selector: { zones: ['us-east-1.zoneA'] } });
  const part = fault({ id: 'f2', selector: { zones: ['us-east-1.zoneA'], services: ['a'] } });
  const state = { faults: [gray, part], faultTypes: [type('zone.gray')] } as unknown as State;
  assert.deepEqual(zoneFaults(state, view().bands[0]!).map((f) => f.id), ['f1']);
  assert.equal(faultsText([], state), '');
  assert.equal(faultsText([gray], state), '⚡ The zone.gray');
  assert.equal(faultsText([gray, part], state), '⚡ 2 faults');
});

test('where not all are named, services and zones of the prediction say whose groups would be hit', () => {
  const named = ['x.us-east-1.zoneB.a00'];
  const whole = { targets: 2, named, zones: ['us-east-1.zoneB'], services: [{ service: 'a', hit: 1 }, { service: 'b', hit: 1 }, { service: 'c', hit: 0 }] };
  const group = (service: string, zone: string) => node('group', `us-east-1.${zone}.${service}`, { service, zone });
  const would = aimedAt(whole);
  assert.ok(would(group('a', 'zoneB')) && would(group('b', 'zoneB')) && would(node('service', 'b', { service: 'b', region: '*', zone: '*' })) && would(node('zone', 'us-east-1.zoneB')) && would(node('region', 'us-east-1')));
  assert.ok(!would(group('b', 'zoneA')) && !would(group('c', 'zoneB')) && !would(node('zone', 'us-east-1.zoneA')));
  assert.ok(aimedAt({ ...whole, zones: [] })(group('b', 'zoneA')));
  assert.ok(would(node('instance', 'x.us-east-1.zoneB.a00')) && !would(node('instance', 'x.us-east-1.zoneB.b00', { service: 'b' })), 'instances are hit by name');
  assert.ok(!aimedAt({ ...whole, targets: 1 })(group('b', 'zoneB')), 'all are named');
});
