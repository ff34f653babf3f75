// What a node looks like, from its state and figures alone: fill = utilisation, outline and shape = state, diamond = errors.
import { interpolateRgb, scaleLinear } from 'd3';
import type { Theme } from '../store';
import { value } from '../store';
import type { Columns, GraphNode } from '../wire';

export interface Palette { ok: string; error: string; text: string; ramp: (utilisation: number) => string; particle: string }

const ramp = (colours: string[]): ((u: number) => string) =>
  scaleLinear<string>().domain([0, 0.1, 0.4, 0.76, 0.8, 1]).range(colours).interpolate(interpolateRgb).clamp(true);

export const palettes: Record<Theme, Palette> = {
  dark: { ok: '#7cc4ff', error: '#ff6b5e', text: '#e8edf4', particle: '#8fd0ff', ramp: ramp(['#24506f', '#2b6c9c', '#3a94d0', '#7ad3f2', '#f0b849', '#ff8236']) },
  light: { ok: '#1f78c8', error: '#d1281b', text: '#1b2430', particle: '#1769b5', ramp: ramp(['#cfe3f2', '#a8cfea', '#62a8dc', '#1f6fb2', '#f0b03a', '#e0691a']) },
};

/** The share of failed requests from which a node carries the error mark. */
export const errorShareShown = 0.02;

/** Of what runs several versions at the moment: all of it is the newest, some of it, or none. */
export type Newness = '' | 'part' | 'whole';
export interface Mark { fill: string; body: string; cross: string; error: boolean; version: Newness }

const circle = (r: number): string => `M${-r},0a${r},${r} 0 1,0 ${2 * r},0a${r},${r} 0 1,0 ${-2 * r},0Z`;
const square = (r: number): string => {
  const s = r * 0.92;
  const c = r * 0.35;
  return `M${-s + c},${-s}H${s - c}Q${s},${-s} ${s},${-s + c}V${s - c}Q${s},${s} ${s - c},${s}H${-s + c}Q${-s},${s} ${-s},${s - c}V${-s + c}Q${-s},${-s} ${-s + c},${-s}Z`;
};
/** Where a count stands below the middle of a mark that is down: the cross is above it. */
export const countBelow = (r: number): number => Math.round(r * 4.8) / 10;
/** A cross in the middle, or, above a count, a smaller one. */
const crossed = (r: number, counted: boolean): string => {
  const s = counted ? r * 0.3 : r * 0.5;
  const y = counted ? -r * 0.38 : 0;
  return `M${-s},${y - s}L${s},${y + s}M${s},${y - s}L${-s},${y + s}`;
};
export const diamondPath = (r: number): string => `M0,${-r}L${r},0L0,${r}L${-r},0Z`;

export function markOf(node: GraphNode, columns: Columns, palette: Palette, radius: number, newest: Map<string, string>): Mark {
  const rate = value(columns, 'rate', node.index);
  const errors = value(columns, 'errorRate', node.index);
  const out = node.state === 'down' || node.state === 'dead';
  const hollow = out || node.state === 'starting' || node.state === 'draining';
  return {
    fill: hollow ? 'transparent' : palette.ramp(Math.round(value(columns, 'utilisation', node.index) * 40) / 40),
    body: out ? square(radius) : circle(radius),
    cross: out ? crossed(radius, node.level !== 'instance') : '',
    error: errors > 0 && errors / Math.max(rate, errors) >= errorShareShown,
    version: out ? '' : newnessOf(node, newest),
  };
}

/** Names of versions; a mark that stands for several instances has all of theirs, a place those of all its services. */
export const versionsOf = (node: GraphNode): string[] => (node.version === '' || node.service === '' ? [] : node.version.split(', '));

export function newnessOf(node: GraphNode, newest: Map<string, string>): Newness {
  const versions = versionsOf(node);
  if (!versions.includes(newest.get(node.service) ?? '')) return '';
  return versions.length === 1 ? 'whole' : 'part';
}

const natural = (a: string, b: string): number => a.localeCompare(b, 'en', { numeric: true });

/** Of each service that runs more than one version at the moment: the newest. */
export function newestVersions(nodes: Iterable<GraphNode>): Map<string, string> {
  const versions = new Map<string, Set<string>>();
  for (const node of nodes) {
    if (node.state === 'dead') continue;
    for (const version of versionsOf(node)) versions.set(node.service, (versions.get(node.service) ?? new Set()).add(version));
  }
  const result = new Map<string, string>();
  for (const [service, set] of versions) if (set.size > 1) result.set(service, [...set].sort(natural).pop()!);
  return result;
}

/** Stars stand for levels that something is outside of; people read words. */
export const displayName = (node: GraphNode): string => {
  if (node.level !== 'zone' && node.level !== 'region') return node.name;
  if (node.region === '*') return 'global';
  return node.level === 'region' || node.zone !== '*' ? node.name : `${node.region}, regional`;
};

const stateWords: Record<string, string> = { up: 'up', degraded: 'degraded', down: 'down, held by a fault', starting: 'starting', draining: 'draining', dead: 'gone' };

/** What a screen reader says; without figures, which would be read out ten times a second. */
export const nodeLabel = (node: GraphNode): string =>
  `${displayName(node)}, ${node.service === node.name ? '' : `${node.service}, `}${node.zone === '*' ? (node.region === '*' ? 'global' : node.region) : node.zone}, ${stateWords[node.state] ?? node.state}${versionsOf(node).length > 1 ? `, versions ${versionsOf(node).join(' and ')}` : ''}`;
