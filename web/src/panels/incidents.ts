// What the judge says: the incidents, open ones first, each with cause, who is affected, what the system did and what to do or not to do;
// and what is promised to users, with what is left of each error budget.
import { select } from 'd3';
import type { Affected, Incident, ObjectiveStatus, ShareStatus } from '../wire';
import { clockTime, duration, figure, h, percent, setHidden } from './dom';
import type { Panel } from './panel';

const tones: Record<string, string> = { 'degraded, redundant': 'inform', 'at risk': 'warn', outage: 'bad' };

const badness = (severity: string): number => Object.keys(tones).indexOf(severity);
/** Those that are open, the worst first; then those that are over, the newest first. */
export const inOrder = (incidents: Incident[]): Incident[] =>
  [...incidents].sort((a, b) => {
    if (a.state !== b.state) return a.state === 'open' ? -1 : b.state === 'open' ? 1 : 0;
    return (a.state === 'open' ? badness(b.severity) - badness(a.severity) : 0) || b.openedSimTimeMs - a.openedSimTimeMs;
  });

/** "0:12, seen within 1 s, for 45 s" or "since 0:12, seen within 1 s". */
export function whenOf(incident: Incident): string {
  const seen = `seen within ${duration(incident.detectedAfterMs)}`;
  return incident.closedSimTimeMs === null ? `since ${clockTime(incident.openedSimTimeMs)}, ${seen}`
    : `${clockTime(incident.openedSimTimeMs)}, ${seen}, over after ${duration(incident.closedSimTimeMs - incident.openedSimTimeMs)}`;
}

/** "www: 120 of 3000 requests failed (us-east-1)". */
export function affectedText(affected: Affected): string {
  const parts = [affected.failed > 0 ? `${affected.failed} failed` : '', affected.slow > 0 ? `${affected.slow} slow` : ''].filter((part) => part !== '');
  const regions = affected.regions.length > 0 ? ` (${affected.regions.join(', ')})` : '';
  return `${affected.service}: of ${affected.requests} requests ${parts.join(', ') || 'none was answered'}${regions}`;
}

/** The fastest that a budget burns over any window that fires; else over the shortest. */
export function burnOf(share: ShareStatus): { rate: number; fires: boolean } {
  const firing = share.burnRates.filter((rate) => rate.fires);
  const rates = (firing.length > 0 ? firing : share.burnRates.slice(0, 1)).map((rate) => rate.long);
  return { rate: Math.max(0, ...rates), fires: firing.length > 0 };
}

interface Promise { key: string; text: string; share: ShareStatus }

export function promisesOf(objectives: ObjectiveStatus[]): Promise[] {
  return objectives.flatMap(({ service, objective, success, latency }) => [
    { key: `${service} success`, text: `${service}: ${figurePercent(success.target)} succeed`, share: success },
    ...(latency && objective.latencyMs !== null ? [{ key: `${service} latency`, text: `${service}: ${figurePercent(latency.target)} within ${duration(objective.latencyMs)}`, share: latency }] : []),
  ]);
}

const figurePercent = (share: number): string => `${Number((share * 100).toPrecision(6))} %`;

function drawList(root: HTMLElement, name: string, lines: string[]): void {
  select(root).select<HTMLUListElement>(`ul.${name}`).selectAll<HTMLLIElement, string>('li').data(lines).join('li').text((line) => line);
}

function drawIncidents(root: HTMLElement, incidents: Incident[]): void {
  const items = select(root).selectAll<HTMLLIElement, Incident>(':scope > li').data(incidents, (incident) => incident.id).join((enter) => {
    const li = enter.append('li').attr('data-testid', 'incident');
    const head = li.append('div').attr('class', 'row');
    head.append('strong').attr('class', 'what');
    head.append('span').attr('class', 'badge');
    li.append('p').attr('class', 'hint when');
    li.append('p').attr('class', 'cause');
    for (const name of ['affected', 'actions']) li.append('ul').attr('class', name);
    li.append('p').attr('class', 'advice').attr('data-testid', 'advice');
    return li;
  }).order();
  items.attr('class', (incident) => `${incident.state} ${tones[incident.severity] ?? ''}`);
  items.select('.what').text((incident) => incident.title);
  items.select('.badge').text((incident) => (incident.state === 'closed' ? `was ${incident.worstSeverity}` : incident.severity));
  items.select('.when').text(whenOf);
  items.select('.cause').text((incident) => incident.cause);
  items.select('.advice').text((incident) => (incident.state === 'open' ? incident.advice : ''));
  items.each(function (incident) {
    drawList(this, 'affected', incident.affected.map(affectedText));
    drawList(this, 'actions', incident.actions);
  });
}

function drawPromises(root: HTMLElement, objectives: ObjectiveStatus[]): void {
  const items = select(root).selectAll<HTMLLIElement, Promise>('li').data(promisesOf(objectives), (promise) => promise.key).join((enter) => {
    const li = enter.append('li').attr('data-testid', 'objective');
    li.append('span').attr('class', 'what');
    li.append('span').attr('class', 'badge').attr('title', 'How fast the error budget burns; at 1× it lasts just as long as it has to');
    li.append('progress').attr('max', 1).attr('aria-label', 'Error budget left');
    li.append('span').attr('class', 'hint');
    return li;
  });
  items.select('.badge').classed('down', (promise) => burnOf(promise.share).fires).text((promise) => `${figure(burnOf(promise.share).rate)}×`);
  items.select('.what').text((promise) => promise.text);
  items.select('progress').attr('value', (promise) => Math.max(0, promise.share.budgetRemaining));
  items.select('.hint').text(({ share }) => (share.budgetRemaining < 0 ? 'error budget overspent' : `${percent(share.budgetRemaining)} of the error budget left`));
}

export const incidents: Panel = (root) => {
  const none = h('p', { class: 'empty', text: 'Nothing has been wrong so far.' });
  const list = h('ul', { class: 'incident-list', 'data-testid': 'incidents' });
  const promised = h('ul', { class: 'cards promised' });
  root.append(h('h2', { text: 'Incidents' }), none, list, h('section', {}, h('h3', { text: 'Promised to users' }), promised));
  return (state) => {
    setHidden(none, state.incidents.length > 0);
    drawIncidents(list, inOrder(state.incidents));
    drawPromises(promised, state.objectives);
  };
};
