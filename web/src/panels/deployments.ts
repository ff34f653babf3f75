// The deployments of a service: how far each is, what it does and why, and what can be done about it.
import { select } from 'd3';
import type { Actions } from '../actions';
import type { State } from '../store';
import type { Deployment } from '../wire';
import { clockTime } from './dom';

const shown = 5;
const stateWords: Record<string, string> = {
  pending: 'waits', progressing: 'rolling out', paused: 'paused', promoting: 'promoting', succeeded: 'rolled out', rollingBack: 'rolling back', rolledBack: 'rolled back',
  failed: 'failed', superseded: 'superseded',
};
const ended = new Set(['succeeded', 'rolledBack', 'failed', 'superseded']);

export interface Deed { state: string; label: string }

/** What may be asked for in this state; `newest`: no later one has taken its place. */
export function deedsOf(deployment: Deployment, newest: boolean): Deed[] {
  const back = { state: 'rolledBack', label: 'Roll back' };
  if (deployment.state === 'succeeded') return newest ? [back] : [];
  if (ended.has(deployment.state) || deployment.state === 'rollingBack') return [];
  const byHand = deployment.state === 'paused' && /paused by hand/.test(deployment.reason);
  const waits = deployment.state === 'paused' && !byHand;
  return [
    ...(deployment.state === 'paused' ? [] : [{ state: 'paused', label: 'Pause' }]), ...(byHand ? [{ state: 'progressing', label: 'Resume' }] : []),
    ...(waits || deployment.strategy !== 'rolling' ? [{ state: 'promoted', label: 'Promote' }] : []), back,
  ];
}

/** "step 2 of 5: waits until somebody promotes". */
export const stepText = (d: Deployment): string =>
  [d.steps > 1 && d.step > 0 && !ended.has(d.state) ? `step ${d.step} of ${d.steps}` : '', ended.has(d.state) ? '' : d.doing].filter((part) => part !== '').join(': ');

/** "traffic: 1.1 25 %, 1.0 75 %". */
export const weightText = (weights: Record<string, number>): string => {
  const parts = Object.entries(weights).filter(([, weight]) => weight > 0).sort((a, b) => b[0].localeCompare(a[0], 'en', { numeric: true }));
  return parts.length < 2 ? '' : `Traffic: ${parts.map(([version, weight]) => `${version} ${Math.round(weight)} %`).join(', ')}`;
};

/** The share that is done, and how many of how many. What has succeeded is complete, whatever stays beside it or went down since. */
export function progressOf(d: Deployment): { share: number; text: string } {
  const word = stateWords[d.state] ?? d.state;
  if (d.state === 'succeeded') return { share: 1, text: `${word}, ${d.byVersion[d.version] ?? d.updated}` };
  return { share: d.total > 0 ? Math.min(1, d.updated / d.total) : 0, text: `${word} ${d.updated}/${d.total}` };
}

/** "1.0 stayed beside it: 2700 instances". */
export function stayedText(d: Deployment): string {
  if (d.state !== 'succeeded') return '';
  const others = Object.entries(d.byVersion).filter(([version, count]) => version !== d.version && count > 0);
  return others.map(([version, count]) => `${version} stayed beside it: ${count} ${count === 1 ? 'instance' : 'instances'}`).join(', ');
}

/** "homepage 1.0 → 2.0: rolling out 1800/2400". */
export const rolloutText = (d: Deployment): string => `${d.service} ${d.previousVersion} → ${d.version}: ${progressOf(d).text}`;

const whenText = (d: Deployment): string =>
  `${d.preset || d.strategy}, ${clockTime(d.startedSimTimeMs)}${d.endedSimTimeMs === null ? '' : ` to ${clockTime(d.endedSimTimeMs)}`}`;

export function drawDeployments(root: HTMLElement, state: State, actions: Actions): void {
  const recent = [...state.deployments].sort((a, b) => b.startedSimTimeMs - a.startedSimTimeMs || b.id.localeCompare(a.id, 'en', { numeric: true })).slice(0, shown);
  const items = select(root).selectAll<HTMLLIElement, Deployment>('li').data(recent, (d) => d.id).join((enter) => {
    const li = enter.append('li');
    li.append('span').attr('class', 'what');
    li.append('span').attr('class', 'badge');
    li.append('progress').attr('class', 'wide').attr('max', 1).attr('aria-label', 'Instances updated');
    for (const name of ['when', 'step', 'weights', 'reason']) li.append('span').attr('class', `hint wide ${name}`);
    li.append('div').attr('class', 'row wrap wide acts');
    return li;
  }).order();
  items.attr('data-deployment', (d) => d.id).attr('data-state', (d) => d.state);
  items.select('span.what').text((d) => `${d.previousVersion} → ${d.version}`);
  items.select('span.badge').attr('class', (d) => `badge ${d.state}`).text((d) => progressOf(d).text);
  items.select<HTMLProgressElement>('progress').property('value', (d) => progressOf(d).share);
  items.select('.when').text(whenText);
  items.select('.step').text((d) => stayedText(d) || stepText(d));
  items.select('.weights').text((d) => (ended.has(d.state) ? '' : weightText(d.weights)));
  items.select('.reason').text((d) => (d.reason === d.doing && !ended.has(d.state) ? '' : d.reason));
  items.each(function (d, i) {
    select(this).select('.acts').selectAll<HTMLButtonElement, Deed>('button').data(deedsOf(d, i === 0), (deed) => deed.state)
      .join((enter) => enter.append('button').attr('type', 'button'))
      .attr('data-testid', (deed) => (deed.state === 'rolledBack' ? 'rollback' : `deployment-${deed.state}`))
      .property('disabled', state.busy.includes(`deployment:${d.id}`))
      .text((deed) => deed.label)
      .on('click', (_event, deed) => void actions.changes.setDeployment(d, deed.state)).order();
  });
}
