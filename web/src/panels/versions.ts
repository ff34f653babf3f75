// Which versions of a service there are and who gets which: retire one, routes, feature flags.
import { select } from 'd3';
import type { Actions } from '../actions';
import type { FeatureFlag, RouteRule, Version } from '../wire';
import { h, setHidden } from './dom';
import { sendingForm, showProblem } from './form';
import type { InputSpec } from './inputs';
import type { Render } from './panel';
import { RowList, type Values } from './rows';

/** "6 wanted, 25 % of the traffic, warm without traffic, 2× service time". */
export function versionText(version: Version): string {
  return [
    `${version.wanted} wanted`, version.weight === null ? '' : `${Math.round(version.weight)} % of the traffic`, version.disabled ? 'warm, without traffic' : '',
    version.serviceTimeFactor === 1 ? '' : `${version.serviceTimeFactor}× service time`, version.errorRate > 0 ? `fails ${Number((version.errorRate * 100).toPrecision(3))} %` : '',
  ].filter((part) => part !== '').join(', ');
}

const text = (name: string, label: string, pointer = `/${name}`, hint = ''): InputSpec => ({ name, label, kind: 'text', usual: '', pointer, ...(hint ? { hint } : {}) });
const share = (name: string, label: string, pointer: string, hint: string): InputSpec => ({ name, label, kind: 'number', usual: 100, unit: '%', min: 0, max: 100, pointer, hint });

const routeSpecs: InputSpec[] = [
  text('toVersion', 'To version'), share('weight', 'As much of it', '/weight', 'Of the requests that the rule is about'),
  share('percent', 'Of users', '/match/percent', 'A cohort: always the same users'), text('client', 'Of service', '/match/client', 'Only what this service sends'),
  text('clientVersion', 'In version', '/match/clientVersion', 'Only what this version of it sends'), text('header', 'With header', '/match/header'),
  { name: 'sticky', label: 'Same user, same version', kind: 'flag', usual: false }, { name: 'mirror', label: 'A copy only', kind: 'flag', usual: false, hint: 'Sends a copy whose answer nobody waits for' },
];
const flagSpecs: InputSpec[] = [
  text('name', 'Name'), text('version', 'Version'), { name: 'serviceTimeFactor', label: 'Service time', kind: 'number', usual: 1, unit: '×', min: 0.001, max: 1000 },
  { name: 'errorRate', label: 'Fails with chance', kind: 'number', usual: 0, min: 0, max: 1 }, { name: 'on', label: 'On', kind: 'flag', usual: true },
];

function drawVersions(root: HTMLElement, versions: Version[], current: string, retire: (version: string) => void): void {
  const items = select(root).selectAll<HTMLLIElement, Version>('li').data(versions, (version) => version.version).join((enter) => {
    const li = enter.append('li');
    li.append('span').attr('class', 'what');
    li.append('button').attr('type', 'button').attr('class', 'quiet').text('Retire');
    li.append('span').attr('class', 'hint wide');
    return li;
  });
  items.attr('data-version', (version) => version.version).select('span.what').text((version) => `${version.version}${version.version === current ? ' (new instances get it)' : ''}`);
  items.select('span.hint').text(versionText);
  items.select<HTMLButtonElement>('button').attr('hidden', (version) => (version.version === current ? '' : null)).attr('aria-label', (version) => `Retire ${version.version}`)
    .on('click', (_event, version) => retire(version.version));
}

export function versionsSection(root: HTMLElement, actions: Actions): Render {
  let service = '';
  const list = h('ul', { class: 'cards', 'data-testid': 'versions' });
  const listBox = h('div', {}, list);
  const routes = new RowList('route', '/rules', routeSpecs, '+ rule', () => ({ toVersion: '', weight: 100, percent: 100, client: '', clientVersion: '', header: '', sticky: false, mirror: false }));
  const flags = new RowList('flag', '/flags', flagSpecs, '+ flag', () => ({ name: '', version: '', serviceTimeFactor: 1, errorRate: 0, on: true }));
  const routeForm = sendingForm({ class: 'stack', 'data-testid': 'routes' }, () => actions.changes.setRoutes(service, routes.values() as unknown as RouteRule[]),
    h('p', { class: 'hint', text: 'Rules are asked in order; what none takes goes to the versions that no rule is about.' }), routes.root,
    h('button', { type: 'submit', 'data-testid': 'set-routes', text: 'Set routes' }));
  const flagForm = sendingForm({ class: 'stack', 'data-testid': 'flags' }, () => actions.changes.setFlags(service, flags.values() as unknown as FeatureFlag[]),
    flags.root, h('button', { type: 'submit', 'data-testid': 'set-flags', text: 'Set flags' }));
  root.append(h('h3', { text: 'Versions' }), listBox, h('h3', { class: 'later', text: 'Routes' }), routeForm, h('h3', { class: 'later', text: 'Feature flags' }), flagForm);
  return (state) => {
    if (service !== state.service) for (const box of [listBox, routeForm, flagForm]) showProblem(box, null);
    service = state.service;
    setHidden(root, state.versions === null);
    drawVersions(list, state.versions?.items ?? [], state.versions?.current ?? '', (version) => void actions.changes.removeVersion(service, version).then((problem) => showProblem(listBox, problem)));
    routes.show(state.routes as unknown as Values[]);
    flags.show(state.flags as unknown as Values[]);
  };
}
