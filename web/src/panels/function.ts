// What a function (serverless) is doing and what it costs, as figures for the panel of its node.
import type { FunctionFigures } from '../wire';
import { figure, percent } from './dom';

export interface FunctionFigure { key: string; label: string; text: string; hint: string }

/** "$0.00045", "$12.30": four digits that count, two after the point at least. */
export const dollars = (amount: number): string =>
  amount === 0 ? '$0' : `$${amount >= 1 ? amount.toFixed(2) : amount.toPrecision(3)}`;

/** All regions together; nothing for a service that is none. */
export const functionFiguresOf = (f: FunctionFigures | null): FunctionFigure[] =>
  f === null ? [] : [
    { key: 'busy', label: 'busy', text: figure(f.busy), hint: 'Environments with a call, in all regions' },
    { key: 'warm', label: 'warm', text: figure(f.warm), hint: 'Environments that wait for a call, in all regions' },
    { key: 'coldStarts', label: 'cold starts/s', text: figure(f.coldStartsPerSecond), hint: `${f.coldStarts.toLocaleString('en')} of ${f.invocations.toLocaleString('en')} calls, ${percent(f.invocations === 0 ? 0 : f.coldStarts / f.invocations)}` },
    { key: 'throttled', label: 'throttled/s', text: figure(f.throttledPerSecond), hint: `${f.throttled.toLocaleString('en')} calls rejected since the start, by a limit of concurrency` },
    { key: 'gbSeconds', label: 'GB s', text: figure(f.gbSeconds), hint: 'Billed duration times memory, since the start' },
    { key: 'dollars', label: 'cost', text: dollars(f.dollars), hint: 'Calls and duration, since the start' },
  ];
