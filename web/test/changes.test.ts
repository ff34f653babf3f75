import assert from 'node:assert/strict';
import test from 'node:test';
import { placesIn, rolloutsOf } from '../src/actions-changes';
import { autoscalerText, bodyOfAutoscaler, tellingDecisions } from '../src/panels/autoscaler';
import { deedsOf, progressOf, rolloutText, stayedText, stepText, weightText } from '../src/panels/deployments';
import { readyText, zonesOf } from '../src/panels/operate';
import { freeVersion, takenVersions } from '../src/panels/push';
import { bodyOfWay, presets, readSteps, strategies, wayChoices, wayOf } from '../src/panels/strategy';
import { rangeText, roomFor, shadeOf, windowOf } from '../src/panels/strip';
import { placeText, stageShares } from '../src/panels/traffic';
import { versionText } from '../src/panels/versions';
import { initialState, type View } from '../src/store';
import { recordStrips, stripsMax, summaryOf, withStrip, type Strip } from '../src/strips';
import { readAutoscaler, readDeployment, readEvacuation, readPlaceTraffic, readRoutes, readService, readVersions, WireError, writeRoutes, type Decision, type Deployment, type SimEvent } from '../src/wire';

const deployment = (body: object): Deployment => readDeployment({ id: 'd1', service: 'a', version: '1.1', previousVersion: '1.0', state: 'progressing', strategy: 'rolling', ...body });

test('what may be asked of a deployment follows from its state', () => {
  const deeds = (body: object, newest = true): string[] => deedsOf(deployment(body), newest).map((deed) => deed.state);
  assert.deepEqual(deeds({}), ['paused', 'rolledBack']);
  assert.deepEqual(deeds({ strategy: 'canary' }), ['paused', 'promoted', 'rolledBack']);
  assert.deepEqual(deeds({ state: 'paused', strategy: 'canary', reason: 'waits until somebody promotes' }), ['promoted', 'rolledBack']);
  assert.deepEqual(deeds({ state: 'paused', reason: 'paused by hand' }), ['progressing', 'rolledBack']);
  assert.deepEqual(deeds({ state: 'succeeded' }), ['rolledBack']);
  assert.deepEqual(deeds({ state: 'succeeded' }, false), []);
  for (const state of ['rollingBack', 'rolledBack', 'failed', 'superseded']) assert.deepEqual(deeds({ state }), []);
});

test('a deployment in words', () => {
  assert.equal(stepText(deployment({ step: 2, steps: 5, doing: 'gets 20 % of the traffic' })), 'step 2 of 5: gets 20 % of the traffic');
  assert.equal(stepText(deployment({ state: 'succeeded', step: 5, steps: 5, doing: 'is everywhere' })), '');
  assert.equal(weightText({ '1.0': 75, '1.10': 25 }), 'Traffic: 1.10 25 %, 1.0 75 %');
  assert.equal(weightText({ '1.0': 100, '1.1': 0 }), '');
});

test('a deployment that has succeeded is complete, although the old version stays and counts in the total', () => {
  const kept = deployment({ state: 'succeeded', updated: 2700, total: 5400, byVersion: { '1.0': 2700, '1.1': 2700 } });
  assert.deepEqual(progressOf(kept), { share: 1, text: 'rolled out, 2700' });
  assert.equal(stayedText(kept), '1.0 stayed beside it: 2700 instances');
  const whole = deployment({ state: 'succeeded', updated: 5, total: 6, byVersion: { '1.0': 0, '1.1': 6 } });
  assert.deepEqual([progressOf(whole), stayedText(whole)], [{ share: 1, text: 'rolled out, 6' }, '']);
  assert.deepEqual(progressOf(deployment({ updated: 2, total: 8 })), { share: 0.25, text: 'rolling out 2/8' });
  assert.equal(progressOf(deployment({ updated: 9, total: 8 })).share, 1);
  assert.equal(stayedText(deployment({ byVersion: { '1.0': 8, '1.1': 2 } })), '');
});

test('deployments under way are looked for in the services that may have one, whichever is chosen', () => {
  const service = (name: string, byVersion: object) => readService({ name, desired: 2, instances: { up: 2 }, byVersion });
  const told = (seq: number, type: string, name: string): SimEvent => ({
    seq, simTimeMs: seq, wallTime: '', type, severity: 'info', subject: { kind: 'deployment', id: 'd1' }, causeSeq: null, message: '', data: { service: name },
  });
  const services = [service('two', { 1: 1, 2: 1 }), service('begun', { 1: 2 }), service('over', { 1: 2 }), service('known', { 1: 2 }), service('quiet', { 1: 2 })];
  const events = [told(1, 'deployment.started', 'over'), told(2, 'deployment.started', 'begun'), told(3, 'deployment.ended', 'over')];
  assert.deepEqual(rolloutsOf({ services, events, rollouts: [deployment({ service: 'known' })] }), ['two', 'begun', 'known']);
  assert.deepEqual(rolloutsOf({ ...initialState, services: [service('quiet', { 1: 2 })] }), []);
  assert.equal(rolloutText(deployment({ updated: 2, total: 8 })), 'a 1.0 → 1.1: rolling out 2/8');
});

test('how many of a service are there: the numbers add up', () => {
  const says = (desired: number, instances: object): string => readyText(readService({ name: 'a', desired, instances }));
  assert.equal(says(24, { up: 24 }), '24 of 24 up');
  assert.equal(says(24, { up: 22, starting: 1, down: 1 }), '22 of 24 up, 1 starting, 1 down');
  assert.equal(says(2400, { up: 1920, down: 960 }), '2400 wanted, 2880 there: 1920 up, 960 down');
  assert.equal(says(24, { up: 24, draining: 6 }), '24 of 24 up; 6 more draining');
  assert.equal(says(24, { up: 23, dead: 1 }), '24 wanted, 23 there: 23 up');
});

test('the steps of a canary are read, or the word that is none', () => {
  assert.deepEqual(readSteps('10 %, wait 30 s, check,25, wait 2 min , wait'), [{ weight: 10 }, { pauseMs: 30_000 }, { analysis: true }, { weight: 25 }, { pauseMs: 120_000 }, { pauseMs: null }]);
  assert.deepEqual(readSteps('wait 5'), [{ pauseMs: 5000 }]);
  assert.equal(readSteps('10 %, hope'), 'hope');
  assert.deepEqual(readSteps(''), []);
});

test('every way to push makes a body, and says what cannot be read', () => {
  for (const choice of wayChoices) {
    const way = wayOf(choice.value)!;
    const values = Object.fromEntries(way.specs.filter((spec) => !(spec.optional && spec.usual === '')).map((spec) => [spec.name, spec.usual]));
    const made = bodyOfWay(choice.value, values);
    assert.ok('body' in made, choice.value);
    const [kind, name] = choice.value.split(':');
    assert.deepEqual(kind === 'preset' ? made.body.preset : (made.body.strategy as { kind: string }).kind, name);
  }
  assert.equal(wayChoices.length, Object.keys(strategies).length + Object.keys(presets).length);
  const wrong = bodyOfWay('strategy:canary', { steps: 'soon' });
  assert.ok('problem' in wrong && wrong.problem.errors[0]!.pointer === '/strategy/steps');
  assert.ok('problem' in bodyOfWay('strategy:rollingRedBlack', { targetPercentages: 'half' }));
  assert.deepEqual(bodyOfWay('strategy:rollingRedBlack', { targetPercentages: '25 %, 50' }), { body: { strategy: { kind: 'rollingRedBlack', targetPercentages: [25, 50] } } });
  assert.deepEqual(bodyOfWay('strategy:blueGreen', { autoPromote: true, errorMax: 5, p99Ratio: 1.5, intervalMs: 60_000, count: 2 }), {
    body: { strategy: { kind: 'blueGreen', autoPromote: true, analysis: { metrics: [{ metric: 'errorRate', max: 0.05 }, { metric: 'latencyP99', maxRatio: 1.5 }], intervalMs: 60_000, count: 2 } } },
  });
});

test('routes survive the form', () => {
  const rule = { match: { percent: 10, header: 'x-beta' }, toVersion: '2.0.0', weight: 50, sticky: true, mirror: false };
  assert.deepEqual(writeRoutes(readRoutes({ rules: [rule] })), { rules: [rule] });
  assert.throws(() => readRoutes({ rules: [{ weight: 5 }] }), WireError);
});

test('a version in words', () => {
  const { items } = readVersions({ service: 'a', current: '2', items: [{ version: '1', wanted: 6, disabled: true, weight: 25, serviceTimeFactor: 2, errorRate: 0.1 }, { version: '2', wanted: 1 }] });
  assert.deepEqual(items.map(versionText), ['6 wanted, 25 % of the traffic, warm, without traffic, 2× service time, fails 10 %', '1 wanted']);
});

const strip = (simTimeMs: number, byVersion: Record<string, number>, up = 1, desired = 2): Strip => ({ simTimeMs, byVersion, up, desired });

test('strips keep what changed, and begin anew when time does', () => {
  let strips: Strip[] = [];
  for (let t = 0; t <= 10; t += 1) strips = withStrip(strips, strip(t, { a: t < 8 ? 1 : 2 }));
  assert.deepEqual(strips.map((s) => s.simTimeMs), [0, 7, 8, 10]);
  assert.deepEqual(withStrip(strips, strip(3, {})).length, 1);
  for (let t = 11; t < 2_000; t += 1) strips = withStrip(strips, strip(t, { a: t }));
  assert.equal(strips.length, stripsMax);
});

test('strips are kept of the chosen service and of those with several versions', () => {
  const service = (name: string, byVersion: object) => readService({ name, desired: 2, instances: { up: 1 }, byVersion });
  const first = recordStrips({}, [service('a', { 1: 2 }), service('b', { 1: 2 }), service('c', { 1: 1, 2: 1 })], 'a', 5);
  assert.deepEqual(Object.keys(first), ['a', 'c']);
  assert.deepEqual(Object.keys(recordStrips(first, [service('b', { 1: 2 }), service('c', { 2: 2 })], '', 6)), ['c']);
});

test('the least and most of a while, and its versions in order', () => {
  const strips = [strip(0, { 9: 99 }, 99), strip(10, { '1.10': 4, '1.9': 8 }, 8), strip(20, { '1.10': 13 }, 10)];
  assert.deepEqual(summaryOf(strips, 15), { versions: ['1.9', '1.10'], total: [12, 13], up: [8, 10] });
  assert.equal(rangeText([8, 13], 12), '12 (8 to 13)');
  assert.equal(rangeText([8, 8], 8), '8');
  assert.deepEqual(windowOf([strip(500_000, {}), strip(900_000, {})]), { from: 780_000, to: 900_000 });
  assert.deepEqual([0, 1].map((i) => shadeOf(i, 2)), ['v2', 'v3']);
  assert.equal(shadeOf(0, 9), 'v0');
  assert.ok(roomFor(2_880) >= 4 * 6.8 + 5 && roomFor(2_000_000) > roomFor(2_880), 'room for every digit');
});

test('an autoscaler in words, and what its form changes', () => {
  const json = { enabled: true, min: 6, max: 60, metrics: [{ name: 'requests', target: 4 }, { name: 'queue', target: 1 }], tolerance: 0.1, syncMs: 15_000, behaviour: { up: { windowMs: 0, rules: [1] }, down: { windowMs: 300_000 } } };
  const status = readAutoscaler({ service: 'a', desired: 6, autoscaler: json });
  assert.equal(autoscalerText(status.autoscaler!), 'requests an instance 4.00 /s, calls that wait at an instance 1.00; 6 to 60 instances, every 15.00 s');
  const body = bodyOfAutoscaler({ metric: 'utilisation', target: 50, min: 2, max: 9, upWindowMs: 5, downWindowMs: 6 }, status.autoscaler);
  assert.deepEqual(body.metrics, [{ name: 'utilisation', target: 50 }, { name: 'queue', target: 1 }]);
  assert.deepEqual(body.behaviour, { up: { windowMs: 5, rules: [1] }, down: { windowMs: 6 } });
  assert.deepEqual([body.min, body.max, body.tolerance], [2, 9, 0.1]);
  assert.equal(readAutoscaler({ service: 'a', desired: 6, autoscaler: null }).autoscaler, null);
  assert.throws(() => readAutoscaler({ service: 'a', desired: 6, autoscaler: { min: 1 } }), WireError);
});

test('decisions that leave everything as it is are told once', () => {
  const decision = (simTimeMs: number, current: number, applied: number, reason = 'within the tolerance'): Decision => ({ simTimeMs, current, raw: applied, stabilised: applied, applied, reason });
  assert.deepEqual(tellingDecisions([decision(1, 4, 4), decision(2, 4, 4), decision(3, 4, 8, 'too busy'), decision(4, 8, 8), decision(5, 8, 8), decision(6, 8, 8, 'frozen')]).map((d) => d.simTimeMs), [6, 5, 3, 2]);
});

test('who gets which traffic, in words', () => {
  const place = (weight: number, target = weight, settledSimTimeMs = 0) => readPlaceTraffic({ zone: 'r.z', weight, target, settledSimTimeMs });
  assert.equal(placeText(place(100), 5), 'all of its traffic');
  assert.equal(placeText(place(0), 5), 'no traffic');
  assert.equal(placeText(place(40, 0, 80_000), 5), '40 % of its traffic, 0 % from 1:20 on');
  assert.ok(readPlaceTraffic({ region: 'r', weight: 1, target: 1, settledSimTimeMs: 0 }).region);
});

test('how far an evacuation is', () => {
  const evacuation = (body: object) => readEvacuation({ id: 'e1', region: 'r', state: 'running', stage: 'startUp', stagesMs: { decide: 100, provision: 0, startUp: 200, switch: 50 }, stageBeganSimTimeMs: 1000, ...body });
  assert.deepEqual(stageShares(evacuation({}), 1100).map((s) => s.share), [1, 1, 0.5, 0]);
  assert.deepEqual(stageShares(evacuation({ state: 'succeeded', stage: 'switch' }), 1100).map((s) => s.share), [1, 1, 1, 1]);
});

test('the places of a picture: regions, then zones', () => {
  const bands = [['us', 'zoneA'], ['us', '*'], ['*', '*'], ['eu', 'zoneA']].map(([region, zone]) => ({ id: `${region}.${zone}`, name: '', region: region!, zone: zone!, state: 'up' }));
  assert.deepEqual(placesIn({ view: { bands } as unknown as View }).map((p) => p.place), ['us', 'eu', 'us.zoneA', 'eu.zoneA']);
  assert.deepEqual(placesIn({ view: null }), []);
});

test('the version that is suggested is one that nothing has or had', () => {
  const service = readService({ name: 'a', desired: 2, version: '1.0', instances: { up: 2 }, byVersion: { '1.0': 2, '1.2': 1 } });
  assert.equal(freeVersion('1.0', takenVersions(service, initialState)), '1.1');
  const back = { versions: null, deployments: [deployment({ state: 'rolledBack' })] };
  assert.equal(freeVersion('1.0', takenVersions(service, back)), '1.3');
  const versions = readVersions({ service: 'a', current: '1.0', items: [{ version: '1.3', wanted: 0 }] });
  assert.equal(freeVersion('1.0', takenVersions(service, { ...back, versions })), '1.4');
  assert.equal(freeVersion('beta', new Set(['beta', 'beta-2'])), 'beta-3');
});

test('zones have as many as serve there: by the marks, else by the zone', () => {
  const service = readService({ name: 'a', desired: 4, instances: { up: 2 }, byZone: { 'r.x': 2, 'r.y': 2 } });
  const band = (zone: string, state: string) => ({ id: `r.${zone}`, name: zone, region: 'r', zone, state });
  const bands = [band('x', 'up'), band('y', 'down')];
  const group = (index: number, zone: string, up: number) => [index, { service: 'a', region: 'r', zone, instances: { up } }] as const;
  const ups = (nodes: ReturnType<typeof group>[]) => zonesOf(service, { bands, nodes: new Map(nodes) } as unknown as View).map((part) => part.up);
  assert.deepEqual(ups([]), [undefined, 0]);
  assert.deepEqual(ups([group(0, 'x', 1), group(1, 'y', 0)]), [1, 0]);
  assert.deepEqual(ups([group(0, 'x', 1), group(1, 'x', 1)]), [2, 0], 'instances of a zone add up');
  assert.deepEqual(zonesOf(service, null).map((part) => part.up), [undefined, undefined]);
  const down = (counts: { up: number; starting?: number; down?: number }) =>
    zonesOf(service, { bands, nodes: new Map([[0, { service: 'a', region: 'r', zone: 'x', instances: counts }]]) } as unknown as View).map((part) => part.down);
  assert.deepEqual(down({ up: 1, starting: 1, down: 0 }), [false, true], 'who starts is not lost');
  assert.deepEqual(down({ up: 1, down: 1 }), [true, true]);
});
