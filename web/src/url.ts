// The view as a link: what the address says about simulation, level, path, focus, selected node, panel, theme, and
// which two simulations are compared (base..candidate).
import { levels, type Level } from './wire';

export interface Place {
  simulation: string;
  level: Level | '';
  path: string;
  focus: string;
  node: string;
  tab: string;
  theme: string;
  compare: string;
}

const keys = ['simulation', 'level', 'path', 'focus', 'node', 'tab', 'theme', 'compare'] as const;

export function readPlace(hash: string): Place {
  const query = new URLSearchParams(hash.replace(/^#/, ''));
  const word = query.get('level') ?? '';
  return {
    simulation: query.get('simulation') ?? '',
    level: levels.find((level) => level === word) ?? '',
    path: query.get('path') ?? '',
    focus: query.get('focus') ?? '',
    node: query.get('node') ?? '',
    tab: query.get('tab') ?? '',
    theme: query.get('theme') ?? '',
    compare: query.get('compare') ?? '',
  };
}

export function writePlace(place: Place): string {
  const query = new URLSearchParams();
  for (const key of keys) if (place[key] !== '') query.set(key, place[key]);
  return `#${query.toString()}`;
}
