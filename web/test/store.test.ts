import assert from 'node:assert/strict';
import test from 'node:test';
import { initialState, limits, mergeEvents, reduce, Store, userTraffic, type State } from '../src/store';
import { placeOf } from '../src/store';
import { readPlace, writePlace } from '../src/url';
import { readFault, type Fault, type Frame, type GraphNode, type Keyframe, type SimEvent } from '../src/wire';

const node = (index: number, tier: number, state = 'up'): GraphNode => ({
  index, id: `n${index}`, name: `n${index}`, level: 'instance', service: `s${tier}`, package: '', version: '1', region: 'r', zone: 'z', tier, lane: 0, band: 0, slot: index, state,
  instances: { up: 1, starting: 0, draining: 0, down: 0, dead: 0 },
});
const clock = { state: 'running', speed: 1, achievedSpeed: 1 };
const keyframe = (over: Partial<Keyframe> = {}): Keyframe => ({
  type: 'keyframe', seq: 1, simTimeMs: 1000, wallTime: '', level: 'instance', path: '', focus: '', clock, status: 'healthy', statusDetail: '', faults: [], lastEventSeq: 0,
  tiers: [], bands: [{ id: 'r.z', name: 'z', region: 'r', zone: 'z', state: 'up' }], nodes: [node(0, 0), node(1, 1)], edges: [{ index: 0, source: 0, target: 1 }],
  nodeValues: { rate: [10, 10], errorRate: [1, 0] }, edgeValues: { rate: [10], errorRate: [0], latencyMs: [3] }, ...over,
});
const event = (seq: number): SimEvent => ({ seq, simTimeMs: seq, wallTime: '', type: 'x', severity: 'info', subject: { kind: '', id: '' }, causeSeq: null, message: '', data: {} });
const play = (frames: Frame[], from: State = initialState): State => frames.reduce((state, frame) => reduce(state, { type: 'frame', frame, now: 5 }), from);

test('reduce leaves the state it was given alone', () => {
  const before = play([keyframe()]);
  const copy = structuredClone(before);
  play([{ type: 'structure', seq: 2, simTimeMs: 1100, bands: null, tiers: null, faults: null, nodes: { add: [node(2, 1)], update: [node(1, 1, 'down')], remove: [0] }, edges: { add: [], remove: [0] } }], before);
  assert.deepEqual(before, copy);
});

test('another simulation has another structure, however young both are', () => {
  const first = play([keyframe()]);
  const second = play([keyframe()], reduce(first, { type: 'simulation', id: 'other' }));
  assert.notEqual(second.view!.structure, first.view!.structure);
});

test('values do not touch the structure', () => {
  const one = play([keyframe()]);
  const two = play([{ type: 'values', seq: 2, simTimeMs: 1100, wallTime: '', clock, status: 'degraded', statusDetail: 'x', nodeValues: {}, edgeValues: {} }], one);
  assert.equal(two.view!.structure, one.view!.structure);
  assert.equal(two.view!.nodes, one.view!.nodes);
  assert.equal(two.view!.status, 'degraded');
  assert.equal(two.samples.length, 2);
});

test('what users see is what arrives at the load sources', () => {
  assert.deepEqual(userTraffic(play([keyframe()]).view!, initialState), { rate: 10, errorRate: 1, p99Ms: 0 });
});

test('events are kept once, in order, up to the limit', () => {
  const merged = mergeEvents([event(2), event(3)], [event(3), event(1)]);
  assert.deepEqual(merged.map((e) => e.seq), [1, 2, 3]);
  const many = mergeEvents([], Array.from({ length: limits.events + 1 }, (_, i) => event(i)));
  assert.equal(many.length, limits.events);
  assert.equal(many[0]!.seq, 1);
});

test('a server that began again does not leave old events behind', () => {
  const state = play([keyframe({ lastEventSeq: 40 }), { type: 'events', seq: 2, events: [event(40)] }]);
  assert.equal(play([keyframe({ lastEventSeq: 3, simTimeMs: 10 })], state).events.length, 0);
  assert.equal(play([keyframe({ lastEventSeq: 40 })], state).events.length, 1);
});

test('another simulation starts from nothing', () => {
  const state = reduce({ ...play([keyframe()]), simulationId: 'a', events: [event(1)] }, { type: 'simulation', id: 'b' });
  assert.equal(state.view, null);
  assert.equal(state.events.length, 0);
  assert.equal(state.simulationId, 'b');
});

test('frames before the first keyframe change nothing that is drawn', () => {
  const state = play([{ type: 'values', seq: 2, simTimeMs: 1, wallTime: '', clock, status: '', statusDetail: '', nodeValues: {}, edgeValues: {} }]);
  assert.equal(state.view, null);
});

test('samples are bounded and start again when time goes back', () => {
  let state = play([keyframe()]);
  for (let i = 0; i < limits.samples + 10; i += 1) {
    state = play([{ type: 'values', seq: 2 + i, simTimeMs: 1001 + i, wallTime: '', clock, status: 'healthy', statusDetail: '', nodeValues: { rate: [1] }, edgeValues: {} }], state);
  }
  assert.ok(state.samples.length <= limits.samples);
  assert.equal(play([keyframe({ simTimeMs: 5 })], state).samples.length, 1);
});

test('a place survives the address', () => {
  const place = { simulation: 'a b&c', level: 'zone' as const, path: 'us-east-1.zoneB', focus: 'x#y', node: 'n', tab: 'flows', theme: 'light', compare: '' };
  assert.deepEqual(readPlace(writePlace(place)), place);
  assert.equal(readPlace('#level=galaxy').level, '');
  const state = reduce(initialState, { type: 'place', place, systemTheme: 'dark' });
  assert.deepEqual(placeOf(state), place);
});

test('listeners hear of changes only', () => {
  const store = new Store();
  let heard = 0;
  store.subscribe(() => { heard += 1; });
  store.dispatch({ type: 'simulation', id: '' });
  assert.equal(heard, 0);
  store.dispatch({ type: 'simulation', id: 'a' });
  assert.equal(heard, 1);
});

test('a fault that a frame does not name any more has ended, and stays for the timeline', () => {
  const fault = (id: string): Fault => readFault({ id, type: 'zone.outage', selector: { zones: ['r.z'] }, targets: 1, startedSimTimeMs: 500 });
  const before = play([keyframe({ faults: [fault('f1'), fault('f2')] })]);
  const frame: Frame = { type: 'structure', seq: 2, simTimeMs: 1500, bands: null, tiers: null, faults: [fault('f2')], nodes: { add: [], update: [], remove: [] }, edges: { add: [], remove: [] } };
  assert.deepEqual(play([frame], before).faults.map((f) => [f.id, f.state, f.endedSimTimeMs]), [['f1', 'ended', 1500], ['f2', 'active', null]]);
});
