// Everything about the selected node: state, figures, histogram, and what can be done to it.
import { select } from 'd3';
import { selectedNode, value, type Kind, type State } from '../store';
import type { GraphNode } from '../wire';
import { button, duration, figure, h, percent, setHidden, setText } from './dom';
import { callsOf, drawCalls } from './calls';
import { functionFiguresOf } from './function';
import { drawHistogram } from './histogram';
import type { Panel } from './panel';
import { periodOf, sureOf } from './sure';

const kinds: { kind: Kind; label: string; title: string }[] = [
  { kind: 'response', label: 'Response', title: 'From client send to client receive, last 10 s' },
  { kind: 'service', label: 'Service', title: 'From server receive to server send, whole run' },
  { kind: 'network', label: 'Network', title: 'On the way there and back, whole run' },
];

interface Figure { key: string; label: string; text: string; hint?: string }

function figuresOf(node: GraphNode, state: State): Figure[] {
  const columns = state.view!.nodeValues;
  const get = (column: string): number => value(columns, column, node.index);
  return [
    { key: 'rate', label: 'requests/s', text: figure(get('rate')) },
    { key: 'errors', label: 'errors/s', text: figure(get('errorRate')) },
    { key: 'utilisation', label: 'utilisation', text: percent(get('utilisation')) },
    { key: 'inFlight', label: 'in flight', text: figure(get('inFlight')) },
    { key: 'queue', label: 'queued', text: figure(get('queue')) },
    ...(get('shedRate') > 0 ? [{ key: 'shed', label: 'shed/s', text: figure(get('shedRate')), hint: 'Turned down as they arrived' }] : []),
    ...(get('uselessRate') > 0 ? [{ key: 'useless', label: 'useless/s', text: figure(get('uselessRate')), hint: 'Answered when nobody waited any more' }] : []),
    { key: 'p50', label: 'p50', text: duration(get('p50Ms')) },
    { key: 'p99', label: 'p99', text: duration(get('p99Ms')) },
  ];
}

function factsOf(node: GraphNode): Figure[] {
  const n = node.instances;
  const parts = [['up', n.up], ['starting', n.starting], ['draining', n.draining], ['down', n.down], ['gone', n.dead]].filter(([, count]) => Number(count) > 0);
  return [
    { key: 'service', label: 'service', text: node.service || '–' },
    { key: 'package', label: 'package', text: node.package || '–' },
    { key: 'version', label: 'version', text: node.version || '–' },
    ...(node.role ? [{ key: 'role', label: 'role', text: node.role }] : []),
    { key: 'place', label: 'place', text: node.region === '*' || node.region === '' ? 'global' : node.zone === '*' || node.zone === '' ? node.region : `${node.region} ${node.zone}` },
    ...(node.level === 'instance' ? [] : [{ key: 'instances', label: 'instances', text: parts.map(([word, count]) => `${count} ${word}`).join(', ') || '0' }]),
  ];
}

/** What a fault on a node is on. */
function aimOf(node: GraphNode): [string, string] {
  if (node.level === 'instance') return ['instances', node.id];
  if (node.level === 'zone' && node.zone !== '*') return ['zones', node.id];
  if (node.level === 'region' && node.region !== '*') return ['regions', node.region];
  return ['services', node.service];
}

const rows = (root: HTMLElement, figures: Figure[]): void => {
  select(root).selectAll<HTMLDivElement, Figure>('div').data(figures, (f) => f.key)
    .join((enter) => {
      const row = enter.append('div').attr('data-figure', (f) => f.key);
      row.append('dd');
      row.append('dt');
      return row;
    })
    .call((row) => row.select('dt').text((f) => f.label))
    .call((row) => row.select('dd').text((f) => f.text))
    .attr('title', (f) => f.hint ?? null);
};

export const nodePanel: Panel = (root, actions) => {
  let node: GraphNode | null = null;
  const title = h('h2', { 'data-testid': 'node-name' });
  const badge = h('span', { class: 'badge', 'data-testid': 'node-state' });
  const facts = h('dl', { class: 'facts' });
  const figures = h('dl', { class: 'tiles' });
  const functions = h('dl', { class: 'tiles', 'data-testid': 'function' });
  const sure = h('dl', { class: 'tiles sure', 'data-testid': 'sure' });
  const period = h('p', { class: 'hint', 'data-testid': 'sure-period' });
  const switcher = h('div', { class: 'segmented small', role: 'radiogroup', 'aria-label': 'Kind of time' });
  for (const { kind, label, title: hint } of kinds) switcher.append(button(label, { role: 'radio', 'data-kind': kind, title: hint }, () => actions.setKind(kind)));
  const chart = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  chart.setAttribute('class', 'histogram');
  chart.setAttribute('data-testid', 'histogram');
  const caption = h('p', { class: 'hint', 'data-testid': 'histogram-caption' });
  const calls = h('table', { class: 'calls', 'data-testid': 'calls' });
  const callsTitle = h('h3', { class: 'later', text: 'Calls' });
  const kill = button('Kill instance', { class: 'danger', 'data-testid': 'kill' }, () => node && void actions.faults.kill(node.id));
  const around = button('Only its neighbours', { 'data-testid': 'focus' }, () => node && actions.setView({ focus: node.id }));
  const operate = button('Scale', { 'data-testid': 'node-operate' }, () => actions.setTab('operate'));
  const push = button('Push', { 'data-testid': 'node-push' }, () => actions.setTab('push'));
  const faulty = button('Break …', { 'data-testid': 'node-break' }, () => {
    if (!node) return;
    const [kind, value] = aimOf(node);
    actions.faults.aimAt(kind, value);
  });
  const empty = h('p', { class: 'empty', text: 'Select a node in the picture, or press / to find one.' });
  const body = h('div', { class: 'node-body' },
    h('div', { class: 'row' }, title, badge, button('×', { class: 'quiet icon', 'aria-label': 'Close (Esc)', 'data-testid': 'node-close' }, () => actions.select(''))),
    facts, figures, functions, sure, period, h('div', { class: 'row wrap acts' }, kill, faulty, operate, push, around), h('h3', { text: 'How long requests take' }), switcher, chart, caption, callsTitle, calls);
  root.append(empty, body);
  return (state) => {
    node = selectedNode(state);
    setHidden(empty, node !== null);
    setHidden(body, node === null);
    if (!node) return;
    setText(title, node.level === 'instance' ? (node.id.split('.').pop() ?? node.name) : node.name);
    title.title = node.id;
    badge.className = `badge ${node.state}`;
    setText(badge, node.state === 'dead' ? 'gone' : node.state);
    rows(facts, factsOf(node));
    rows(figures, figuresOf(node, state));
    const service = node.service;
    rows(functions, functionFiguresOf(state.services.find((s) => s.name === service)?.function ?? null));
    rows(sure, state.statistics ? sureOf(state.statistics, node.level) : []);
    setText(period, state.statistics ? periodOf(state.statistics, node.level) : '');
    for (const item of switcher.children) item.setAttribute('aria-checked', `${item.getAttribute('data-kind') === state.histogramKind}`);
    drawHistogram(chart, state.histogram);
    const zone = node.zone === '*' || node.zone === '' || node.level === 'service' ? '' : ` in ${node.zone}`;
    setText(caption, state.histogram ? `${node.service}${zone}: ${state.histogram.count.toLocaleString('en')} requests, mean ${duration(state.histogram.meanMs)}, p95 ${duration(state.histogram.p95Ms)}` : 'Reading …');
    const edges = callsOf(state.view!, node);
    setHidden(callsTitle, edges.length === 0);
    drawCalls(calls, edges);
    setHidden(kill, node.level !== 'instance');
    kill.disabled = node.state === 'dead' || state.busy.includes(`kill:${node.id}`);
    setHidden(around, state.wanted.focus === node.id);
    setHidden(operate, node.service === '');
    setHidden(push, node.service === '');
    setHidden(faulty, aimOf(node)[1] === '');
  };
};
