import assert from 'node:assert/strict';
import test from 'node:test';
import { bodyOf, describeLoad, formOf, kinds, onlyRateDiffers, shapes, usualFigures } from '../src/panels/load-form';
import { readTraffic, type Load } from '../src/wire';

const mix = [{ name: 'a', verb: 'get', key: 'new', weight: 1, priority: 3 }];
const open = { arrivals: { kind: 'poisson' }, requestsPerSecond: 100, shape: { kind: 'constant' }, regions: { 'us-east-1': 2 }, mix };
const load = (json: object): Load => readTraffic({ service: 'www', setSimTimeMs: 0, load: json }).load;

test('a form that is sent as it is asks for what there is', () => {
  const spike = { kind: 'spike', atMs: 500, riseMs: 1, holdMs: 2, fallMs: 3, fromFactor: 1, toFactor: 4, periodMs: 9_000 };
  const points = { kind: 'piecewise', points: [{ atMs: 0, factor: 2 }] };
  const users = { users: 7, thinkTime: { distribution: 'logNormal', meanMs: 30, cv: 2 }, shape: { kind: 'constant' }, regions: {}, mix };
  for (const json of [
    open, { ...open, shape: spike }, { ...open, shape: points }, { ...open, arrivals: { kind: 'pareto', alpha: 3 } }, users,
    { ...users, thinkTime: { distribution: 'empirical', valuesMs: [1, 2] } },
    { ...open, shape: { kind: 'diurnal', periodMs: 1_000, peakAtMs: 5, lowFactor: 0.5, highFactor: 2 } },
  ]) {
    assert.deepEqual(bodyOf(formOf(load(json)), load(json)), json);
  }
});

test('every kind has usual figures within its own bounds', () => {
  for (const kind of [...Object.values(kinds), ...Object.values(shapes)]) {
    for (const f of kind.figures) assert.ok(f.usual >= f.min && f.usual <= f.max, `${kind.title}: ${f.label}`);
  }
});

test('seconds in the form are milliseconds on the wire', () => {
  const form = { kind: 'users', figures: { users: 5, thinkMs: 0.25 }, shape: 'step', shapeFigures: { atMs: 1.5, fromFactor: 1, toFactor: 2 }, csv: '' };
  assert.deepEqual(bodyOf(form, load(open)), {
    users: 5, thinkTime: { distribution: 'exponential', meanMs: 250 }, shape: { kind: 'step', atMs: 1500, fromFactor: 1, toFactor: 2 }, regions: open.regions, mix,
  });
});

test('once is no period, and a trace has neither shape nor regions', () => {
  const spike = { kind: 'poisson', figures: { requestsPerSecond: 5 }, shape: 'spike', shapeFigures: usualFigures(shapes.spike), csv: '' };
  assert.ok(!('periodMs' in (bodyOf(spike, load(open)).shape as object)));
  const trace = { kind: 'trace', figures: { loopMs: 0 }, shape: 'constant', shapeFigures: {}, csv: '1\n' };
  assert.deepEqual(bodyOf(trace, load(open)), { arrivals: { kind: 'trace', csv: '1\n' }, mix });
  assert.deepEqual(bodyOf({ ...trace, figures: { loopMs: 2 } }, load(open)), { arrivals: { kind: 'trace', csv: '1\n', loopMs: 2000 }, mix });
});

test('another rate alone is not another load', () => {
  const present = load({ ...open, shape: { kind: 'step', atMs: 5, fromFactor: 1, toFactor: 2 } });
  const form = formOf(present);
  assert.ok(onlyRateDiffers({ ...form, figures: { requestsPerSecond: 7 } }, present));
  assert.ok(!onlyRateDiffers({ ...form, shapeFigures: { ...form.shapeFigures, toFactor: 3 } }, present));
  assert.ok(!onlyRateDiffers({ ...form, kind: 'deterministic' }, present));
  assert.ok(!onlyRateDiffers(formOf(load({ users: 5, thinkTime: { distribution: 'constant', meanMs: 1 }, mix })), load({ users: 5, thinkTime: { distribution: 'constant', meanMs: 1 }, mix })));
});

test('a load in words', () => {
  const say = (json: object, setSimTimeMs = 0): string => describeLoad({ service: 'www', setSimTimeMs, load: load(json) }, (ms) => `${ms / 1000} s`);
  assert.equal(say({ ...open, regions: {} }), '100 req/s at random times');
  assert.equal(say({ ...open, shape: { kind: 'step', atMs: 5, fromFactor: 1, toFactor: 2 } }, 3000), '100 req/s at random times, step, factors by region, since 3 s');
  assert.equal(say({ users: 5, thinkTime: { distribution: 'constant', meanMs: 1000 }, shape: { kind: 'piecewise', points: [] }, mix }), '5 users who think 1.00 s, by points');
  assert.equal(say({ arrivals: { kind: 'trace', rows: 3, lastMs: 9, loopMs: 10 }, mix }), 'a trace of 3 requests, again every 10.0 ms');
});
