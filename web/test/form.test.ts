import assert from 'node:assert/strict';
import test from 'node:test';
import { flawText, nearestPointer, sortFlaws } from '../src/panels/form';
import { onTheWire, shown, specsOf, words, type InputSpec } from '../src/panels/inputs';
import { readFaultType, readProblem } from '../src/wire';

test('a flaw belongs to the input that is nearest to its place', () => {
  const pointers = ['', '/selector', '/selector/zones', '/steps'];
  assert.equal(nearestPointer('/selector/zones/0', pointers), '/selector/zones');
  assert.equal(nearestPointer('/selector/mode', pointers), '/selector');
  assert.equal(nearestPointer('/selectors', pointers), null);
  assert.equal(nearestPointer('', pointers), '');
  assert.equal(nearestPointer('', ['/a']), null);
});

test('what belongs to no input is at the foot, and what is said at an input is not said twice', () => {
  const problem = readProblem({ title: 'Unprocessable', detail: '2 problems', errors: [{ pointer: '/a/b', message: 'too many' }, { pointer: '/c', message: 'unknown', known: ['x', 'y'] }] });
  const both = sortFlaws(problem, ['/a']);
  assert.deepEqual([...both.at], [['/a', ['too many']]]);
  assert.equal(both.foot, '/c unknown; known: x, y');
  assert.equal(sortFlaws(problem, ['/a', '/c']).foot, '');
  assert.equal(sortFlaws({ ...problem, errors: [] }, ['/a']).foot, '2 problems');
  assert.equal(sortFlaws({ ...problem, detail: '', errors: [] }, []).foot, 'Unprocessable');
});

test('a long list of what is known is not read out', () => {
  assert.equal(flawText({ pointer: '', code: '', message: 'no', known: Array.from({ length: 45 }, (_, i) => String(i)) }), 'no');
});

const number: InputSpec = { name: 'waitMs', label: '', kind: 'number', usual: 0, scale: 1000 };

test('inputs are in units for people, values in those of the wire', () => {
  assert.equal(onTheWire('1.5', false, number), 1500);
  assert.equal(shown(1500, number), '1.5');
  assert.equal(shown(100, { ...number, scale: 3 }), '33.3333333333');
  assert.equal(onTheWire('', false, { ...number, optional: true }), undefined);
  assert.equal(onTheWire('', true, { ...number, kind: 'flag' }), true);
  assert.equal(onTheWire('a b', false, { ...number, kind: 'text' }), 'a b');
});

test('the parameters of a fault become inputs with their bounds', () => {
  const { parameters } = readFaultType({
    type: 'x', selectors: [], parameters: [
      { name: 'latencyMs', kind: 'number', description: 'how long', default: 200, min: 0, max: 5, unit: 'ms' }, { name: 'mode', kind: 'choice', default: 'fail', choices: ['fail', 'blackhole'] },
    ],
  });
  const [latency, mode] = specsOf(parameters);
  assert.deepEqual([latency!.label, latency!.min, latency!.max, latency!.unit, latency!.hint, latency!.usual], ['Latency', 0, 5, 'ms', 'how long', 200]);
  assert.deepEqual([mode!.kind, mode!.choices, mode!.min], ['choice', ['fail', 'blackhole'], undefined]);
  assert.equal(words('delayBeforeDisableMs'), 'Delay before disable');
});
