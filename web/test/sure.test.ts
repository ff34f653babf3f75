import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { periodOf, plusMinus, plusMinusTime, sureOf } from '../src/panels/sure';
import { Spacing } from '../src/spacing';
import { initialState, reduce, statisticsOf } from '../src/store';
import { readObject, readStatistics, WireError, type GraphNode, type Interval } from '../src/wire';

const golden = (): Record<string, any> =>
  JSON.parse(readFileSync(join(process.env.SIMIANVIZ_ROOT ?? '..', 'tests/golden/wire/statistics.json'), 'utf8')) as Record<string, any>;
const between = (low: number, high: number, value = (low + high) / 2): Interval => ({ value, low, high, reason: '' });
const unsure = (value: number | null, reason: string): Interval => ({ value, low: null, high: null, reason });

test('± has one digit of what is not known, or two that begin with 1', () => {
  assert.equal(plusMinus(between(96.2018, 101.845)), '99 ± 3');
  assert.equal(plusMinus(between(7.17619, 7.4711)), '7.32 ± 0.15');
  assert.equal(plusMinus(between(7.21, 7.37)), '7.29 ± 0.08');
  assert.equal(plusMinus(between(90.3, 109.7)), '100 ± 10'); // 9.7 is 10 when rounded
  assert.equal(plusMinus(between(14_000, 16_000)), '15000 ± 1000');
  assert.equal(plusMinus(between(0.00010, 0.00012)), '0.000110 ± 0.000010');
  assert.equal(plusMinus(between(5, 5)), '5.00');
  assert.equal(plusMinus(unsure(98.98, 'tooFewBatches')), '99.0');
  assert.equal(plusMinus(unsure(null, 'nothingSeen')), '–');
});

test('times have the unit of their size', () => {
  assert.equal(plusMinusTime(between(7.17619, 7.4711)), '7.32 ± 0.15 ms');
  assert.equal(plusMinusTime(between(0.19, 0.21)), '200 ± 10 µs');
  assert.equal(plusMinusTime(between(1_200, 1_400)), '1.30 ± 0.10 s');
  assert.equal(plusMinusTime(unsure(21.8235, 'tooFewValues')), '21.8 ms');
  assert.equal(plusMinusTime(between(10, 10)), '10.0 ms');
  assert.equal(plusMinusTime(unsure(null, 'nothingSeen')), '–');
});

test('the golden statistics are read and told', () => {
  const answer = golden();
  const statistics = readStatistics(readObject(answer));
  assert.equal(statistics.figures.rate.value, answer.items[0].rate.value);
  assert.equal(statistics.figures.p99Ms.reason, answer.items[0].p99Ms.reason ?? '');
  const sure = sureOf(statistics, 'service');
  assert.deepEqual(sure.map((s) => s.key), ['rate', 'p50', 'p99']);
  assert.match(sure[0]!.text, /^\d+(\.\d)? ± \d(\.\d)?$/);
  assert.match(sure[0]!.hint, / to .*, with a chance of 95 %$/);
  assert.deepEqual(sureOf(statistics, 'instance').map((s) => s.key), ['p50', 'p99']);
  assert.equal(periodOf(statistics, 'service'), '± over 1:00 since 0:00');
  assert.equal(periodOf(statistics, 'instance'), '± of its group, over 1:00 since 0:00');
});

test('what is not sure says why', () => {
  const answer = golden();
  answer.items[0].p99Ms = { value: 21.8, low: null, high: null, batches: 30, reason: 'tooFewValues' };
  assert.match(sureOf(readStatistics(answer), 'service')[2]!.hint, /^No ± yet: too few slow requests/);
  answer.batches = 0;
  answer.changedMs = 65_000;
  assert.match(periodOf(readStatistics(answer), 'service'), /last was at 1:05$/);
});

test('statistics that break the contract are refused with their place', () => {
  const broken = (change: (answer: Record<string, any>) => void, pattern: RegExp): void => {
    const answer = golden();
    change(answer);
    assert.throws(() => readStatistics(answer), (error: unknown) => error instanceof WireError && pattern.test(error.message));
  };
  broken((a) => { a.items = []; }, /items\[0\]: expected an object/);
  broken((a) => { a.items[0].rate.low = null; }, /rate: expected low and high, or a reason/);
  broken((a) => { a.items[0].p50Ms = { value: 1, low: null, high: null }; }, /p50Ms: expected low and high, or a reason/);
  broken((a) => { a.confidence = '95 %'; }, /confidence: expected a number/);
});

test('an instance is as sure as its group', () => {
  const node = { id: 'netflixoss.us-east-1.zoneA.homepage15', level: 'instance', region: 'us-east-1', zone: 'zoneA', service: 'homepage' } as GraphNode;
  assert.deepEqual(statisticsOf(node), { level: 'group', node: 'us-east-1.zoneA.homepage' });
  assert.deepEqual(statisticsOf({ ...node, region: '*', zone: '*', service: 'www' }), { level: 'group', node: '*.*.www' });
  assert.deepEqual(statisticsOf({ ...node, id: 'homepage', level: 'service' }), { level: 'service', node: 'homepage' });
});

test('statistics of one simulation do not show in the next', () => {
  const statistics = readStatistics(golden());
  const state = reduce({ ...initialState, simulationId: 'a' }, { type: 'set', part: { statistics } });
  assert.equal(state.statistics, statistics);
  assert.equal(reduce(state, { type: 'simulation', id: 'b' }).statistics, null);
});

test('what is asked for often is done once in a while, and once more at the end', () => {
  let now = 0;
  let waiting: { run: () => void; at: number }[] = [];
  const done: number[] = [];
  const spacing = new Spacing(2_000, () => done.push(now), { now: () => now, later: (run, ms) => { waiting.push({ run, at: now + ms }); } });
  const pass = (ms: number): void => {
    now += ms;
    const due = waiting.filter((w) => w.at <= now);
    waiting = waiting.filter((w) => w.at > now);
    for (const w of due) w.run();
  };
  for (let i = 0; i < 100; i += 1) {
    spacing.ask();
    pass(70);
  }
  assert.deepEqual(done.slice(0, 2), [0, 2_030]); // the first moment of this clock at or after 2,000
  for (let i = 1; i < done.length; i += 1) assert.ok(done[i]! - done[i - 1]! >= 2_000);
  assert.equal(done.length, 4);
  pass(10_000);
  assert.equal(done.length, 5);
  assert.equal(waiting.length, 0);
  pass(2_000);
  spacing.ask();
  assert.equal(done.length, 6);
});
