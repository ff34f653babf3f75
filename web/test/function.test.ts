import assert from 'node:assert/strict';
import test from 'node:test';
import { dollars, functionFiguresOf } from '../src/panels/function';
import { readService, WireError } from '../src/wire';

const service = (more: object): Parameters<typeof readService>[0] => ({
  name: 'f', package: 'function', desired: 1, version: '1.0', instances: { starting: 0, up: 1, draining: 0, down: 0, dead: 0 }, byZone: {}, byVersion: {}, ...more,
});
const figures = {
  memoryMb: 128, concurrency: 1000, keepAliveMs: 600_000, billedByMs: 100, busy: 3, warm: 9, invocations: 2000, coldStarts: 50, throttled: 4, throttledByRegion: 2,
  invocationsPerSecond: 100, coldStartsPerSecond: 2.5, throttledPerSecond: 0.2, durationMs: 1, billedMs: 100, gbSeconds: 18.7, dollars: 0.00045,
};

test('a function is read with its figures, other services have none', () => {
  const read = readService(service({ function: figures })).function!;
  assert.equal(read.throttled, 6);
  assert.equal(read.warm, 9);
  assert.equal(readService(service({})).function, null);
  assert.throws(() => readService(service({ function: { ...figures, warm: 'nine' } })), WireError);
});

test('the figures of a function are told, of others nothing', () => {
  const told = functionFiguresOf(readService(service({ function: figures })).function);
  assert.deepEqual(told.map((f) => f.key), ['busy', 'warm', 'coldStarts', 'throttled', 'gbSeconds', 'dollars']);
  assert.equal(told.find((f) => f.key === 'coldStarts')?.hint, '50 of 2,000 calls, 2.5 %');
  assert.equal(told.find((f) => f.key === 'dollars')?.text, '$0.000450');
  assert.deepEqual(functionFiguresOf(null), []);
});

test('costs keep the digits that count', () => {
  assert.equal(dollars(0), '$0');
  assert.equal(dollars(0.1234), '$0.123');
  assert.equal(dollars(12.3), '$12.30');
  assert.equal(dollars(25_605.4), '$25605.40');
});
