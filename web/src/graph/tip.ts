// A few words beside the mark under the pointer.
import { select } from 'd3';
import { value, type State } from '../store';
import { progressOf } from '../panels/deployments';
import { duration, figure, percent } from '../panels/dom';
import type { GraphNode } from '../wire';
import type { Layout } from './layout';

/** Of what runs several versions: how many of each the whole service has, and how far its deployment is. */
export function versionLines(node: GraphNode, state: Pick<State, 'services' | 'rollouts'>): string[] {
  if (node.level === 'instance' || node.service === '') return [];
  const counts = Object.entries(state.services.find((service) => service.name === node.service)?.byVersion ?? {});
  const rollout = state.rollouts.find((deployment) => deployment.service === node.service);
  return [
    ...(counts.length > 1 ? [`all of ${node.service}: ${counts.map(([version, count]) => `${count} of ${version}`).join(', ')}`] : []),
    ...(rollout ? [`${rollout.previousVersion} → ${rollout.version}: ${progressOf(rollout).text}`] : []),
  ];
}

export function drawTip(root: HTMLElement, layout: Layout, state: State): void {
  const placed = state.hovered === '' ? undefined : layout.nodes.get(state.hovered);
  const node = placed && state.view?.nodes.get(placed.node.index);
  root.hidden = !node;
  if (!placed || !node || !state.view) return;
  const get = (column: string): number => value(state.view!.nodeValues, column, node.index);
  const lines = [
    node.id.split('.').pop() ?? node.name,
    [node.package, node.version, node.state === 'up' ? '' : node.state].filter((word) => word !== '').join(' · '),
    ...versionLines(node, state),
    `${figure(get('rate'))} req/s · ${percent(get('utilisation'))} busy`,
    `p50 ${duration(get('p50Ms'))} · p99 ${duration(get('p99Ms'))}`,
    ...(get('shedRate') > 0 ? [`${figure(get('shedRate'))} shed/s`] : []),
    ...(get('errorRate') > 0 ? [`${figure(get('errorRate'))} errors/s`] : []),
  ].filter((line) => line !== '');
  const left = placed.x > layout.width - 220;
  select(root)
    .style('left', `${placed.x + (left ? -1 : 1) * (layout.radius + 10)}px`).style('top', `${placed.y}px`)
    .style('transform', `translate(${left ? '-100%' : '0'}, -50%)`)
    .selectAll<HTMLDivElement, string>('div').data(lines).join('div').text((line) => line);
}
