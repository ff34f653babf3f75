import assert from 'node:assert/strict';
import test from 'node:test';
import { logLines } from '../src/panels/log';
import type { SimEvent } from '../src/wire';

let seq = 0;
const event = (type: string, simTimeMs: number, message: string, part: Partial<SimEvent> = {}): SimEvent => {
  seq += 1;
  return { seq, simTimeMs, wallTime: '', type, severity: 'info', subject: { kind: type.split('.')[0]!, id: '' }, causeSeq: null, message, data: {}, ...part };
};
const stopped = (i: number, service = 'a', simTimeMs = 1000): SimEvent => event('instance.stopped', simTimeMs, `${service}${i} stopped`, { data: { service } });
const rest = (type: string, more: number): SimEvent => event(type, 1000, `${more} more instances: x`, { subject: { kind: 'instances', id: '' }, data: { more: String(more) } });
const many = (count: number, make: (i: number) => SimEvent): SimEvent[] => Array.from({ length: count }, (_, i) => make(i));
const texts = (events: SimEvent[]): string[] => logLines(events).map((line) => line.text);

test('many that come together are one line with their number, which says of whom', () => {
  assert.deepEqual(texts([...many(20, (i) => event('fault.ended', i * 100, `instance.slow on service s${i} has ended`, { data: { type: 'instance.slow' } })), event('status.changed', 2500, 'healthy')]), ['healthy', '20 faults ended: instance.slow']);
  assert.deepEqual(texts(many(20, (i) => stopped(i))), ['20 instances stopped: a']);
  const [line] = logLines(many(20, (i) => stopped(i)));
  assert.match(line!.title, /^0:01 a0 stopped\n.*a1 stopped/);
  assert.match(line!.title, /…$/);
  assert.equal(line!.type, 'instance.stopped');
});

test('those that the server has only counted are counted too, and nothing is said of whose they are', () => {
  const starting = many(20, (i) => event('instance.starting', 1000, `b${i} starts`, { data: { service: 'b' } }));
  assert.deepEqual(texts([...starting, ...many(20, (i) => stopped(i)), rest('instance.starting', 100), rest('instance.stopped', 460)]), ['480 instances stopped', '120 instances start']);
  assert.deepEqual(texts([rest('instance.stopped', 460)]), ['460 more instances: x']);
});

test('faults that start together are told apart by their type, those that end are not', () => {
  const both = (type: string): SimEvent[] => [...many(3, () => event(type, 0, 'instance.slow on service a', { data: { type: 'instance.slow' } })), ...many(2, () => event(type, 0, 'zone.outage on zone z', { data: { type: 'zone.outage' } }))];
  assert.deepEqual(texts(both('fault.started')), ['zone.outage on zone z', 'zone.outage on zone z', '3 faults started: instance.slow']);
  assert.deepEqual(texts(both('fault.ended')), ['5 faults ended']);
});

test('few are told one by one, and so is what is apart in time, weight or kind', () => {
  assert.deepEqual(texts([stopped(1), stopped(2)]), ['a2 stopped', 'a1 stopped']);
  assert.deepEqual(texts([stopped(1, 'a', 0), stopped(2, 'a', 9000), stopped(3, 'a', 18_000)]), ['a3 stopped', 'a2 stopped', 'a1 stopped']);
  assert.equal(texts(many(4, () => event('notice.raised', 0, 'lost'))).length, 4);
  assert.equal(texts([...many(2, (i) => stopped(i)), { ...stopped(9), severity: 'warning' }]).length, 3);
});

test('commands are left out, and the newest lines stay', () => {
  const lines = logLines([event('command.applied', 0, 'scale'), ...many(70, (i) => event('status.changed', i, `${i}`))]);
  assert.equal(lines.length, 60);
  assert.equal(lines[0]!.text, '69');
});
