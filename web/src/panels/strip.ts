// The instances of a service by version over simulated time, stacked; a line for how many there should be.
import { area, axisBottom, curveStepAfter, line, scaleLinear, select, stack, type Series } from 'd3';
import { summaryOf, type Strip } from '../strips';
import { clockTime } from './dom';

const height = 92;
const margin = { right: 22, top: 6, bottom: 18 };
const spanMs = 120_000;
/** Versions differ in pattern of brightness, too: the newest is the brightest. */
export const shadeOf = (index: number, count: number): string => `v${Math.max(0, Math.min(3, 3 - (count - 1 - index)))}`;

export const rangeText = ([least, most]: [number, number], now: number): string => (least === most ? `${now}` : `${now} (${least} to ${most})`);

/** Room for a number before the chart, at the size that it has there. */
export const roomFor = (count: number): number => Math.max(22, Math.ceil(String(count).length * 6.8) + 8);

/** The last two minutes, or all of it when less is known. */
export function windowOf(strips: Strip[]): { from: number; to: number } {
  const to = strips[strips.length - 1]?.simTimeMs ?? 0;
  const first = strips[0]?.simTimeMs ?? 0;
  return { from: Math.max(first, to - spanMs), to: Math.max(to, first + 1000) };
}

export function drawStrip(svg: SVGSVGElement, strips: Strip[]): void {
  const width = svg.clientWidth || 312;
  const { from, to } = windowOf(strips);
  const { versions, total, up } = summaryOf(strips, from);
  const most = Math.max(1, total[1], ...strips.map((strip) => strip.desired));
  const left = roomFor(most);
  const x = scaleLinear().domain([from, Math.max(to, from + 1000)]).range([left, width - margin.right]).clamp(true);
  const y = scaleLinear().domain([0, most * 1.08]).range([height - margin.bottom, margin.top]);
  const root = select(svg).attr('height', height).attr('viewBox', `0 0 ${width} ${height}`).attr('role', 'img');
  const now = strips[strips.length - 1];
  const sum = now ? Object.values(now.byVersion).reduce((a, b) => a + b, 0) : 0;
  root.attr('aria-label', now ? `Instances by version since ${clockTime(from)}: ${versions.map((v) => `${now.byVersion[v] ?? 0} of ${v}`).join(', ')}; in all ${rangeText(total, sum)}, up ${rangeText(up, now.up)}` : 'No instances yet');
  const series = stack<Strip, string>().keys(versions).value((strip, version) => strip.byVersion[version] ?? 0)(strips);
  const shape = area<Series<Strip, string>[number]>().x((d) => x(d.data.simTimeMs)).y0((d) => y(d[0])).y1((d) => y(d[1])).curve(curveStepAfter);
  root.selectAll<SVGPathElement, Series<Strip, string>>('path.version').data(series, (s) => s.key).join('path')
    .attr('class', (_s, i) => `version ${shadeOf(i, versions.length)}`).attr('data-version', (s) => s.key).attr('d', (s) => shape(s));
  const wanted = line<Strip>().x((d) => x(d.simTimeMs)).y((d) => y(d.desired)).curve(curveStepAfter);
  const serving = line<Strip>().x((d) => x(d.simTimeMs)).y((d) => y(d.up)).curve(curveStepAfter);
  root.selectAll<SVGPathElement, string>('path.line').data(['desired', 'up']).join('path').attr('class', (name) => `line ${name}`)
    .attr('d', (name) => (name === 'desired' ? wanted(strips) : serving(strips)));
  root.selectAll<SVGGElement, null>('g.axis').data([null]).join('g').attr('class', 'axis').attr('transform', `translate(0,${height - margin.bottom})`)
    .call(axisBottom(x).tickValues(x.ticks(4).filter((v) => v % 1000 === 0)).tickFormat((v) => clockTime(Number(v))).tickSize(3));
  root.selectAll<SVGTextElement, number>('text.most').data([most]).join('text').attr('class', 'most').attr('x', left - 5).attr('y', y(most) + 4).text((n) => n);
}
