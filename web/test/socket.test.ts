import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import { insteadOf, refusalText, type Wanted } from '../src/refusal';
import { Stream } from '../src/socket';
import { initialState, reduce } from '../src/store';
import { readFrame, readProblem, type Frame, type Problem } from '../src/wire';

const tooMany = (count: number): Problem => readProblem({ title: '', status: 422, errors: [{ pointer: '/level', code: 'tooMany', message: `${count} instances are too many for one view (at most 5000); give a path or take level group` }] });
const gone: Problem = readProblem({ title: '', status: 410, errors: [{ pointer: '/focus', code: 'unknownFocus', message: 'there is no node "a"' }] });
const of = (level: Wanted['level'], path = '', focus = ''): Wanted => ({ level, path, focus });

const clock = { state: 'running', speed: 1, achievedSpeed: 1 };
const head = (seq: number): object => ({ seq, simTimeMs: 100 * seq, wallTime: '', clock, status: 'healthy', statusDetail: '', nodeColumns: [], edgeColumns: [], nodeValues: {}, edgeValues: {}, nodes: [], edges: [] });
const keyframe = (seq: number, wanted: Wanted): object => ({ ...head(seq), type: 'keyframe', ...wanted, faults: [], lastEventSeq: 0, tiers: [], bands: [] });
const values = (seq: number): object => ({ ...head(seq), type: 'values' });
const refusal = (problem: Problem): object => ({ type: 'error', problem });

/** A page's end of a stream whose other end is the test. */
function connect(t: TestContext, wanted: Wanted) {
  const written: Partial<Wanted & { type: string }>[] = [];
  const sockets: { onmessage(message: { data: string }): void; onclose(): void; readyState: number }[] = [];
  class FakeSocket {
    static readonly OPEN = 1;
    readonly readyState = 1;
    constructor() {
      sockets.push(this as never);
    }
    send(text: string): void {
      written.push(JSON.parse(text) as object);
    }
    close(): void {}
  }
  Object.assign(globalThis, { WebSocket: FakeSocket, location: { protocol: 'http:', host: 'x' } });
  const seen: Frame[] = [];
  const stream = new Stream('s', wanted, { frame: (frame) => seen.push(frame), connection: () => {}, exists: async () => true, running: () => false, lastEventSeq: () => null });
  t.after(() => stream.close());
  const hear = (...frames: object[]): void => frames.forEach((frame) => sockets.at(-1)!.onmessage({ data: JSON.stringify(frame) }));
  hear({ type: 'hello', protocol: 1, simulation: 's', levels: [], limits: { rateMax: 20 } });
  return { stream, seen, hear, levels: () => written.map(({ type, level }) => (type === 'subscribe' ? level : type)) };
}

test('a level that is refused leaves the one before, whose frames are taken all the while', (t) => {
  const { stream, seen, hear, levels } = connect(t, of('group'));
  hear(keyframe(1, of('group')), values(2));
  stream.subscribe(of('instance'));
  hear(values(3), refusal(tooMany(6302)), values(4), values(5));
  assert.deepEqual(seen.map((frame) => ('seq' in frame ? frame.seq : frame.type)), [1, 2, 3, 'error', 4, 5]);
  hear({ type: 'hello', protocol: 1, simulation: 's', levels: [], limits: { rateMax: 20 } });
  assert.deepEqual(levels(), ['group', 'instance', 'group'], 'a new connection asks for what is shown, and nothing was asked for twice');
});

test('a page that begins with a level that is refused gets groups', (t) => {
  const { hear, levels } = connect(t, of('instance', 'us-east-1'));
  hear(refusal(tooMany(6301)));
  assert.deepEqual(levels(), ['instance', 'group']);
});

test('what is looked at instead of what is refused', () => {
  assert.equal(insteadOf(of('instance'), of('zone'), tooMany(6302)), null);
  assert.deepEqual(insteadOf(of('instance', 'r'), null, tooMany(6302)), of('group', 'r'));
  assert.deepEqual(insteadOf(of('group', 'r', 'a'), of('group', 'r', 'a'), gone), of('group', 'r'));
  assert.deepEqual(insteadOf(of('zone', 'nowhere'), null, readProblem({ status: 422, title: '', errors: [{ pointer: '/path', message: '' }] })), of('group'));
  assert.equal(insteadOf(of('group'), null, tooMany(6302)), null, 'asking for the same again would not end');
});

test('the state goes back to the level that is drawn', () => {
  const drawn = reduce(initialState, { type: 'frame', frame: readFrame(JSON.stringify(keyframe(1, of('zone', 'r')))), now: 1 });
  const asked = reduce(drawn, { type: 'set', part: { wanted: of('instance') } });
  assert.deepEqual(reduce(asked, { type: 'frame', frame: { type: 'error', problem: tooMany(6302) }, now: 2 }).wanted, of('zone', 'r'));
});

test('why a level is refused, in words of the page', () => {
  assert.equal(refusalText(tooMany(6302), ''), '6,302 instances are too many to be drawn one by one (at most 5,000): open a zone or region first');
  assert.match(refusalText(tooMany(6301), 'r'), /: open a zone first$/);
  assert.match(refusalText(tooMany(6301), 'r.z'), /: look at its groups$/);
  assert.equal(refusalText({ ...gone, detail: 'This view has ended' }, ''), 'This view has ended');
});
