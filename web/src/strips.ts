// How many instances of each version a service had over simulated time: what a deployment looks like from a distance.
import type { Service } from './wire';

export interface Strip { simTimeMs: number; byVersion: Record<string, number>; up: number; desired: number }
export type Strips = Record<string, Strip[]>;

export const stripsMax = 400;

const same = (a: Strip, b: Strip): boolean => a.up === b.up && a.desired === b.desired && JSON.stringify(a.byVersion) === JSON.stringify(b.byVersion);

/** While nothing changes only the last point moves on; a time that goes back begins anew. */
export function withStrip(known: Strip[], next: Strip): Strip[] {
  const last = known[known.length - 1];
  if (!last || next.simTimeMs < last.simTimeMs) return [next];
  const before = known[known.length - 2];
  if (before && same(before, last) && same(last, next)) return [...known.slice(0, -1), next];
  return [...known, next].slice(-stripsMax);
}

/** Kept for the chosen service, for those that run several versions, and for those that did. */
export function recordStrips(known: Strips, services: Service[], chosen: string, simTimeMs: number): Strips {
  const next: Strips = {};
  for (const service of services) {
    const mine = known[service.name];
    if (!mine && service.name !== chosen && Object.keys(service.byVersion).length < 2) continue;
    next[service.name] = withStrip(mine ?? [], { simTimeMs, byVersion: service.byVersion, up: service.instances.up, desired: service.desired });
  }
  return next;
}

/** Of the points at or after a time (and the last one before it): the versions, oldest first, and the least and most of what there was. */
export function summaryOf(strips: Strip[], fromMs: number): { versions: string[]; total: [number, number]; up: [number, number] } {
  const shown = strips.filter((strip, i) => strip.simTimeMs >= fromMs || (strips[i + 1]?.simTimeMs ?? Infinity) >= fromMs);
  const versions = [...new Set(shown.flatMap((strip) => Object.keys(strip.byVersion)))].sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
  const range = (numbers: number[]): [number, number] => (numbers.length === 0 ? [0, 0] : [Math.min(...numbers), Math.max(...numbers)]);
  return {
    versions, total: range(shown.map((strip) => Object.values(strip.byVersion).reduce((sum, n) => sum + n, 0))), up: range(shown.map((strip) => strip.up)),
  };
}
