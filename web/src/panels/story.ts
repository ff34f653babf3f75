// The story that a simulation plays: what to look at, step by step, beside the picture; what is done; and what should come of it.
import { select } from 'd3';
import type { Actions } from '../actions';
import type { Expectation, Outcome, Scenario } from '../wire';
import { button, clockTime, h, setHidden, setText } from './dom';
import type { Panel } from './panel';

/** Where stories begin, with how many parts each has: those that go on from another one are found there. */
export function beginningsOf(scenarios: Scenario[]): { scenario: Scenario; parts: number }[] {
  const byName = new Map(scenarios.map((scenario) => [scenario.name, scenario]));
  const later = new Set(scenarios.map((scenario) => scenario.next));
  return scenarios.filter((scenario) => !later.has(scenario.name)).map((scenario) => {
    const seen = new Set<string>();
    for (let at: Scenario | undefined = scenario; at && !seen.has(at.name); at = byName.get(at.next)) seen.add(at.name);
    return { scenario, parts: seen.size };
  });
}

export interface Line { key: string; atMs: number; kind: 'look' | 'deed'; text: string; state: string; reason: string }

/** What there is to see and what is done, by time; of the same time what is done comes first. A deed without words of its own is told by the story, unless it was refused. */
export function linesOf(outcome: Outcome): Line[] {
  const looks = outcome.story.map((point, i): Line => ({ key: `look${i}`, atMs: point.atMs, kind: 'look', text: point.text, state: '', reason: '' }));
  const told = outcome.actions.filter((action) => action.text !== '' || action.state === 'refused');
  const deeds = told.map((action, i): Line => ({ key: `deed${i}`, atMs: action.atMs, kind: 'deed', text: action.text || action.request, state: action.state, reason: action.reason }));
  return [...deeds, ...looks].sort((a, b) => a.atMs - b.atMs);
}

/** The last thing to look at whose time has come. */
export const currentLook = (lines: Line[], nowMs: number): string => lines.filter((line) => line.kind === 'look' && line.atMs <= nowMs).pop()?.key ?? '';

const stateWords: Record<string, string> = { pending: 'not yet', met: 'met', notMet: 'not met' };
const stateSigns: Record<string, string> = { pending: '○', met: '✔', notMet: '✖' };
const verdictWords: Record<string, string> = { pending: 'open', met: 'as expected', notMet: 'not as expected' };
const deedSigns: Record<string, string> = { pending: '▷', done: '▶', refused: '✖' };

function drawLines(root: HTMLElement, lines: Line[], nowMs: number): void {
  const current = currentLook(lines, nowMs);
  const items = select(root).selectAll<HTMLLIElement, Line>('li').data(lines, (line) => line.key).join((enter) => {
    const li = enter.append('li');
    li.append('time');
    li.append('span').attr('class', 'sign').attr('aria-hidden', 'true');
    li.append('p');
    return li;
  }).order();
  items.attr('class', (line) => `${line.kind} ${line.state} ${line.atMs > nowMs ? 'ahead' : ''} ${line.key === current ? 'current' : ''}`.trim()).attr('aria-current', (line) => (line.key === current ? 'step' : null));
  items.select('time').text((line) => clockTime(line.atMs));
  items.select('.sign').text((line) => (line.kind === 'deed' ? (deedSigns[line.state] ?? '') : ''));
  items.select('p').text((line) => `${line.text}${line.reason === '' ? '' : ` (refused: ${line.reason})`}`);
}

function drawExpectations(root: HTMLElement, expectations: Expectation[]): void {
  const items = select(root).selectAll<HTMLLIElement, Expectation>('li').data(expectations, (e) => `${e.text} ${e.wanted}`).join((enter) => {
    const li = enter.append('li').attr('data-testid', 'expectation');
    li.append('span').attr('class', 'sign').attr('aria-hidden', 'true');
    li.append('p').attr('class', 'what');
    li.append('span').attr('class', 'badge');
    li.append('p').attr('class', 'hint');
    return li;
  }).order();
  items.attr('class', (e) => e.state).attr('data-state', (e) => e.state);
  items.select('.sign').text((e) => stateSigns[e.state] ?? '');
  items.select('.what').text((e) => e.text);
  items.select('.badge').attr('class', (e) => `badge ${e.state}`).text((e) => stateWords[e.state] ?? e.state);
  items.select('.hint').text((e) => `${e.wanted}${e.found === '' ? '' : `; it was ${e.found}`}`);
}

export const story: Panel = (root, actions: Actions) => {
  const none = h('div', {}, h('p', { class: 'empty', text: 'This simulation plays no story.' }), button('Start one …', { 'data-testid': 'start-story' }, () => actions.setDialog('start')));
  const title = h('h2', { 'data-testid': 'story-title' });
  const verdict = h('span', { class: 'badge', 'data-testid': 'story-verdict' });
  const lines = h('ol', { class: 'story-lines', 'data-testid': 'story' });
  const expected = h('ul', { class: 'expected' });
  const next = button('', { class: 'primary', 'data-testid': 'next-story' }, () => {
    if (latest) void actions.create({ scenario: latest.next, speed: 1 });
  });
  const body = h('div', {}, h('div', { class: 'row' }, title, verdict), lines, h('section', {}, h('h3', { text: 'What should come of it' }), expected), next);
  let latest: Outcome | null = null;
  let read = '';
  root.append(none, body);
  return (state) => {
    latest = state.outcome;
    setHidden(none, latest !== null);
    setHidden(body, latest === null);
    if (!latest) return;
    const now = state.view?.simTimeMs ?? latest.simTimeMs;
    setText(title, latest.title);
    verdict.className = `badge ${latest.verdict}`;
    setText(verdict, verdictWords[latest.verdict] ?? latest.verdict);
    const all = linesOf(latest);
    drawLines(lines, all, now);
    drawExpectations(expected, latest.expectations);
    setHidden(next, latest.next === '');
    setText(next, `Go on: ${state.scenarios.find((scenario) => scenario.name === latest!.next)?.title ?? latest.next}`);
    // The step that has just begun comes into sight; who has scrolled to read something else is left alone until the next one.
    const current = currentLook(all, now);
    if (current !== read) lines.querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest' });
    read = current;
  };
};
