// Two simulations beside each other: what people did otherwise, where they part, and what came of it, with how sure that is.
import { select } from 'd3';
import type { Actions } from '../actions';
import type { State } from '../store';
import type { Comparison, Metric, Parting } from '../wire';
import { button, clockTime, duration, field, figure, h, percent, setHidden, setOptions, setText } from './dom';
import { commandText } from './forks';
import { showProblem } from './form';
import type { Render } from './panel';

const metricWords: Record<string, string> = {
  rate: 'requests/s', errorRate: 'errors/s', errorShare: 'failed', utilisation: 'utilisation', inFlight: 'in flight', queue: 'queued', meanMs: 'mean', p50Ms: 'p50', p95Ms: 'p95', p99Ms: 'p99',
  p999Ms: 'p99.9', instances: 'instances',
};
const shares = new Set(['errorShare', 'utilisation']);
/** More of it is worse. */
const bad = new Set(['errorRate', 'errorShare', 'queue', 'inFlight', 'meanMs', 'p50Ms', 'p95Ms', 'p99Ms', 'p999Ms', 'utilisation']);
const servicesShown = 8;

export function metricText(metric: Pick<Metric, 'name' | 'unit'>, value: number | null): string {
  if (value === null) return '–';
  if (metric.unit === 'ms') return duration(value);
  if (shares.has(metric.name)) return percent(value);
  return metric.name === 'instances' ? value.toFixed(0) : figure(value);
}

/** "+12.0 ms ± 3.0 ms", "−4"; "same". */
export function differenceText(metric: Metric): string {
  const { difference, low, high } = metric;
  if (difference === null) return '–';
  if (difference === 0) return 'same';
  const half = low !== null && high !== null ? (high - low) / 2 : null;
  const say = (value: number): string => (metric.unit === 'ms' ? duration(value) : shares.has(metric.name) ? percent(value) : metric.name === 'instances' ? value.toFixed(0) : figure(value));
  return `${difference > 0 ? '+' : '−'}${say(Math.abs(difference))}${half === null || half === 0 ? '' : ` ± ${say(half)}`}`;
}

export type Verdict = 'same' | 'better' | 'worse' | 'other' | 'unsure';

/** Unsure: the interval of the difference holds 0. */
export function verdictOf(metric: Metric): Verdict {
  const { difference, low, high } = metric;
  if (difference === null || difference === 0) return 'same';
  if (low !== null && high !== null && low <= 0 && high >= 0) return 'unsure';
  if (!bad.has(metric.name)) return 'other';
  return difference > 0 ? 'worse' : 'better';
}
const verdictSigns: Record<Verdict, string> = { same: '=', better: '▼', worse: '▲', other: '≠', unsure: '≈' };
const verdictWords: Record<Verdict, string> = { same: 'the same', better: 'better in the candidate', worse: 'worse in the candidate', other: 'different', unsure: 'may be chance' };

/** Users first, then the services whose figures differ most, by their worst relative difference in failures or times. */
export function subjectsByDifference(metrics: Metric[]): string[] {
  const weight = new Map<string, number>();
  for (const metric of metrics) {
    if (!weight.has(metric.subject)) weight.set(metric.subject, 0);
    if (!['errorShare', 'meanMs', 'p99Ms', 'instances'].includes(metric.name) || metric.difference === null) continue;
    const size = metric.name === 'errorShare' ? 10 * Math.abs(metric.difference) : Math.abs(metric.difference) / Math.max(1e-9, Math.abs(metric.base ?? 0), Math.abs(metric.candidate ?? 0));
    weight.set(metric.subject, Math.max(weight.get(metric.subject)!, size));
  }
  return [...weight.keys()].sort((a, b) => (a === 'users' ? -1 : b === 'users' ? 1 : weight.get(b)! - weight.get(a)!));
}

/** What it comes to, in a sentence. */
export function verdictText(c: Comparison): string {
  if (c.same) return 'They are the same, event by event.';
  const { base, candidate } = c.requests;
  const [n, m] = [base.failed, candidate.failed].map((count) => count.toLocaleString('en'));
  const sent = base.sent === candidate.sent ? `${base.sent.toLocaleString('en')} sent` : `${candidate.sent.toLocaleString('en')} and ${base.sent.toLocaleString('en')} sent`;
  if (base.failed === candidate.failed) return `As many requests of users failed in both: ${n}, of ${sent}.`;
  const difference = Math.abs(candidate.failed - base.failed).toLocaleString('en');
  return `${difference} ${candidate.failed > base.failed ? 'more' : 'fewer'} requests of users failed in ${c.candidate}: ${m}, against ${n} in ${c.base}, of ${sent}.`;
}

const columns = ['what', 'base', 'candidate', 'difference', 'sign'] as const;

/** Who fails is quick and idle: that is not better. */
export function verdictsOf(metrics: Metric[]): (metric: Metric) => Verdict {
  const fails = metrics.some((metric) => metric.name === 'errorShare' && verdictOf(metric) === 'worse');
  return (metric) => (fails && verdictOf(metric) === 'better' ? 'other' : verdictOf(metric));
}

function drawTable(root: HTMLElement, metrics: Metric[]): void {
  const verdict = verdictsOf(metrics);
  const rows = select(root).selectAll<HTMLTableRowElement, Metric>('tr').data(metrics, (metric) => `${metric.subject} ${metric.name}`).join((enter) => {
    const row = enter.append('tr');
    for (const name of columns) row.append('td').attr('class', name);
    return row;
  }).order();
  rows.attr('class', verdict).attr('data-metric', (metric) => metric.name);
  rows.select('.what').text((metric) => metricWords[metric.name] ?? metric.name);
  rows.select('.base').text((metric) => metricText(metric, metric.base));
  rows.select('.candidate').text((metric) => metricText(metric, metric.candidate));
  rows.select('.difference').text(differenceText).attr('title', (metric) => (metric.low === null || metric.high === null ? 'No interval' : `${metricText(metric, metric.low)} to ${metricText(metric, metric.high)}`));
  rows.select('.sign').text((metric) => verdictSigns[verdict(metric)]).attr('title', (metric) => verdictWords[verdict(metric)]).attr('aria-label', (metric) => verdictWords[verdict(metric)]);
}

function drawSubjects(root: HTMLElement, c: Comparison, subject: string): void {
  const order = subjectsByDifference(c.metrics);
  const wanted = subject === '' ? order.slice(0, 1 + servicesShown) : [subject];
  const boxes = select(root).selectAll<HTMLElement, string>('section').data(wanted, (name) => name).join((enter) => {
    const box = enter.append('section').attr('class', 'subject');
    box.append('h3');
    const table = box.append('table').attr('class', 'metrics');
    const head = table.append('thead').append('tr');
    for (const name of ['', 'base', 'candidate', 'difference', '']) head.append('th').attr('scope', 'col').text(name);
    table.append('tbody');
    return box;
  }).order();
  boxes.attr('data-subject', (name) => name).select('h3').text((name) => (name === 'users' ? 'What users see' : name));
  boxes.each(function (name) {
    drawTable(this.querySelector('tbody')!, c.metrics.filter((metric) => metric.subject === name));
  });
}

const partingText = (parting: Parting): string => `They part at ${clockTime(parting.simTimeMs)}, with the first event that is not the same:`;

export function comparisonSheet(root: HTMLElement, actions: Actions): Render {
  const base = h('select', { 'data-testid': 'compare-base' });
  const candidate = h('select', { 'data-testid': 'compare-candidate' });
  const from = h('input', { type: 'number', min: '0', placeholder: 'where they part', 'data-testid': 'compare-from' });
  const until = h('input', { type: 'number', min: '0', placeholder: 'as far as both are' });
  const subject = h('select', { 'data-testid': 'compare-subject' });
  const verdict = h('p', { class: 'verdict', 'data-testid': 'verdict' });
  const period = h('p', { class: 'hint' });
  const did = h('p', { 'data-testid': 'first-command' });
  const event = h('p', { 'data-testid': 'first-event' });
  const lines = h('pre', { class: 'lines' });
  const waiting = h('p', { class: 'hint', role: 'status', text: 'Both are run once more …' });
  const tables = h('div', { class: 'subjects' });
  let latest: State | null = null;
  const look = button('Look at that moment', { 'data-testid': 'look-at' }, () => {
    const result = latest?.comparison?.result;
    if (result) void actions.forks.lookAt(result.candidate, result.firstEvent?.simTimeMs ?? result.partedSimTimeMs);
  });
  const form = h('form', { class: 'grid five', novalidate: '' }, field('Base', base, '', '?base'), field('Candidate', candidate, '', '?candidate'),
    field('From', from, 's', '?fromSimTimeMs'), field('Until', until, 's', '?untilSimTimeMs'), h('button', { type: 'submit', class: 'primary', 'data-testid': 'compare', text: 'Compare' }));
  const ask = (): void => void actions.forks.compare({
    base: base.value, candidate: candidate.value, ...(from.value === '' ? {} : { fromSimTimeMs: Number(from.value) * 1000 }), ...(until.value === '' ? {} : { untilSimTimeMs: Number(until.value) * 1000 }),
  });
  form.addEventListener('submit', (submitted) => {
    submitted.preventDefault();
    ask();
  });
  subject.addEventListener('change', () => {
    if (latest?.comparison?.result) drawSubjects(tables, latest.comparison.result, subject.value);
  });
  const answer = h('div', { class: 'answer' }, verdict, period, did, h('div', { class: 'row wrap' }, event, look), lines, field('Figures of', subject), tables);
  root.append(h('h2', { text: 'Compare' }), form, waiting, answer);
  let asked = '';
  let drawn: Comparison | null = null;
  return (state) => {
    latest = state;
    const { comparison } = state;
    const ids = state.simulations.map((s) => ({ value: s.id, label: s.id }));
    const fresh = comparison !== null && comparison.key !== asked;
    setOptions(base, ids, fresh ? comparison.query.base : base.value);
    setOptions(candidate, ids, fresh ? comparison.query.candidate : candidate.value);
    if (fresh) {
      asked = comparison.key;
      from.value = comparison.query.fromSimTimeMs === undefined ? '' : String(comparison.query.fromSimTimeMs / 1000);
      until.value = comparison.query.untilSimTimeMs === undefined ? '' : String(comparison.query.untilSimTimeMs / 1000);
      showProblem(form, null);
    }
    const result = comparison?.result ?? null;
    setHidden(waiting, comparison === null || result !== null || comparison.problem !== null);
    setHidden(answer, result === null);
    if (comparison?.problem && form.dataset.said !== comparison.key) {
      form.dataset.said = comparison.key;
      showProblem(form, comparison.problem);
    } else if (!comparison?.problem) form.dataset.said = '';
    if (!result || result === drawn) return;
    drawn = result;
    setText(verdict, verdictText(result));
    setText(period, `${clockTime(result.fromSimTimeMs)} to ${clockTime(result.untilSimTimeMs)} of simulated time${result.related ? `; the same until ${clockTime(result.partedSimTimeMs)}` : '; not related'}. ± with a chance of ${Number((result.confidence * 100).toPrecision(4))} %.`);
    const command = result.firstCommand;
    setText(did, command ? `First done otherwise, at ${clockTime(command.simTimeMs)}: ${command.candidate ? commandText(command.candidate) : 'nothing'} in ${result.candidate}, ${command.base ? commandText(command.base) : 'nothing'} in ${result.base}.` : 'Nothing was done otherwise.');
    setText(event, result.firstEvent ? partingText(result.firstEvent) : 'Every event is the same.');
    setHidden(look, result.firstEvent === null);
    setText(lines, result.firstEvent ? `${result.base}: ${result.firstEvent.base || '–'}\n${result.candidate}: ${result.firstEvent.candidate || '–'}` : '');
    setHidden(lines, result.firstEvent === null);
    const order = subjectsByDifference(result.metrics);
    setOptions(subject, [{ value: '', label: `users and the ${Math.min(servicesShown, order.length - 1)} services that differ most` }, ...order.map((name) => ({ value: name, label: name }))], order.includes(subject.value) ? subject.value : '');
    drawSubjects(tables, result, subject.value);
  };
}
