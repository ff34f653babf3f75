// Pushing code: the versions of a service over time, its deployments, a form for another one, routes and flags, and what makes deployments wait.
import type { Actions } from '../actions';
import type { Push } from '../api';
import type { State } from '../store';
import { summaryOf } from '../strips';
import type { Service } from '../wire';
import { drawDeployments } from './deployments';
import { field, fold, h, setHidden, setOptions, setText } from './dom';
import { sendingForm } from './form';
import { Inputs, type InputSpec } from './inputs';
import type { Panel, Render } from './panel';
import { servicePicker } from './service-picker';
import { drawShares, partsOf } from './shares';
import { bodyOfWay, wayChoices, wayOf } from './strategy';
import { drawStrip, rangeText, shadeOf, windowOf } from './strip';
import { versionsSection } from './versions';

/** 1.0 → 1.1, v7 → v8: the last number counts up. */
export const nextVersion = (version: string): string => {
  const match = /^(.*?)(\d+)(\D*)$/.exec(version);
  return match ? `${match[1]}${Number(match[2]) + 1}${match[3]}` : version === '' ? '1.1' : `${version}-2`;
};

/** Names that another version cannot have: of versions that are there, and of what was ever deployed. */
export const takenVersions = (service: Pick<Service, 'version' | 'byVersion'>, state: Pick<State, 'versions' | 'deployments'>): Set<string> =>
  new Set([
    service.version, ...Object.keys(service.byVersion), ...(state.versions?.items ?? []).map((version) => version.version),
    ...state.deployments.flatMap((deployment) => [deployment.version, deployment.previousVersion]),
  ]);

/** The next one that nothing has. */
export function freeVersion(version: string, taken: Set<string>): string {
  let next = nextVersion(version);
  while (taken.has(next)) next = nextVersion(next);
  return next;
}

const content: InputSpec[] = [
  { name: 'serviceTimeFactor', label: 'Service time', kind: 'number', usual: 1, unit: '×', min: 0.001, max: 1000, hint: 'How much longer each piece of work takes than in the first version' },
  { name: 'errorRate', label: 'Fails with chance', kind: 'number', usual: 0, unit: '0 to 1', min: 0, max: 1 },
  { name: 'startUpMs', label: 'Starts within', kind: 'number', usual: '', unit: 's', scale: 1000, min: 0, optional: true, hint: 'Empty: as the service does' },
  { name: 'crashAfterMs', label: 'Leaks, dies after', kind: 'number', usual: '', unit: 's', scale: 1000, min: 0.001, optional: true, pointer: '/memoryLeak/crashAfterMs', hint: 'Empty: no leak' },
];
const further: InputSpec[] = [
  { name: 'contract', label: 'Stands for, too', kind: 'text', usual: '', optional: true, hint: 'Versions of the interface that it answers as well, such as 1.2' },
  { name: 'rollbackShape', label: 'Goes back', kind: 'choice', usual: 'immediate', choices: ['immediate', 'weighted'], hint: 'All traffic at once, or as much as there are instances for' },
  { name: 'autoRollback', label: 'Goes back by itself', kind: 'flag', usual: true }, { name: 'keep', label: 'The old version stays beside it', kind: 'flag', usual: false },
  { name: 'force', label: 'Although a zone is down or clients need the old one', kind: 'flag', usual: false },
];

function historySection(root: HTMLElement, service: () => Service | null): Render {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('class', 'strip');
  svg.setAttribute('data-testid', 'strip');
  const caption = h('p', { class: 'hint', 'data-testid': 'strip-caption' });
  const versions = h('div', { class: 'shares', 'data-testid': 'by-version' });
  root.append(versions, svg, caption);
  return (state) => {
    const chosen = service();
    if (!chosen) return;
    const strips = state.strips[chosen.name] ?? [];
    const list = partsOf(chosen.byVersion);
    drawShares(versions, list, (i) => shadeOf(i, list.length));
    drawStrip(svg, strips);
    const { total, up } = summaryOf(strips, windowOf(strips).from);
    const sum = list.reduce((all, part) => all + part.count, 0);
    setText(caption, `${chosen.desired} wanted · in all ${rangeText(total, sum)} · up ${rangeText(up, chosen.instances.up)}`);
  };
}

function pushSection(root: HTMLElement, actions: Actions, service: () => Service | null): Render {
  const version = h('input', { type: 'text', id: 'version', 'data-testid': 'version', maxlength: '50', required: '' });
  const way = h('select', { 'data-testid': 'strategy' });
  const says = h('p', { class: 'hint' });
  const how = new Inputs(h('div', { class: 'grid' }), 'how-');
  const what = new Inputs(h('div', { class: 'grid' }), 'content-');
  const more = new Inputs(h('div', { class: 'grid' }), 'push-');
  setOptions(way, wayChoices, 'strategy:rolling');
  what.show(content);
  more.show(further);
  const show = (): void => {
    const chosen = wayOf(way.value);
    setText(says, chosen?.says ?? '');
    how.show(chosen?.specs ?? []);
  };
  way.addEventListener('change', show);
  show();
  let suggested = '';
  const send = async () => {
    const chosen = service();
    if (!chosen) return null;
    const made = bodyOfWay(way.value, how.values());
    if ('problem' in made) return made.problem;
    const { crashAfterMs, ...values } = what.values();
    const body: Push = { version: version.value, ...values, ...more.values(), ...(crashAfterMs === undefined ? {} : { memoryLeak: { crashAfterMs } }), ...made.body };
    const problem = await actions.changes.push(chosen.name, body);
    if (!problem) {
      suggested = version.value;
      root.closest('.panel')?.scrollTo({ top: 0 });
    }
    return problem;
  };
  root.append(h('h3', { text: 'Push a version' }), sendingForm({ class: 'stack', 'data-testid': 'push-form' }, send,
    h('div', { class: 'grid' }, field('Version', version, '', '/version'), field('How', way, '', '/strategy')), says, how.root,
    fold('What is in it', {}, what.root), fold('More', {}, more.root), h('button', { type: 'submit', class: 'primary', 'data-testid': 'push', text: 'Push' })));
  let shown = '';
  return (state) => {
    const chosen = service();
    if (!chosen) return;
    const mark = `${chosen.name}/${chosen.version}`;
    const taken = takenVersions(chosen, state);
    // What somebody has typed stays, though it be taken: then the server says so.
    const over = version.value === suggested && taken.has(suggested);
    if ((mark !== shown || over) && document.activeElement !== version) {
      // What made the last version slow or faulty must not go into the next one unseen.
      suggested = freeVersion(chosen.version, taken);
      version.value = suggested;
      what.show(content, Object.fromEntries(content.map((spec) => [spec.name, spec.usual])));
    }
    shown = mark;
  };
}

export const push: Panel = (root, actions) => {
  let service: Service | null = null;
  const picker = servicePicker(actions, 'push-service-picker');
  const list = h('ul', { class: 'cards', 'data-testid': 'deployments' });
  const gate = h('input', { type: 'checkbox', 'data-testid': 'gate' });
  gate.addEventListener('change', () => void actions.changes.setGate(gate.checked));
  const gateField = h('label', { class: 'check' }, gate, h('span', { text: 'Deployments wait while a zone or region is down' }));
  const history = h('div');
  const sections = [h('section'), h('section')] as const;
  root.append(h('div', { class: 'row' }, h('h2', { text: 'Push' }), picker.root), history, list, sections[0], sections[1], h('section', {}, gateField));
  const renders = [historySection(history, () => service), pushSection(sections[0], actions, () => service), versionsSection(sections[1], actions)];
  return (state: State) => {
    service = state.services.find((s) => s.name === state.service) ?? null;
    picker.draw(state);
    drawDeployments(list, state, actions);
    setHidden(list, state.deployments.length === 0);
    if (document.activeElement !== gate) gate.checked = state.gate;
    for (const render of renders) render(state);
  };
};
