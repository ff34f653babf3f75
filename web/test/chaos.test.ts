import assert from 'node:assert/strict';
import test from 'node:test';
import { bodyOfExperiment, experimentDeeds, foreseenText, phaseText, variableSpecs } from '../src/panels/experiments';
import { readMarkdown } from '../src/panels/markdown';
import { bodyOfSchedule, firingsText, nextText, pastText } from '../src/panels/schedules';
import { beginningsOf, currentLook, linesOf } from '../src/panels/story';
import { longTime, readExperiment, readExperimentPrediction, readOutcome, readScenario, readSchedule, readTemplate, WireError } from '../src/wire';

test('a story is told in the order of time, deeds before what there is to see of them', () => {
  const outcome = readOutcome({
    scenario: 's', title: 'S', simTimeMs: 0, durationMs: 9, verdict: 'pending', story: [{ atMs: 0, text: 'look' }, { atMs: 30, text: 'now' }],
    actions: [{ atMs: 0, text: '', request: 'PUT /traffic/www', state: 'done' }, { atMs: 30, text: '', request: 'POST /faults', state: 'refused', reason: 'why' }], expectations: [{ text: 'a', state: 'met', found: 'b', decidedSimTimeMs: 5 }, { text: 'c', state: 'pending' }],
  });
  const lines = linesOf(outcome);
  assert.deepEqual(lines.map((line) => [line.kind, line.text]), [['look', 'look'], ['deed', 'POST /faults'], ['look', 'now']]);
  assert.deepEqual([currentLook(lines, -1), currentLook(lines, 29), currentLook(lines, 30)], ['', 'look0', 'look1']);
  assert.deepEqual(outcome.expectations.map((e) => [e.state, e.decidedSimTimeMs]), [['met', 5], ['pending', null]]);
  assert.throws(() => readOutcome({ scenario: 's' }), WireError);
});

test('a story in parts is one in the list', () => {
  const part = (name: string, next = '') => readScenario({ name, ...(next ? { next } : {}) });
  assert.deepEqual(beginningsOf([part('a'), part('s0', 's1'), part('s1', 's2'), part('s2')]).map(({ scenario, parts }) => [scenario.name, parts]), [['a', 1], ['s0', 3]]);
});

test('variables of a template become inputs: long times in seconds', () => {
  const template = readTemplate({ name: 't', variables: [{ name: 'zone', default: 'r.z' }, { name: 'durationMs', default: 120_000 }, { name: 'latencyMs', default: 200 }, { name: 'count', default: 3 }] });
  assert.deepEqual(variableSpecs(template).map((spec) => [spec.label, spec.kind, spec.scale, spec.usual]), [['Zone', 'text', undefined, 'r.z'], ['Duration', 'number', 1000, 120_000], ['Latency', 'number', undefined, 200], ['Count', 'number', undefined, 3]]);
});

test('an experiment is read, its probes told by phase', () => {
  const experiment = readExperiment({
    id: 'x1', state: 'completed', verdict: 'failed', resilienceScore: 41.6, faults: [{ id: 'a', type: 'zone.outage', state: 'ended', targets: 3 }],
    probes: [{ name: 'p', metric: 'successRatio', comparator: 'in', value: [0.5, 1], before: { passed: true, windows: 6, windowsPassed: 6 }, during: { passed: false, windows: 12, windowsPassed: 3, worst: 0.5 } }],
  });
  const [probe] = experiment.probes;
  assert.equal(probe!.wanted, 'in 0.5 to 1');
  assert.deepEqual([phaseText('successRatio', probe!.before), phaseText('successRatio', probe!.during), phaseText('successRatio', probe!.after)], ['✔ 6/6', '✖ 3/12 50 %', '–']);
  assert.equal(phaseText('p99Ms', { passed: null, windows: 2, windowsPassed: 2, last: null, worst: 5 }), '… 2/2');
  assert.deepEqual(['running', 'paused', 'checking', 'reverting', 'completed'].map((state) => experimentDeeds(state).map((deed) => deed.state).join()), ['paused,stopped', 'running,stopped', 'stopped', '', '']);
});

test('an experiment of one\'s own takes the place of the template', () => {
  assert.deepEqual(bodyOfExperiment('t', { a: 1 }, ' '), { template: 't', variables: { a: 1 } });
  assert.deepEqual(bodyOfExperiment('t', {}, '{"faults": []}'), { faults: [] });
  assert.deepEqual(['{', '[]', '5'].map((text) => bodyOfExperiment('t', {}, text)), [null, null, null]);
});

test('what an experiment would do, in words', () => {
  const p = readExperimentPrediction({ targets: 22, resolvedTargets: [], predicted: { capacityLostPercent: 33.1, zonesAffected: ['r.zoneA'], faults: [{ id: 'a', beginsAfterMs: 0, endsAfterMs: 120_000, targets: 22 }] } });
  assert.equal(foreseenText(p), 'Hits 22 instances in zoneA; at most 33 % of the capacity at a time; its faults are over 2:00 after they began.');
});

test('schedules in words, and the body of their form', () => {
  const schedule = (body: object) => readSchedule({ id: 's1', state: 'active', fired: 0, ...body });
  assert.equal(schedule({ cron: '0 9 * * *' }).when, 'cron 0 9 * * *');
  assert.equal(schedule({ random: { meanTimeBetweenMs: 172_800_000, activeHours: { from: '09:00', to: '15:00' }, weekdaysOnly: true } }).when, 'by chance, every 2 days on average, 09:00 to 15:00, on weekdays');
  assert.equal(nextText(schedule({ nextSimTimeMs: 90_000, nextMoment: '2024-01-01T00:01:30' }), 30_000), 'fires in 1 min, at 1:30 (2024-01-01 00:01:30)');
  assert.equal(nextText(schedule({}), 0), 'does not fire any more');
  assert.equal(pastText(schedule({})), 'has not fired yet');
  assert.equal(pastText(schedule({ fired: 3, refused: 1, last: { simTimeMs: 40_000, result: 'refused', what: 'zone.outage', reason: 'lever' } })), 'fired 3 times, 1 refused; at 0:40 zone.outage was refused: lever');
  assert.equal(firingsText([]), 'It would never fire.');
  const at = (moment: string) => ({ simTimeMs: 0, moment, weekday: 'Mon 09:00' });
  assert.equal(firingsText(['2024-01-01T09:00:00', '2024-01-01T10:00:00', '2024-01-08T09:00:00', '2024-01-09T09:00:00'].map(at)), 'Would fire Mon 2024-01-01 09:00:00, 10:00:00, Mon 2024-01-08 09:00:00 …');
  assert.deepEqual(bodyOfSchedule('preset:kong', 'cron', 'x', 5, 5), { preset: 'kong' });
  assert.deepEqual(bodyOfSchedule('fault:zone.outage', 'random', '', 60, 9), { fault: { type: 'zone.outage', durationMs: 9000 }, random: { meanTimeBetweenMs: 60_000 } });
  assert.deepEqual(['every', 'cron'].map((when) => bodyOfSchedule('fault:x', when as 'every', '* * * * *', 1, 0)), [{ fault: { type: 'x' }, everyMs: 1000 }, { fault: { type: 'x' }, cron: '* * * * *' }]);
  assert.deepEqual([1_000, 90_000, 5_400_000, 86_400_000, 172_800_000].map(longTime), ['1 s', '1.5 min', '1.5 h', '1 day', '2 days']);
});

test('a report is read as blocks; what looks like markup in it stays text', () => {
  const blocks = readMarkdown('# Title\n\nOne\ntwo **bold**.\n\n- a\n- b\n  more\n\n1. x\n2. y\n\n| n | v |\n|---|--:|\n| p | 5 |\n\n```\n<b> | x\n```\n<script>');
  assert.deepEqual(blocks, [
    { kind: 'heading', level: 1, text: 'Title' }, { kind: 'paragraph', text: 'One two **bold**.' }, { kind: 'list', ordered: false, items: ['a', 'b more'] }, { kind: 'list', ordered: true, items: ['x', 'y'] },
    { kind: 'table', head: ['n', 'v'], rows: [['p', '5']] }, { kind: 'code', text: '<b> | x' }, { kind: 'paragraph', text: '<script>' },
  ]);
  assert.deepEqual(readMarkdown(''), []);
  assert.deepEqual(readMarkdown('```\nopen'), [{ kind: 'code', text: 'open' }]);
});
