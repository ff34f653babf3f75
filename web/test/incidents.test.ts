import assert from 'node:assert/strict';
import test from 'node:test';
import { affectedText, burnOf, inOrder, promisesOf, whenOf } from '../src/panels/incidents';
import { meaningOf } from '../src/panels/notice';
import { initialState, type View } from '../src/store';
import { readIncident, readObjective, WireError, type Incident, type ShareStatus } from '../src/wire';

const incident = (part: Partial<Incident> = {}): Incident => ({
  id: 'i1', state: 'open', severity: 'outage', worstSeverity: 'outage', openedSimTimeMs: 12_000, detectedAfterMs: 1000, closedSimTimeMs: null, title: 'us-east-1 lost',
  cause: 'None answers.', affected: [], actions: [], advice: 'Move users.', ...part,
});
const share = (rates: [number, boolean][], left = 1): ShareStatus => ({
  target: 0.999, requests: 1000, bad: 0, budgetRemaining: left,
  burnRates: rates.map(([long, fires]) => ({ longWindowMs: 60_000, shortWindowMs: 5_000, long, short: long, factor: 14.4, fires })),
});

test('when an incident was and how soon it was seen', () => {
  assert.equal(whenOf(incident()), 'since 0:12, seen within 1.00 s');
  assert.equal(whenOf(incident({ closedSimTimeMs: 57_000 })), '0:12, seen within 1.00 s, over after 45.00 s');
});

test('open incidents stand first, the worst on top; then closed ones, the newest on top', () => {
  const closed = (id: string, openedSimTimeMs: number, worstSeverity = 'outage'): Incident => incident({ id, state: 'closed', severity: 'healthy', worstSeverity, openedSimTimeMs, closedSimTimeMs: openedSimTimeMs + 1 });
  const open = (id: string, severity: string, openedSimTimeMs: number): Incident => incident({ id, severity, openedSimTimeMs });
  const given = [closed('old', 1), open('small', 'degraded, redundant', 90), open('risk', 'at risk', 80), closed('new', 70, 'at risk'), open('outage', 'outage', 20), open('later', 'outage', 30)];
  assert.deepEqual(inOrder(given).map(({ id }) => id), ['later', 'outage', 'risk', 'small', 'new', 'old']);
  assert.deepEqual(given[0]!.id, 'old', 'what is given stays as it is');
});

test('who is affected', () => {
  const www = { service: 'www', requests: 3000, failed: 120, slow: 0, regions: ['us-east-1'] };
  assert.equal(affectedText(www), 'www: of 3000 requests 120 failed (us-east-1)');
  assert.equal(affectedText({ ...www, slow: 7, regions: [] }), 'www: of 3000 requests 120 failed, 7 slow');
  assert.equal(affectedText({ ...www, failed: 0, requests: 0, regions: [] }), 'www: of 0 requests none was answered');
});

test('the burn rate that is shown is one that fires, when one does', () => {
  assert.deepEqual(burnOf(share([[0, false], [7, true], [2, true]])), { rate: 7, fires: true });
  assert.deepEqual(burnOf(share([[0.5, false], [3, false]])), { rate: 0.5, fires: false });
});

test('what is promised, in words', () => {
  const objective = { successRatio: 0.999, latencyMs: 250, latencyRatio: 0.95, windowMs: 43_200_000 };
  const texts = (latency: ShareStatus | null) => promisesOf([{ service: 'www', objective, success: share([]), latency }]).map((promise) => promise.text);
  assert.deepEqual(texts(null), ['www: 99.9 % succeed']);
  assert.deepEqual(texts({ ...share([]), target: 0.95 }), ['www: 99.9 % succeed', 'www: 95 % within 250 ms']);
});

test('the statuses have words', () => {
  const meaning = (status: string) => meaningOf({ ...initialState, connection: 'live', simulationId: 'a', view: { status, statusDetail: 'why' } as View });
  assert.deepEqual(['healthy', 'degraded, redundant', 'at risk', 'outage'].map((status) => meaning(status).tone), ['good', 'inform', 'warn', 'bad']);
  assert.equal(meaning('at risk').detail, 'why');
});

test('answers of the server are read, and refused when a part is missing', () => {
  const { closedSimTimeMs, ...open } = incident();
  assert.equal(closedSimTimeMs, null);
  assert.deepEqual(readIncident(open), incident());
  assert.throws(() => readIncident({ ...open, advice: 5 }), WireError);
  const objective = { service: 'www', objective: { successRatio: 0.999, windowMs: 43_200_000 }, success: share([[1, false]]) };
  assert.equal(readObjective(objective).latency, null);
  assert.equal(readObjective(objective).objective.latencyMs, null);
  assert.throws(() => readObjective({ ...objective, success: {} }), WireError);
});
