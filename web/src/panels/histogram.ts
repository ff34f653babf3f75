// A histogram of durations: the server's fine buckets gathered into bars of equal ratio on a logarithmic axis, with p50 and p99.
import { axisBottom, scaleLinear, scaleLog, select } from 'd3';
import type { Bucket, Histogram } from '../wire';
import { duration } from './dom';

export interface Bar { key: number; fromMs: number; toMs: number; share: number }

const leastMs = 1e-4;
export const barsPerDecade = 10;

/** Bars lie on a fixed logarithmic grid, so that a bar keeps its place when others appear. A bucket is shared out by how much of it lies in each. */
export function gather(buckets: Bucket[]): Bar[] {
  const total = buckets.reduce((sum, bucket) => sum + bucket.count, 0);
  const shares = new Map<number, number>();
  const place = (ms: number): number => Math.log10(Math.max(leastMs, ms)) * barsPerDecade;
  for (const bucket of buckets) {
    const from = place(bucket.fromMs);
    const to = Math.max(from + 1e-9, place(bucket.toMs));
    for (let k = Math.floor(from); k < to; k += 1) {
      const part = (Math.min(to, k + 1) - Math.max(from, k)) / (to - from);
      if (part > 0) shares.set(k, (shares.get(k) ?? 0) + (part * bucket.count) / Math.max(1, total));
    }
  }
  return [...shares].map(([key, share]) => ({ key, share, fromMs: 10 ** (key / barsPerDecade), toMs: 10 ** ((key + 1) / barsPerDecade) })).sort((a, b) => a.key - b.key);
}

const height = 120;
const margin = { top: 14, right: 18, bottom: 22, left: 18 };

const tick = (ms: number): string => (ms >= 1000 ? `${ms / 1000} s` : ms >= 1 ? `${ms} ms` : `${Number((ms * 1000).toPrecision(1))} µs`);

export function drawHistogram(svg: SVGSVGElement, histogram: Histogram | null): void {
  const width = svg.clientWidth || 300;
  const bars = histogram ? gather(histogram.buckets) : [];
  const root = select(svg).attr('height', height).attr('viewBox', `0 0 ${width} ${height}`);
  const first = Math.min(bars[0]?.fromMs ?? 0.1, histogram?.p50Ms || 0.1);
  const last = Math.max(bars[bars.length - 1]?.toMs ?? 100, (bars[0]?.fromMs ?? 10) * 10);
  const x = scaleLog().domain([Math.max(leastMs, first * 0.8), last * 1.2]).range([margin.left, width - margin.right]);
  const y = scaleLinear().domain([0, Math.max(0.02, ...bars.map((bar) => bar.share))]).range([height - margin.bottom, margin.top]);
  root.selectAll<SVGRectElement, Bar>('rect.bar').data(bars, (bar) => bar.key).join('rect').attr('class', 'bar')
    .attr('x', (bar) => x(bar.fromMs) + 0.5).attr('width', (bar) => Math.max(1, x(bar.toMs) - x(bar.fromMs) - 1))
    .attr('y', (bar) => y(bar.share)).attr('height', (bar) => height - margin.bottom - y(bar.share)).attr('rx', 1.5);
  root.selectAll<SVGGElement, null>('g.axis').data([null]).join('g').attr('class', 'axis').attr('transform', `translate(0,${height - margin.bottom})`)
    .call(axisBottom(x).tickValues(decades(x.domain()[0]!, x.domain()[1]!)).tickFormat((v) => tick(Number(v))).tickSize(4));
  const marks = histogram && histogram.count > 0 ? [{ name: 'p50', ms: histogram.p50Ms }, { name: 'p99', ms: histogram.p99Ms }] : [];
  const lines = root.selectAll<SVGGElement, { name: string; ms: number }>('g.quantile').data(marks, (mark) => mark.name).join((enter) => {
    const g = enter.append('g').attr('class', 'quantile');
    g.append('line').attr('y1', margin.top - 2).attr('y2', height - margin.bottom);
    g.append('text').attr('y', margin.top - 5);
    return g;
  });
  lines.attr('transform', (mark) => `translate(${x(Math.max(x.domain()[0]!, mark.ms))},0)`);
  lines.select('text').text((mark) => mark.name);
  root.attr('role', 'img').attr('aria-label', histogram ? `${histogram.kind} times: median ${duration(histogram.p50Ms)}, p99 ${duration(histogram.p99Ms)}, ${histogram.count} requests` : 'No histogram yet');
}

/** 1, 10, 100 ...; with 2 and 5 between when the span is short. */
function decades(from: number, to: number): number[] {
  const short = to / from < 200;
  const out: number[] = [];
  for (let power = Math.floor(Math.log10(from)); power <= Math.ceil(Math.log10(to)); power += 1) {
    for (const step of short ? [1, 2, 5] : [1]) {
      const tickAt = step * 10 ** power;
      if (tickAt >= from && tickAt <= to) out.push(Number(tickAt.toPrecision(1)));
    }
  }
  return out;
}
