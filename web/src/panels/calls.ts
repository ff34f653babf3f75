// Whom a node calls and who calls it, gathered by service: volume, latency and failures of its edges.
import { select } from 'd3';
import { value, type View } from '../store';
import type { GraphNode } from '../wire';
import { duration, figure, percent } from './dom';

export interface Call {
  key: string; direction: 'to' | 'from'; service: string; edges: number; rate: number; errorRate: number; latencyMs: number;
  retryRate: number; stoppedRate: number;
}

export function callsOf(view: View, node: GraphNode): Call[] {
  const calls = new Map<string, Call>();
  for (const edge of view.edges.values()) {
    if (edge.source !== node.index && edge.target !== node.index) continue;
    const direction = edge.source === node.index ? 'to' : 'from';
    const other = view.nodes.get(direction === 'to' ? edge.target : edge.source);
    if (!other) continue;
    const service = other.service || other.name;
    const key = `${direction} ${service}`;
    const call = calls.get(key) ?? { key, direction, service, edges: 0, rate: 0, errorRate: 0, latencyMs: 0, retryRate: 0, stoppedRate: 0 };
    const rate = value(view.edgeValues, 'rate', edge.index);
    // Latency is averaged over requests, not over edges: an idle edge says nothing.
    if (rate > 0) call.latencyMs = (call.latencyMs * call.rate + value(view.edgeValues, 'latencyMs', edge.index) * rate) / (call.rate + rate);
    call.rate += rate;
    call.errorRate += value(view.edgeValues, 'errorRate', edge.index);
    call.retryRate += value(view.edgeValues, 'retryRate', edge.index);
    call.stoppedRate += value(view.edgeValues, 'stoppedRate', edge.index);
    call.edges += 1;
    calls.set(key, call);
  }
  return [...calls.values()].sort((a, b) => a.direction.localeCompare(b.direction) || a.service.localeCompare(b.service));
}

/** What policies did to them; nothing when they did nothing. */
export const policyText = (call: Call): string => [
  ...(call.retryRate > 0 ? [`${figure(call.retryRate)} retries/s`] : []), ...(call.stoppedRate > 0 ? [`${figure(call.stoppedRate)} not sent/s`] : []),
].join(', ');

export function drawCalls(root: HTMLElement, calls: Call[]): void {
  const rows = select(root).selectAll<HTMLTableRowElement, Call>('tr').data(calls, (call) => call.key).join((enter) => {
    const row = enter.append('tr');
    for (const name of ['who', 'rate', 'latency', 'errors']) row.append('td').attr('class', name);
    return row;
  }).order();
  rows.select('td.who').text((call) => `${call.direction === 'to' ? '→' : '←'} ${call.service}${call.edges > 1 ? ` ×${call.edges}` : ''}`);
  rows.select('td.who').attr('title', policyText);
  rows.select('td.rate').text((call) => `${figure(call.rate)}/s${call.retryRate > 0 ? ` ↻${figure(call.retryRate)}` : ''}${call.stoppedRate > 0 ? ` ⊘${figure(call.stoppedRate)}` : ''}`);
  rows.select('td.latency').text((call) => (call.rate > 0 ? duration(call.latencyMs) : '–'));
  rows.select('td.errors').classed('bad', (call) => call.errorRate > 0).text((call) => (call.rate > 0 ? percent(Math.min(1, call.errorRate / call.rate)) : '–'));
}
