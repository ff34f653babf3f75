// How sure the figures of a node are: value ± half the interval, in words and digits that say no more than is known.
import type { Interval, Statistics } from '../wire';
import { clockTime, duration, figure } from './dom';

/** Digits after the point that leave one significant digit of `step`, or two when the first is 1. */
function decimals(step: number): number {
  const [digits, exponent] = step.toExponential(1).split('e');
  return Math.min(6, Math.max(0, (digits!.startsWith('1') ? 1 : 0) - Number(exponent)));
}

const half = (interval: Interval): number | null => (interval.low === null || interval.high === null ? null : (interval.high - interval.low) / 2);

/** "98.9 ± 2.8"; without an interval the value alone, "–" when there is none. */
export function plusMinus(interval: Interval, alone: (value: number) => string = figure): string {
  if (interval.value === null) return '–';
  const step = half(interval);
  if (step === null || step === 0) return alone(interval.value);
  const digits = decimals(step);
  return `${interval.value.toFixed(digits)} ± ${step.toFixed(digits)}`;
}

/** The same of milliseconds, in the unit that suits the value. */
export function plusMinusTime(interval: Interval): string {
  const ms = interval.value ?? 0;
  const [scale, unit] = ms < 1 ? [1000, 'µs'] : ms < 1000 ? [1, 'ms'] : [0.001, 's'];
  const step = half(interval);
  if (interval.value === null || step === null || step === 0) return plusMinus(interval, duration);
  return `${plusMinus({ ...interval, value: ms * scale, low: interval.low! * scale, high: interval.high! * scale })} ${unit}`;
}

export interface Sure { key: string; label: string; text: string; hint: string }

const reasons: Record<string, string> = {
  nothingSeen: 'nothing was seen', tooFewBatches: 'too short a time since the last change', tooFewValues: 'too few slow requests so far',
  correlated: 'it still drifts, or swings too slowly for the time seen',
};

function hintOf(interval: Interval, confidence: number, show: (value: number) => string): string {
  if (interval.low === null || interval.high === null) return `No ± yet: ${reasons[interval.reason] ?? interval.reason}`;
  return `${show(interval.low)} to ${show(interval.high)}, with a chance of ${Number((confidence * 100).toPrecision(4))} %`;
}

/** The figures of the node that have a ±; of an instance only the times, which are those of its group. */
export function sureOf(statistics: Statistics, level: string): Sure[] {
  const { figures, confidence } = statistics;
  const time = (key: string, label: string, interval: Interval): Sure => ({ key, label, text: plusMinusTime(interval), hint: hintOf(interval, confidence, duration) });
  const rate = { key: 'rate', label: 'requests/s', text: plusMinus(figures.rate), hint: hintOf(figures.rate, confidence, figure) };
  return [...(level === 'instance' ? [] : [rate]), time('p50', 'p50', figures.p50Ms), time('p99', 'p99', figures.p99Ms)];
}

/** Of what and over which time, in one line. */
export function periodOf(statistics: Statistics, level: string): string {
  const span = statistics.toMs - statistics.fromMs;
  if (statistics.batches === 0) return `± needs some time without a change; the last was at ${clockTime(statistics.changedMs)}`;
  return `±${level === 'instance' ? ' of its group,' : ''} over ${duration(span)} since ${clockTime(statistics.fromMs)}`;
}
