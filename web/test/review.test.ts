import assert from 'node:assert/strict';
import test from 'node:test';
import { placesOf, summary } from '../src/panels/review';
import { readFinding, readItems, WireError, type Finding } from '../src/wire';

const finding = (severity: string, alsoAt: string[] = []): Finding => ({ rule: 'singleZone', severity, pointer: '/services/0/count', alsoAt, why: 'why', mend: 'mend' });

test('findings are counted by what they are', () => {
  assert.equal(summary([]), '');
  assert.equal(summary([finding('warning'), finding('info'), finding('info')]), '1 warning, 2 notes');
  assert.equal(summary([finding('error')]), '1 error');
});

test('places that say the same are counted', () => {
  assert.equal(placesOf(finding('info')), '/services/0/count');
  assert.equal(placesOf(finding('info', ['/a'])), '/services/0/count and 1 more place');
  assert.equal(placesOf(finding('info', ['/a', '/b'])), '/services/0/count and 2 more places');
});

test('a finding that lacks a part is refused', () => {
  assert.deepEqual(readItems({ items: [finding('info')] }, readFinding), [finding('info')]);
  assert.throws(() => readItems({ items: [{ ...finding('info'), mend: undefined }] }, readFinding), WireError);
});
