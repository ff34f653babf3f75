// Faults: those that run, each with what is left of its time and a way to stop it, and a form for a new one.
import { select } from 'd3';
import type { State } from '../store';
import type { Fault } from '../wire';
import { button, clockTime, h, setHidden } from './dom';
import { faultForm } from './fault-form';
import type { Panel } from './panel';
import { describeParts, describeTarget } from './parts';

const titleOf = (state: State, type: string): string => state.faultTypes.find((t) => t.type === type)?.title ?? type;

/** How much of its time has passed, 0 to 1, and what is left in words; share null: it ends when it is stopped. */
export function leftOf(fault: Fault, nowMs: number): { share: number | null; text: string } {
  const rising = fault.ramp && nowMs < fault.startedSimTimeMs + fault.ramp.upMs ? ', rising' : '';
  if (fault.endsSimTimeMs === null) return { share: null, text: `since ${clockTime(fault.startedSimTimeMs)}, until stopped${rising}` };
  const left = Math.max(0, fault.endsSimTimeMs - nowMs);
  const falling = fault.ramp && rising === '' && left < fault.ramp.downMs ? ', falling' : '';
  return { share: Math.min(1, (nowMs - fault.startedSimTimeMs) / Math.max(1, fault.endsSimTimeMs - fault.startedSimTimeMs)), text: `${clockTime(left)} left, until ${clockTime(fault.endsSimTimeMs)}${rising}${falling}` };
}

function drawActive(root: HTMLElement, state: State, end: (fault: Fault) => void): void {
  const active = state.faults.filter((fault) => fault.state === 'active');
  const now = state.view?.simTimeMs ?? 0;
  const items = select(root).selectAll<HTMLLIElement, Fault>('li').data(active, (fault) => fault.id).join((enter) => {
    const li = enter.append('li').attr('class', 'fault').attr('data-testid', 'active-fault');
    li.append('span').attr('class', 'what');
    li.append('button').attr('type', 'button').attr('class', 'quiet').text('Stop');
    li.append('span').attr('class', 'hint wide whom');
    li.append('span').attr('class', 'hint wide left');
    li.append('progress').attr('class', 'wide').attr('max', 1).attr('aria-label', 'Time that has passed');
    return li;
  });
  items.select('span.what').text((fault) => titleOf(state, fault.type)).attr('title', (fault) => fault.type);
  items.select('span.whom').text((fault) => `${describeTarget(fault.selector)}${fault.target ? ` ↔ ${describeParts(fault.target)}` : ''}: ${fault.targets.toLocaleString('en')} ${fault.targets === 1 ? 'instance' : 'instances'}`);
  items.select('span.left').text((fault) => leftOf(fault, now).text);
  items.select<HTMLProgressElement>('progress').attr('hidden', (fault) => (leftOf(fault, now).share === null ? '' : null)).property('value', (fault) => leftOf(fault, now).share ?? 0);
  items.select<HTMLButtonElement>('button').attr('aria-label', (fault) => `Stop ${titleOf(state, fault.type)}, ${describeTarget(fault.selector)}`).on('click', (_event, fault) => end(fault));
}

export const faults: Panel = (root, actions) => {
  let active: Fault[] = [];
  const none = h('p', { class: 'empty', text: 'No fault is active.' });
  const list = h('ul', { class: 'cards' });
  const endAll = button('Revert all', { class: 'danger', 'data-testid': 'end-all-faults' }, () => void actions.faults.heal(active));
  const section = h('section');
  root.append(h('div', { class: 'row' }, h('h2', { text: 'Faults' }), endAll), none, list, section);
  const drawForm = faultForm(section, actions);
  return (state) => {
    active = state.faults.filter((fault) => fault.state === 'active');
    setHidden(none, active.length > 0);
    endAll.disabled = active.length === 0;
    drawActive(list, state, (fault) => void actions.faults.heal([fault]));
    drawForm(state);
  };
};
