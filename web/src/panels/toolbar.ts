// How closely to look (level), at what part (path, focus), and the way back.
import { select } from 'd3';
import { levels, type Level } from '../wire';
import type { State } from '../store';
import { button, h, setHidden } from './dom';
import type { Panel } from './panel';

const levelNames: Record<Level, string> = { region: 'Regions', zone: 'Zones', service: 'Services', group: 'Groups', instance: 'Instances' };

interface Crumb { key: string; label: string; path: string; focus: string }

export function crumbsOf(state: State): Crumb[] {
  const { path, focus } = state.wanted;
  const crumbs: Crumb[] = [{ key: 'all', label: 'Everything', path: '', focus: '' }];
  const [region, zone] = path.split('.');
  if (region) crumbs.push({ key: `r:${region}`, label: region, path: region, focus: '' });
  if (region && zone) crumbs.push({ key: `z:${zone}`, label: zone, path, focus: '' });
  if (focus) crumbs.push({ key: `f:${focus}`, label: `around ${focus.split('.').pop()}`, path, focus });
  return crumbs;
}

export const toolbar = (fit: () => void): Panel => (root, actions) => {
  const switcher = h('div', { class: 'segmented', role: 'radiogroup', 'aria-label': 'Level' });
  for (const level of levels) {
    switcher.append(button(levelNames[level], { role: 'radio', 'data-level': level, 'data-testid': `level-${level}` }, () => actions.setView({ level, focus: '' })));
  }
  const crumbs = h('nav', { class: 'crumbs', 'aria-label': 'Shown part' });
  const hint = h('span', { class: 'hint', 'data-testid': 'no-edges', text: 'Too many connections to draw one by one; Groups show the traffic.' });
  root.append(switcher, crumbs, hint, button('Fit', { class: 'quiet', title: 'Show everything (0)', 'data-testid': 'fit' }, fit));
  return (state) => {
    const current = state.view?.level ?? state.wanted.level;
    setHidden(hint, !(state.view?.level === 'instance' && state.view.edges.size === 0 && state.view.nodes.size > 1));
    for (const item of switcher.children) item.setAttribute('aria-checked', `${item.getAttribute('data-level') === current}`);
    select(crumbs).selectAll<HTMLButtonElement, Crumb>('button').data(crumbsOf(state), (crumb) => crumb.key)
      .join((enter) => enter.append('button').attr('type', 'button').on('click', (_event, crumb) => actions.setView({ path: crumb.path, focus: crumb.focus })))
      .text((crumb) => crumb.label);
  };
};
