// Who says how many instances a service has: people, or an autoscaler, whose decisions are listed with their reasons.
import { select } from 'd3';
import type { Actions } from '../actions';
import type { Autoscaler, Decision } from '../wire';
import { button, clockTime, duration, figure, fold, h, setHidden, setText } from './dom';
import { sendingForm, showProblem } from './form';
import { Inputs, type InputSpec, type Value } from './inputs';
import type { Render } from './panel';

const metricWords: Record<string, [string, string]> = { utilisation: ['busy workers', '%'], requests: ['requests an instance', '/s'], queue: ['calls that wait at an instance', ''] };
const decisionsShown = 6;

const specs: InputSpec[] = [
  { name: 'metric', label: 'By', kind: 'choice', usual: 'utilisation', choices: ['utilisation', 'requests', 'queue'], pointer: '/metrics/0/name', hint: 'Busy workers in %, requests a second, or waiting calls, of an instance' },
  { name: 'target', label: 'Target', kind: 'number', usual: 50, min: 0.001, pointer: '/metrics/0/target', hint: 'Of an instance: percent, requests a second, calls' },
  { name: 'min', label: 'At least', kind: 'number', usual: 1, min: 1 }, { name: 'max', label: 'At most', kind: 'number', usual: 10, min: 1 },
];
const further: InputSpec[] = [
  { name: 'tolerance', label: 'Tolerance', kind: 'number', usual: 0.1, min: 0, max: 1, hint: 'Nothing is done while the ratio of metric and target is so close to 1' },
  { name: 'syncMs', label: 'Looks every', kind: 'number', usual: 15_000, unit: 's', scale: 1000, min: 1 },
  { name: 'upWindowMs', label: 'More after', kind: 'number', usual: 0, unit: 's', scale: 1000, min: 0, pointer: '/behaviour/up/windowMs', hint: 'The most careful advice of so long' },
  { name: 'downWindowMs', label: 'Fewer after', kind: 'number', usual: 300_000, unit: 's', scale: 1000, min: 0, pointer: '/behaviour/down/windowMs' },
  { name: 'initialReadinessMs', label: 'Ready by', kind: 'number', usual: 30_000, unit: 's', scale: 1000, min: 0, hint: 'An instance that was never ready is left out for so long' },
  { name: 'initialisationMs', label: 'Young for', kind: 'number', usual: 300_000, unit: 's', scale: 1000, min: 0, hint: 'One that is so young counts when it was ready for a whole measurement' },
];

/** "busy workers 50 %, 6 to 60 instances, every 15 s". */
export function autoscalerText(autoscaler: Autoscaler): string {
  const metrics = autoscaler.metrics.map(({ name, target }) => `${metricWords[name]?.[0] ?? name} ${figure(target)}${metricWords[name]?.[1] ? ` ${metricWords[name]![1]}` : ''}`);
  return `${metrics.join(', ')}; ${autoscaler.min} to ${autoscaler.max} instances, every ${duration(autoscaler.syncMs)}${autoscaler.enabled ? '' : '; switched off'}`;
}

/** What the form asks for; what it does not show (further metrics, rules) stays as it is. */
export function bodyOfAutoscaler(values: Record<string, Value>, present: Autoscaler | null): Record<string, unknown> {
  const { metric, target, upWindowMs, downWindowMs, ...rest } = values;
  const before = present?.json ?? {};
  const behaviour = (before.behaviour ?? {}) as Record<string, object>;
  const others = present && Array.isArray(before.metrics) ? (before.metrics as unknown[]).slice(1) : [];
  return {
    ...before, ...rest, enabled: true, metrics: [{ name: metric, target }, ...others],
    behaviour: { ...behaviour, up: { ...behaviour.up, windowMs: upWindowMs }, down: { ...behaviour.down, windowMs: downWindowMs } },
  };
}

/** Decisions in a row that leave everything as it is say it once; the newest first. */
export function tellingDecisions(decisions: Decision[]): Decision[] {
  return [...decisions].reverse().filter((decision, i, all) => {
    const newer = all[i - 1];
    return !newer || decision.applied !== decision.current || newer.applied !== newer.current || decision.reason !== newer.reason;
  });
}

function drawDecisions(root: HTMLElement, decisions: Decision[]): void {
  const items = select(root).selectAll<HTMLLIElement, Decision>('li').data(tellingDecisions(decisions).slice(0, decisionsShown), (d) => d.simTimeMs).join((enter) => {
    const li = enter.append('li');
    for (const name of ['when', 'change', 'reason']) li.append('span').attr('class', name);
    return li;
  }).order();
  items.classed('changed', (d) => d.applied !== d.current);
  items.select('.when').text((d) => clockTime(d.simTimeMs));
  items.select('.change').text((d) => (d.applied === d.current ? `stays ${d.current}` : `${d.current} → ${d.applied}`)).attr('title', (d) => `the metrics ask for ${d.raw}, after the windows ${d.stabilised}`);
  items.select('.reason').text((d) => d.reason);
}

export function autoscalerSection(root: HTMLElement, actions: Actions): Render {
  let service = '';
  let present: Autoscaler | null = null;
  const now = h('p', { class: 'hint', 'data-testid': 'autoscaler-now' });
  const inputs = new Inputs(h('div', { class: 'grid' }), 'autoscaler-');
  const more = new Inputs(h('div', { class: 'grid' }), 'autoscaler-');
  inputs.show(specs);
  more.show(further);
  const set = h('button', { type: 'submit', 'data-testid': 'set-autoscaler', text: 'Scale by load' });
  const off = button('By hand again', { class: 'quiet', 'data-testid': 'no-autoscaler' }, () => void actions.changes.setAutoscaler(service, null).then((problem) => showProblem(form, problem)));
  const form = sendingForm({ class: 'stack' }, () => actions.changes.setAutoscaler(service, bodyOfAutoscaler({ ...inputs.values(), ...more.values() }, present)),
    inputs.root, fold('More', {}, more.root), h('div', { class: 'row' }, set, off));
  const list = h('ol', { class: 'decisions', 'data-testid': 'decisions', 'aria-label': 'Decisions, newest first' });
  root.append(h('h3', { text: 'Autoscaler' }), now, list, form);
  let shown = '';
  return (state) => {
    const status = state.autoscaler;
    service = state.service;
    present = status?.autoscaler ?? null;
    setText(now, present ? `Now ${autoscalerText(present)}` : 'People say how many there are.');
    setHidden(off, present === null);
    setText(set, present ? 'Change' : 'Scale by load');
    setHidden(list, state.decisions.length === 0);
    drawDecisions(list, state.decisions);
    // What somebody is filling in stays until the autoscaler itself changes.
    const mark = JSON.stringify([service, status?.service ?? '', present?.json ?? null]);
    if (mark === shown || !status) return;
    shown = mark;
    showProblem(form, null);
    if (present) {
      const { json, metrics, enabled, ...figures } = present;
      inputs.show(specs, { metric: metrics[0]?.name ?? 'utilisation', target: metrics[0]?.target ?? 50, min: figures.min, max: figures.max });
      more.show(further, figures);
    } else {
      inputs.show(specs, { metric: 'utilisation', target: 50, min: Math.max(1, Math.ceil(status.desired / 4)), max: Math.max(2, status.desired * 4) });
      more.show(further, Object.fromEntries(further.map((spec) => [spec.name, spec.usual])));
    }
  };
}
