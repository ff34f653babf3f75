// What happened when: the load of users and its errors over simulated time, the status as a ribbon, faults as spans, events as marks.
import { area, axisBottom, curveMonotoneX, scaleLinear, select, type ScaleLinear } from 'd3';
import type { Sample, State } from '../store';
import type { Fault, SimEvent } from '../wire';
import { button, clockTime, h, setHidden, setText } from './dom';
import { logLines, type LogLine } from './log';
import { describeTarget } from './parts';
import type { Panel } from './panel';

const windows = [{ ms: 30_000, label: '30 s' }, { ms: 120_000, label: '2 min' }, { ms: 600_000, label: '10 min' }, { ms: 0, label: 'All' }];
const height = 118;
const margin = { left: 52, right: 26, top: 6, bottom: 20 };
const rows = { marks: 16, chart: 26, chartEnd: 72, faults: 76, faultHeight: 15, ribbon: 94 };
const lanesMax = 4;
const washesMax = 4;
const pointsMax = 400;
const unseenLeastMs = 1_500;
/** Pixels that its words need. */
const unseenWide = 290;

/** Marks for people: what was commanded, what broke, what changed; comings and goings of single instances would hide them. */
export const isMark = (event: SimEvent): boolean => event.severity !== 'info' || /^(fault|service|deployment\.(started|ended)|status|notice|traffic|instance\.died|experiment\.(started|ended)|evacuation\.(started|ended)|safetyLever|chaos)/.test(event.type);

export interface Piece { key: number; from: number; to: number; status: string }

/** Neighbouring samples of the same status as one piece. */
export function ribbon(samples: Sample[], end: number): Piece[] {
  const pieces: Piece[] = [];
  for (const sample of samples) {
    const last = pieces[pieces.length - 1];
    if (last && last.status === sample.status) last.to = sample.simTimeMs;
    else {
      if (last) last.to = sample.simTimeMs;
      pieces.push({ key: sample.simTimeMs, from: sample.simTimeMs, to: sample.simTimeMs, status: sample.status });
    }
  }
  const last = pieces[pieces.length - 1];
  if (last) last.to = end;
  return pieces;
}

function thin(samples: Sample[]): Sample[] {
  const every = Math.ceil(samples.length / pointsMax);
  return every <= 1 ? samples : samples.filter((_sample, i) => i === samples.length - 1 || i % every === 0);
}

type X = ScaleLinear<number, number>;
type Root = ReturnType<typeof select<SVGSVGElement, unknown>>;

function drawLoad(root: Root, samples: Sample[], x: X): void {
  const most = Math.max(1, ...samples.map((sample) => sample.rate)) * 1.1;
  const y = scaleLinear().domain([0, most]).range([rows.chartEnd, rows.chart]);
  const shape = (get: (sample: Sample) => number): string | null =>
    area<Sample>().x((s) => x(s.simTimeMs)).y0(rows.chartEnd).y1((s) => y(get(s))).curve(curveMonotoneX)(thin(samples));
  root.select('path.load').attr('d', shape((s) => s.rate));
  root.select('path.errors').attr('d', shape((s) => Math.min(s.rate, s.errorRate)));
  root.select('text.most').text(`${most > 100 ? Math.round(most / 1.1) : (most / 1.1).toFixed(1)}`);
}

/** Up to when there are no figures of what the chart shows, because nobody looked at that time; null: all of it was seen. */
export function unseenUntil(samples: Sample[], from: number): number | null {
  const first = samples[0]?.simTimeMs ?? null;
  return first !== null && first - from > unseenLeastMs ? first : null;
}

function drawUnseen(root: Root, until: number | null, x: X): void {
  const [from] = x.domain() as [number, number];
  const end = until === null ? 0 : x(until);
  const wide = end - x(from) > unseenWide;
  const group = root.select<SVGGElement>('g.unseen').attr('display', until === null ? 'none' : null);
  group.select('line').attr('x1', x(from)).attr('x2', Math.max(x(from), end)).attr('y1', rows.chartEnd).attr('y2', rows.chartEnd);
  group.select('text').attr('x', end - 8).attr('y', rows.chartEnd - 8).text(until === null || !wide ? '' : `no figures before ${clockTime(until)}: the page was not open`);
  group.select('title').text(until === null ? '' : `The page shows figures from ${clockTime(until)} on, when it was opened; events and faults of before are all here`);
}

/** Faults of the same time lie under each other: the lane of each, and how many lanes there are. */
export function faultLanes(faults: { id: string; from: number; to: number }[]): { lanes: Map<string, number>; count: number } {
  const ends: number[] = [];
  const lanes = new Map<string, number>();
  for (const fault of [...faults].sort((a, b) => a.from - b.from || a.id.localeCompare(b.id, 'en', { numeric: true }))) {
    const free = ends.findIndex((end) => end <= fault.from);
    const lane = free >= 0 ? free : ends.length < lanesMax ? ends.length : lanesMax - 1;
    ends[lane] = Math.max(ends[lane] ?? 0, fault.to);
    lanes.set(fault.id, lane);
  }
  return { lanes, count: Math.max(1, ends.length) };
}

function drawFaults(root: Root, faults: Fault[], x: X, now: number): void {
  const [from, to] = x.domain() as [number, number];
  const end = (fault: Fault): number => fault.endedSimTimeMs ?? (fault.state === 'active' ? now : fault.startedSimTimeMs);
  const shown = faults.filter((fault) => end(fault) >= from && fault.startedSimTimeMs <= to);
  const { lanes, count } = faultLanes(shown.map((fault) => ({ id: fault.id, from: fault.startedSimTimeMs, to: end(fault) })));
  const each = rows.faultHeight / count;
  const left = (fault: Fault): number => x(Math.max(from, fault.startedSimTimeMs));
  const groups = root.select('g.fault-spans').selectAll<SVGGElement, Fault>('g').data(shown, (fault) => fault.id).join((enter) => {
    const g = enter.append('g').attr('data-testid', 'fault-span');
    g.append('rect').attr('y', rows.chart - 4).attr('height', rows.faults + rows.faultHeight - rows.chart + 4).attr('class', 'wash');
    g.append('rect').attr('rx', 2).attr('class', 'bar');
    g.append('text').attr('y', rows.faults + 11);
    g.append('title');
    return g;
  });
  groups.attr('class', (fault) => fault.state);
  // Many washes lie over each other, and the figures are to show through them all.
  groups.select('rect.wash').attr('fill-opacity', Math.min(1, washesMax / Math.max(1, shown.length)));
  groups.selectAll<SVGRectElement, Fault>('rect').data((fault) => [fault, fault]).attr('x', left).attr('width', (fault) => Math.max(3, x(Math.min(to, end(fault))) - left(fault)));
  groups.select('rect.bar').attr('y', (fault) => rows.faults + (lanes.get(fault.id) ?? 0) * each).attr('height', Math.max(2, each - (count > 1 ? 1 : 0)));
  groups.select('text').attr('x', (fault) => left(fault) + 5).text((fault) => (count === 1 && x(Math.min(to, end(fault))) - left(fault) > 70 ? describeTarget(fault.selector) : ''));
  groups.select('title').text((fault) => `${fault.type}: ${describeTarget(fault.selector)}, ${clockTime(fault.startedSimTimeMs)} to ${fault.endedSimTimeMs === null ? 'now' : clockTime(fault.endedSimTimeMs)}`);
}

const markShape = (event: SimEvent): string =>
  event.severity === 'error' ? 'M0,-5.5L5.5,0L0,5.5L-5.5,0Z' : event.severity === 'warning' ? 'M0,-5.5L5.2,4H-5.2Z' : 'M-3.6,0a3.6,3.6 0 1,0 7.2,0a3.6,3.6 0 1,0 -7.2,0Z';

function drawMarks(root: Root, events: SimEvent[], x: X, choose: (event: SimEvent) => void): void {
  const [from] = x.domain() as [number, number];
  root.select('g.marks').selectAll<SVGGElement, SimEvent>('g').data(events.filter((event) => isMark(event) && event.simTimeMs >= from), (event) => event.seq)
    .join((enter) => {
      const g = enter.append('g').attr('data-testid', 'event-mark').on('click mouseenter', (_event, d) => choose(d));
      g.append('path');
      g.append('title');
      return g;
    })
    .attr('class', (event) => event.severity)
    .attr('transform', (event) => `translate(${x(event.simTimeMs)},${rows.marks - 4})`)
    .call((g) => g.select('path').attr('d', markShape))
    .call((g) => g.select('title').text((event) => `${clockTime(event.simTimeMs)} ${event.message}`));
}

function drawRibbon(root: Root, pieces: Piece[], x: X): void {
  const [from] = x.domain() as [number, number];
  root.select('g.ribbon').selectAll<SVGRectElement, Piece>('rect').data(pieces.filter((piece) => piece.to >= from), (piece) => piece.key).join('rect')
    .attr('class', (piece) => piece.status.replace(/[^a-z]+/g, '-'))
    .attr('x', (piece) => x(Math.max(from, piece.from))).attr('width', (piece) => Math.max(0, x(piece.to) - x(Math.max(from, piece.from))))
    .attr('y', rows.ribbon).attr('height', 4);
}

function drawLog(list: HTMLElement, events: SimEvent[]): void {
  const items = select(list).selectAll<HTMLLIElement, LogLine>('li').data(logLines(events), (line) => line.key).join((enter) => {
    const li = enter.append('li');
    li.append('time');
    li.append('span').attr('class', 'message');
    return li;
  }).order();
  items.attr('class', (line) => line.severity).attr('data-type', (line) => line.type).attr('title', (line) => line.title || null);
  items.select('time').text((line) => clockTime(line.simTimeMs));
  items.select('span.message').text((line) => line.text);
}

export const timeline: Panel = (root, actions) => {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('role', 'img');
  svg.setAttribute('aria-label', 'Timeline of load, errors, faults and events');
  const chart = select(svg).attr('height', height);
  chart.append('path').attr('class', 'load');
  chart.append('path').attr('class', 'errors');
  const unseen = chart.append('g').attr('class', 'unseen').attr('data-testid', 'unseen').attr('display', 'none');
  for (const name of ['line', 'text', 'title']) unseen.append(name);
  for (const name of ['ribbon', 'fault-spans', 'axis', 'marks']) chart.append('g').attr('class', name);
  for (const [text, y, name] of [['events', rows.marks, ''], ['', rows.chart + 8, 'most'], ['req/s', rows.chart + 22, ''], ['faults', rows.faults + 10, '']] as const) {
    chart.append('text').attr('class', `row ${name}`).attr('x', 44).attr('y', y).text(text);
  }
  const ranges = h('div', { class: 'segmented small', role: 'radiogroup', 'aria-label': 'Span of the timeline' });
  for (const { ms, label } of windows) {
    const item = h('button', { type: 'button', role: 'radio', 'data-ms': String(ms), text: label });
    item.addEventListener('click', () => actions.setWindow(ms));
    ranges.append(item);
  }
  const log = h('ol', { class: 'log', 'data-testid': 'event-log', tabindex: '0', 'aria-label': 'Events, newest first' });
  const chosen = h('span', { class: 'hint chosen' });
  let moment: SimEvent | null = null;
  const look = button('Look at that moment', { class: 'quiet small', 'data-testid': 'event-look', title: 'Opens a copy of the simulation that stands still at the time of the event', hidden: '' }, () => {
    if (moment) void actions.forks.lookAt(simulation, moment.simTimeMs);
  });
  let simulation = '';
  root.append(h('div', { class: 'chart' }, h('div', { class: 'row tools' }, h('h2', { text: 'Timeline' }), ranges, chosen, look), svg), log);
  const choose = (event: SimEvent): void => {
    moment = event;
    setText(chosen, `${clockTime(event.simTimeMs)} ${event.message}`);
    setHidden(look, false);
  };
  return (state: State) => {
    const { view } = state;
    if (state.simulationId !== simulation) {
      simulation = state.simulationId;
      moment = null;
      setText(chosen, '');
      setHidden(look, true);
    }
    for (const item of ranges.children) item.setAttribute('aria-checked', `${item.getAttribute('data-ms') === String(state.windowMs)}`);
    drawLog(log, state.events);
    if (!view) return;
    const now = view.simTimeMs;
    const width = svg.clientWidth || 800;
    const from = state.windowMs === 0 ? Math.min(state.samples[0]?.simTimeMs ?? 0, state.events[0]?.simTimeMs ?? 0) : Math.max(0, now - state.windowMs);
    const x = scaleLinear().domain([from, Math.max(from + (state.windowMs || 1000), now)]).range([margin.left, width - margin.right]);
    const firstShown = state.samples.findIndex((sample) => sample.simTimeMs >= from);
    const samples = firstShown < 0 ? [] : state.samples.slice(Math.max(0, firstShown));
    drawLoad(chart, samples, x);
    drawUnseen(chart, unseenUntil(state.samples, from), x);
    drawRibbon(chart, ribbon(samples, now), x);
    drawFaults(chart, state.faults, x, now);
    drawMarks(chart, state.events, x, choose);
    chart.select<SVGGElement>('g.axis').attr('transform', `translate(0,${height - margin.bottom})`)
      .call(axisBottom(x).ticks(Math.max(3, width / 110)).tickFormat((v) => (clockTime(Number(v)))).tickSize(3));
  };
};
