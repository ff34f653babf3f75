import assert from 'node:assert/strict';
import test from 'node:test';
import { differenceText, metricText, subjectsByDifference, verdictOf, verdictsOf, verdictText } from '../src/panels/comparison';
import { commandText, relativesOf } from '../src/panels/forks';
import { readComparison, readEntry, readSimulation, WireError, type Metric, type Simulation } from '../src/wire';

const simulation = (id: string, origin?: string, simTimeMs = 0): Simulation =>
  readSimulation({ id, architecture: 'lamp', state: 'running', simTimeMs: 100, ...(origin ? { origin: { simulation: origin, simTimeMs, commands: 0 } } : {}) });
const metric = (body: Partial<Metric>): Metric => ({ subject: 'users', name: 'meanMs', unit: 'ms', base: 10, candidate: 12, difference: 2, low: null, high: null, ...body });

test('those that share a beginning', () => {
  const all = [simulation('a'), simulation('b', 'a', 5), simulation('c', 'a', 9), simulation('d', 'b', 20), simulation('x')];
  assert.deepEqual(relativesOf(all, 'a').map((r) => [r.simulation.id, r.relation, r.sinceMs]), [['b', 'a copy of this', 5], ['c', 'a copy of this', 9], ['d', 'a copy of b', 20]]);
  assert.deepEqual(relativesOf(all, 'b').map((r) => [r.simulation.id, r.sinceMs]), [['a', 5], ['c', 5], ['d', 20]]);
  assert.equal(relativesOf(all, 'b')[0]!.relation, 'what this is a copy of');
  assert.deepEqual(relativesOf(all, 'x'), []);
  assert.deepEqual(relativesOf([simulation('b', 'gone'), simulation('c', 'gone')], 'b').map((r) => r.simulation.id), ['c'], 'an origin that was deleted still binds them');
});

test('commands in words', () => {
  const say = (command: object): string => commandText(readEntry({ seq: 1, simTimeMs: 0, command }));
  assert.equal(say({ type: 'startFault', faultType: 'zone.outage', selector: { zones: ['r.z'] }, parameters: {} }), 'Start fault zone.outage r.z');
  assert.equal(say({ type: 'scale', service: 'a', replicas: 5 }), 'Scale a');
  assert.throws(() => say({ service: 'a' }), WireError);
});

test('a difference in words, as sure as it is', () => {
  assert.equal(differenceText(metric({})), '+2.00 ms');
  assert.equal(differenceText(metric({ difference: -2, low: -3, high: -1 })), '−2.00 ms ± 1.00 ms');
  assert.equal(differenceText(metric({ difference: 0 })), 'same');
  assert.equal(differenceText(metric({ difference: null })), '–');
  assert.equal(differenceText(metric({ name: 'instances', unit: '', difference: -4 })), '−4');
  assert.equal(metricText(metric({ name: 'errorShare', unit: '' }), 0.25), '25 %');
  assert.equal(metricText(metric({}), null), '–');
});

test('worse, better, or chance', () => {
  assert.equal(verdictOf(metric({})), 'worse');
  assert.equal(verdictOf(metric({ difference: -2, low: -3, high: -1 })), 'better');
  assert.equal(verdictOf(metric({ low: -1, high: 5 })), 'unsure');
  assert.equal(verdictOf(metric({ name: 'rate' })), 'other');
  assert.equal(verdictOf(metric({ difference: 0 })), 'same');
});

test('who fails is quick: that is not better', () => {
  const quick = metric({ difference: -5 });
  assert.equal(verdictsOf([quick])(quick), 'better');
  assert.equal(verdictsOf([quick, metric({ name: 'errorShare', unit: '', difference: 0.5 })])(quick), 'other');
});

test('users first, then the services that differ most', () => {
  const metrics = [metric({ subject: 'calm', difference: 0 }), metric({ subject: 'bad', name: 'errorShare', unit: '', difference: 0.3 }), metric({ subject: 'users' }), metric({ subject: 'slow', base: 10, candidate: 20, difference: 10 })];
  assert.deepEqual(subjectsByDifference(metrics), ['users', 'bad', 'slow', 'calm']);
});

test('a comparison is read, and told in a sentence', () => {
  const body = {
    base: 'a', candidate: 'b', related: true, partedSimTimeMs: 5, fromSimTimeMs: 5, untilSimTimeMs: 60_000, confidence: 0.95, same: false,
    firstCommand: { simTimeMs: 5, base: null, candidate: { seq: 1, simTimeMs: 5, command: { type: 'scale', service: 'a' } } }, firstEvent: { simTimeMs: 6, base: null, candidate: 'x' },
    requests: { base: { sent: 100, succeeded: 99, failed: 1 }, candidate: { sent: 100, succeeded: 90, failed: 10 } }, metrics: [{ subject: 'users', name: 'rate', base: 1, candidate: null, difference: null }],
  };
  const read = readComparison(body);
  assert.deepEqual([read.firstCommand!.base, read.firstCommand!.candidate!.type, read.firstEvent!.base], [null, 'scale', '']);
  assert.equal(verdictText(read), '9 more requests of users failed in b: 10, against 1 in a, of 100 sent.');
  assert.equal(verdictText({ ...read, same: true }), 'They are the same, event by event.');
  assert.equal(readComparison({ ...body, firstCommand: undefined, firstEvent: undefined }).firstEvent, null);
  assert.throws(() => readComparison({ ...body, requests: {} }), WireError);
});
