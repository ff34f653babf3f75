import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { initialState, reduce, type State } from '../src/store';
import { readFault, readFrame, readObject, readSimulation, WireError, writeSubscribe } from '../src/wire';

const golden = join(process.env.SIMIANVIZ_ROOT ?? '..', 'tests/golden/wire');
const text = (name: string): string => readFileSync(join(golden, `${name}.json`), 'utf8');

test('every golden frame is understood', () => {
  const files = readdirSync(golden).filter((file) => file.endsWith('.json'));
  assert.ok(files.length >= 7);
  for (const file of files) {
    const frame = JSON.parse(text(file.replace(/\.json$/, ''))) as { type?: string };
    if (typeof frame.type === 'string') assert.equal(readFrame(JSON.stringify(frame)).type, frame.type, file);
  }
});

test('the golden frames, one after another, give the state they describe', () => {
  let state: State = initialState;
  for (const name of ['keyframe', 'structure', 'values', 'events', 'flows']) state = reduce(state, { type: 'frame', frame: readFrame(text(name)), now: 1 });
  assert.deepEqual([...state.view!.nodes.keys()].sort(), [0, 2, 3]);
  assert.deepEqual([...state.view!.edges.keys()].sort(), [1, 2]);
  assert.equal(state.view!.nodes.get(2)!.state, 'up');
  assert.equal(state.view!.status, 'healthy');
  assert.equal(state.view!.seq, 5);
  assert.equal(state.events.length, 2);
  assert.equal(state.flows[0]!.spans[0]!.parentSpanId, null);
});

test('a frame that breaks the contract is refused with its place', () => {
  const broken = (change: (frame: Record<string, any>) => void, pattern: RegExp): void => {
    const frame = JSON.parse(text('keyframe')) as Record<string, any>;
    change(frame);
    assert.throws(() => readFrame(JSON.stringify(frame)), (error: unknown) => error instanceof WireError && pattern.test(error.message));
  };
  broken((frame) => { frame.seq = '1'; }, /seq: expected a number/);
  broken((frame) => { frame.level = 'galaxy'; }, /level/);
  broken((frame) => { delete frame.nodes[0].tier; }, /tier/);
  broken((frame) => { frame.nodes[0].role = 1; }, /role: expected a string/);
  broken((frame) => { frame.nodeValues.rate[1] = 'many'; }, /nodeValues\.rate\[1\]/);
  broken((frame) => { frame.nodes = {}; }, /nodes: expected an array/);
  broken((frame) => { frame.type = 'surprise'; }, /known kind/);
  assert.throws(() => readFrame('[]'), WireError);
});

test('an instance may have a role', () => {
  const frame = JSON.parse(text('keyframe')) as Record<string, any>;
  frame.nodes[0].role = 'primary';
  const read = readFrame(JSON.stringify(frame));
  assert.deepEqual(read.type === 'keyframe' && read.nodes.map((node) => node.role).filter((role) => role !== undefined), ['primary']);
});

test('a fault without an end and a simulation without counts can be read', () => {
  assert.equal(readFault({ id: 3, type: 'zoneDown', startedSimTimeMs: 1 }).endsSimTimeMs, null);
  assert.equal(readFault({ id: 3, type: 'zoneDown', startedSimTimeMs: 1 }).id, '3');
  assert.equal(readSimulation(readObject({ id: 'a', architecture: 'lamp', state: 'running', simTimeMs: 0 })).counts.instances, 0);
});

test('a subscription names only what the protocol knows', () => {
  const keys = Object.keys(JSON.parse(writeSubscribe({ level: 'zone', path: '', focus: '', rate: 10, flows: true, sinceEventSeq: null })) as object).sort();
  assert.deepEqual(keys, ['flows', 'focus', 'level', 'path', 'rate', 'type']);
});
