// Changes to one service: how many instances, which version, and how much load comes in.
import { select } from 'd3';
import type { Deployment, Service } from '../wire';
import { button, field, figure, h, numberInput, setOptions, setText } from './dom';
import { loadSection } from './load';
import type { Actions } from '../actions';
import type { Panel, Render } from './panel';

interface Part { name: string; count: number }

/** A bar of shares with the numbers in words beside it. */
function bars(root: HTMLElement, parts: Part[]): void {
  const most = Math.max(1, ...parts.map((part) => part.count));
  const rows = select(root).selectAll<HTMLDivElement, Part>('div.share').data(parts, (part) => part.name).join((enter) => {
    const row = enter.append('div').attr('class', 'share');
    row.append('span').attr('class', 'name');
    row.append('span').attr('class', 'bar').append('i');
    row.append('span').attr('class', 'count');
    return row;
  });
  rows.attr('data-name', (part) => part.name).select('span.name').text((part) => part.name);
  rows.select('i').style('width', (part) => `${(100 * part.count) / most}%`);
  rows.select('span.count').text((part) => part.count);
}

const parts = (counts: Record<string, number>): Part[] =>
  Object.keys(counts).sort((a, b) => a.localeCompare(b, 'en', { numeric: true })).map((name) => ({ name, count: counts[name]! }));

function scaleSection(root: HTMLElement, actions: Actions, service: () => Service | null): Render {
  const replicas = numberInput('replicas', 1, 0, 100_000, '1');
  const ready = h('p', { class: 'hint', 'data-testid': 'scale-ready' });
  const zones = h('div', { class: 'shares', 'data-testid': 'by-zone' });
  const change = (by: number): void => {
    replicas.value = String(Math.max(0, Math.round(Number(replicas.value) + by)));
  };
  const form = h('form', { class: 'row' },
    button('−', { class: 'icon', 'aria-label': 'One less' }, () => change(-1)), replicas, button('+', { class: 'icon', 'aria-label': 'One more' }, () => change(1)),
    h('button', { type: 'submit', class: 'primary', 'data-testid': 'scale', text: 'Scale' }));
  replicas.setAttribute('aria-label', 'Instances');
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const chosen = service();
    if (chosen) void actions.scale(chosen.name, Number(replicas.value));
  });
  root.append(h('h3', { text: 'Scale' }), form, ready, zones);
  let shown = '';
  return () => {
    const chosen = service();
    if (!chosen) return;
    const mark = `${chosen.name}/${chosen.desired}`;
    if (mark !== shown && document.activeElement !== replicas) replicas.value = String(chosen.desired);
    shown = mark;
    const n = chosen.instances;
    const waiting = [n.starting ? `${n.starting} starting` : '', n.draining ? `${n.draining} draining` : '', n.down ? `${n.down} down` : ''].filter((s) => s !== '').join(', ');
    setText(ready, `${n.up} of ${chosen.desired} up${waiting ? `, ${waiting}` : ''} · ${figure(chosen.requestsPerSecond)} req/s`);
    bars(zones, parts(chosen.byZone));
  };
}

/** 1.0 → 1.1, v7 → v8: the last number counts up. */
export const nextVersion = (version: string): string => {
  const match = /^(.*?)(\d+)(\D*)$/.exec(version);
  return match ? `${match[1]}${Number(match[2]) + 1}${match[3]}` : version === '' ? '1.1' : `${version}-2`;
};

function pushSection(root: HTMLElement, actions: Actions, service: () => Service | null): Render {
  const version = h('input', { type: 'text', id: 'version', 'data-testid': 'version', maxlength: '64', required: '' });
  const factor = numberInput('service-time-factor', 1, 0.001, 1000);
  const errors = numberInput('error-rate', 0, 0, 1);
  const batch = numberInput('batch-percent', 25, 1, 100);
  const versions = h('div', { class: 'shares', 'data-testid': 'by-version' });
  const list = h('ul', { class: 'cards', 'data-testid': 'deployments' });
  const form = h('form', { class: 'grid' },
    field('Version', version), field('Batch', batch, '%'), field('Service time', factor, '×'), field('Fails with chance', errors),
    h('button', { type: 'submit', class: 'primary wide', 'data-testid': 'push', text: 'Push' }));
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const chosen = service();
    if (!chosen) return;
    void actions.push(chosen.name, { version: version.value, serviceTimeFactor: Number(factor.value), errorRate: Number(errors.value), batchPercent: Number(batch.value) });
  });
  root.append(h('h3', { text: 'Push code' }), versions, form, list);
  let shown = '';
  return (state) => {
    const chosen = service();
    if (!chosen) return;
    const mark = `${chosen.name}/${chosen.version}`;
    if (mark !== shown && document.activeElement !== version) {
      // What made the last version slow or faulty must not go into the next one unseen.
      version.value = nextVersion(chosen.version);
      factor.value = '1';
      errors.value = '0';
    }
    shown = mark;
    bars(versions, parts(chosen.byVersion));
    drawDeployments(list, state.deployments, (deployment) => void actions.rollBack(deployment.service, deployment.id), state.busy);
  };
}

const deploymentWords: Record<string, string> = {
  progressing: 'rolling out', succeeded: 'rolled out', rollingBack: 'rolling back', rolledBack: 'rolled back', superseded: 'superseded',
};

function drawDeployments(root: HTMLElement, deployments: Deployment[], rollBack: (deployment: Deployment) => void, busy: string[]): void {
  const recent = [...deployments].sort((a, b) => b.startedSimTimeMs - a.startedSimTimeMs).slice(0, 5);
  const items = select(root).selectAll<HTMLLIElement, Deployment>('li').data(recent, (d) => d.id).join((enter) => {
    const li = enter.append('li');
    li.append('span').attr('class', 'what');
    li.append('span').attr('class', 'badge');
    li.append('progress').attr('max', 1).attr('aria-label', 'Instances updated');
    li.append('button').attr('type', 'button').attr('class', 'quiet').attr('data-testid', 'rollback').text('Roll back');
    return li;
  }).order();
  items.attr('data-deployment', (d) => d.id).attr('data-state', (d) => d.state);
  items.select('span.what').text((d) => `${d.previousVersion} → ${d.version}`);
  items.select('span.badge').attr('class', (d) => `badge ${d.state}`).text((d) => `${deploymentWords[d.state] ?? d.state} ${d.updated}/${d.total}`);
  items.select<HTMLProgressElement>('progress').property('value', (d) => (d.total > 0 ? d.updated / d.total : 0));
  items.select<HTMLButtonElement>('button')
    .attr('hidden', (d, i) => (d.state === 'progressing' || (d.state === 'succeeded' && i === 0) ? null : ''))
    .property('disabled', (d) => busy.includes(`rollback:${d.id}`))
    .on('click', (_event, d) => rollBack(d));
}

export const operate: Panel = (root, actions) => {
  let service: Service | null = null;
  const picker = h('select', { 'aria-label': 'Service', 'data-testid': 'service-picker', class: 'wide' });
  picker.addEventListener('change', () => {
    actions.setService(picker.value);
    picker.blur();
  });
  const sections = [h('section'), h('section'), h('section')] as const;
  root.append(h('div', { class: 'row' }, h('h2', { text: 'Operate' }), picker), ...sections);
  const renders = [scaleSection(sections[0], actions, () => service), pushSection(sections[1], actions, () => service), loadSection(sections[2], actions)];
  return (state) => {
    service = state.services.find((s) => s.name === state.service) ?? null;
    const order = (state.view?.tiers ?? []).flatMap((tier) => tier.services);
    const services = [...state.services].sort((a, b) => order.indexOf(a.name) - order.indexOf(b.name));
    setOptions(picker, services.map((s) => ({ value: s.name, label: `${s.name} · ${s.package}` })), state.service);
    for (const render of renders) render(state);
  };
};
