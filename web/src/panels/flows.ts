// Single requests of users: the recent ones, and for one of them the waterfall of its calls.
import { scaleLinear, select } from 'd3';
import type { Flow, Span } from '../wire';
import { button, clockTime, duration, h, setHidden, setText } from './dom';
import type { Panel } from './panel';

export interface Row { span: Span; depth: number }

/** Parents before their children, children by when they were sent; a span whose parent is missing counts as a root. */
export function rowsOf(spans: Span[]): Row[] {
  const known = new Set(spans.map((span) => span.spanId));
  const children = new Map<string, Span[]>();
  for (const span of spans) {
    const parent = span.parentSpanId !== null && known.has(span.parentSpanId) && span.parentSpanId !== span.spanId ? span.parentSpanId : '';
    children.set(parent, [...(children.get(parent) ?? []), span]);
  }
  const rows: Row[] = [];
  const visit = (id: string, depth: number): void => {
    for (const span of (children.get(id) ?? []).sort((a, b) => a.cs - b.cs)) {
      rows.push({ span, depth });
      visit(span.spanId, depth + 1);
    }
  };
  visit('', 0);
  return rows;
}

const good = (status: string): boolean => status === 'ok' || status === 'miss'; // a miss is an answer: there is no such key
/** A copy that another was faster than is no failure. */
const classOf = (status: string): string => (good(status) ? 'span' : status === 'cancelled' ? 'span cancelled' : 'span failed');
const rowHeight = 26;
const labelWidth = 122;

function drawWaterfall(svg: SVGSVGElement, flow: Flow): void {
  const width = svg.clientWidth || 320;
  const rows = rowsOf(flow.spans);
  const ends = flow.spans.map((span) => span.cr ?? span.ss ?? span.sr ?? span.cs);
  const from = Math.min(flow.startSimTimeMs, ...flow.spans.map((span) => span.cs));
  const x = scaleLinear().domain([from, Math.max(from + 1e-3, from + flow.durationMs, ...ends)]).range([labelWidth, width - 8]);
  // Nobody waits for a message that goes one way: it is over when it was served.
  const end = (span: Span): number => span.cr ?? span.ss ?? x.domain()[1]!;
  const root = select(svg).attr('height', rows.length * rowHeight + 6).attr('role', 'img').attr('aria-label', `Trace of ${flow.rootService}, ${duration(flow.durationMs)}, ${rows.length} calls`);
  const groups = root.selectAll<SVGGElement, Row>('g').data(rows, (row) => row.span.spanId).join((enter) => {
    const g = enter.append('g');
    g.append('text').attr('class', 'who').attr('y', 13);
    g.append('rect').attr('class', 'call').attr('y', 4).attr('height', 12).attr('rx', 3);
    g.append('rect').attr('class', 'work').attr('y', 7).attr('height', 6).attr('rx', 2);
    g.append('text').attr('class', 'took').attr('y', 24);
    g.append('title');
    return g;
  });
  groups.attr('transform', (_row, i) => `translate(0,${i * rowHeight})`).attr('class', (row) => classOf(row.span.status));
  groups.select('text.who').attr('x', (row) => Math.min(60, row.depth * 9)).text((row) => shortened(row.span.service, 16 - row.depth) + (row.span.attempt > 1 ? ` #${row.span.attempt}` : ''));
  groups.select('rect.call').attr('x', (row) => x(row.span.cs)).attr('width', (row) => Math.max(2, x(end(row.span)) - x(row.span.cs)));
  groups.select('rect.work').attr('x', (row) => x(row.span.sr ?? row.span.cs)).attr('width', (row) => (row.span.sr === null ? 0 : Math.max(1, x(row.span.ss ?? end(row.span)) - x(row.span.sr))));
  groups.select('text.took').attr('x', (row) => Math.min(x(row.span.cs), width - 70)).text((row) => `${duration(end(row.span) - row.span.cs)}${good(row.span.status) ? '' : ` ${row.span.status}`}`);
  groups.select('title').text((row) => `${row.span.source} → ${row.span.target === '' ? `${row.span.service} (not sent)` : row.span.target}\n${row.span.operation} ${row.span.status}, attempt ${row.span.attempt}`);
}

const shortened = (text: string, most: number): string => (text.length > most ? `${text.slice(0, Math.max(3, most - 1))}…` : text);

export const flows: Panel = (root, actions) => {
  const only = h('select', { 'aria-label': 'Which requests', 'data-testid': 'flow-filter' }, h('option', { value: '', text: 'all' }), h('option', { value: 'failed', text: 'failed' }), h('option', { value: 'slow', text: 'slowest first' }));
  const list = h('ul', { class: 'flows', 'data-testid': 'flows' });
  const none = h('p', { class: 'empty', text: 'No request has been traced yet.' });
  const title = h('h3');
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('class', 'waterfall');
  svg.setAttribute('data-testid', 'waterfall');
  const detail = h('section', { class: 'trace' }, h('div', { class: 'row' }, title, button('×', { class: 'quiet icon', 'aria-label': 'Close trace' }, () => void actions.openFlow(''))),
    h('p', { class: 'hint', text: 'Outer bar: as the caller saw it. Inner bar: in the service itself.' }), svg);
  root.append(h('div', { class: 'row' }, h('h2', { text: 'Requests' }), only), none, list, detail);
  return (state) => {
    const shown = state.flows.filter((flow) => only.value !== 'failed' || !good(flow.status));
    if (only.value === 'slow') shown.sort((a, b) => b.durationMs - a.durationMs);
    const rows = shown.slice(0, state.flow ? 8 : 24);
    setHidden(none, rows.length > 0);
    const items = select(list).selectAll<HTMLLIElement, Flow>('li').data(rows, (flow) => flow.traceId).join((enter) => {
      const li = enter.append('li');
      const item = li.append('button').attr('type', 'button').on('click', (_event, flow) => void actions.openFlow(flow.traceId));
      for (const name of ['when', 'who', 'took', 'outcome']) item.append('span').attr('class', name);
      return li;
    }).order();
    items.attr('class', (flow) => `${good(flow.status) ? '' : 'failed'}${flow.traceId === state.flow?.traceId ? ' current' : ''}`);
    items.select('span.when').text((flow) => clockTime(flow.startSimTimeMs));
    items.select('span.who').text((flow) => flow.rootService);
    items.select('span.took').text((flow) => duration(flow.durationMs));
    items.select('span.outcome').text((flow) => (good(flow.status) ? `${flow.hops} hops` : flow.status));
    setHidden(detail, state.flow === null);
    if (!state.flow) return;
    setText(title, `${state.flow.rootService} · ${duration(state.flow.durationMs)} · ${state.flow.status}`);
    drawWaterfall(svg, state.flow);
  };
};
