// What if: copies of this simulation, from now or from a moment that has been, and how they came out beside it.
import { select } from 'd3';
import type { Actions } from '../actions';
import type { NewFork } from '../api';
import type { State } from '../store';
import type { JournalEntry, Simulation } from '../wire';
import { clockTime, field, fold, h, numberInput, setHidden, setOptions, setText } from './dom';
import { sendingForm } from './form';
import { words } from './inputs';
import type { Panel } from './panel';

const shownCommands = 60;

/** "Start fault zone.outage, us-east-1.zoneB", "Scale homepage". */
export function commandText(entry: JournalEntry): string {
  const { command } = entry;
  const text = (name: string): string => (typeof command[name] === 'string' ? (command[name] as string) : '');
  const selector = typeof command.selector === 'object' && command.selector !== null ? Object.values(command.selector).filter(Array.isArray).flat().join(', ') : '';
  const parts = [text('faultType'), selector, ...['service', 'dependency', 'instance', 'machine', 'zone', 'region', 'fault', 'deployment', 'evacuation', 'version', 'state'].map(text)];
  return [words(entry.type), ...parts.filter((part) => part !== '')].join(' ');
}

export interface Relative { simulation: Simulation; relation: string; sinceMs: number }

/** Those that share a beginning with a simulation: its origin, the other copies of that, its own copies. */
export function relativesOf(simulations: Simulation[], id: string): Relative[] {
  const byId = new Map(simulations.map((simulation) => [simulation.id, simulation]));
  const rootOf = (simulation: Simulation): string => {
    const seen = new Set<string>();
    let at = simulation;
    while (at.origin && !seen.has(at.id)) {
      seen.add(at.id);
      const next = byId.get(at.origin.simulation);
      if (!next) return at.origin.simulation;
      at = next;
    }
    return at.id;
  };
  const own = byId.get(id);
  if (!own) return [];
  return simulations.filter((simulation) => simulation.id !== id && rootOf(simulation) === rootOf(own)).map((simulation) => {
    if (own.origin?.simulation === simulation.id) return { simulation, relation: 'what this is a copy of', sinceMs: own.origin.simTimeMs };
    if (simulation.origin?.simulation === id) return { simulation, relation: 'a copy of this', sinceMs: simulation.origin.simTimeMs };
    return { simulation, relation: `a copy of ${simulation.origin?.simulation ?? 'the same'}`, sinceMs: Math.min(simulation.origin?.simTimeMs ?? Infinity, own.origin?.simTimeMs ?? Infinity) };
  });
}

function forkForm(actions: Actions): { root: HTMLElement; draw(state: State): void } {
  const when = h('select', { 'data-testid': 'fork-when' });
  const at = numberInput('fork-at', 0, 0, 1e10);
  const command = h('select', { 'data-testid': 'fork-command' });
  const name = h('input', { type: 'text', maxlength: '63', 'data-testid': 'fork-name', placeholder: 'made up' });
  const seed = h('input', { type: 'number', min: '0', step: '1', placeholder: 'the same', 'data-testid': 'fork-seed' });
  const paused = h('input', { type: 'checkbox' });
  setOptions(when, [{ value: 'now', label: 'from now' }, { value: 'at', label: 'from a time' }, { value: 'before', label: 'from before a command' }], 'now');
  const atField = field('At', at, 's', '/atSimTimeMs');
  const commandField = field('Before', command, '', '/beforeCommand');
  const follow = (): void => {
    setHidden(atField, when.value !== 'at');
    setHidden(commandField, when.value !== 'before');
  };
  when.addEventListener('change', follow);
  follow();
  let id = '';
  const root = sendingForm({ class: 'stack', 'data-testid': 'fork-form' }, () => {
    const spec: NewFork = {
      ...(name.value.trim() === '' ? {} : { id: name.value.trim() }), ...(when.value === 'at' ? { atSimTimeMs: Number(at.value) * 1000 } : {}),
      ...(when.value === 'before' ? { beforeCommand: Number(command.value) } : {}), ...(seed.value === '' ? {} : { seed: Number(seed.value) }), ...(paused.checked ? { startPaused: true } : {}),
    };
    return actions.forks.fork(id, spec);
  }, field('A copy of this', when), atField, commandField,
  fold('More', {}, h('div', { class: 'grid' }, field('Name', name, '', '/id'), field('Random numbers', seed, '', '/seed')), h('label', { class: 'check' }, paused, h('span', { text: 'Stands still at first' }))),
  h('button', { type: 'submit', class: 'primary', 'data-testid': 'fork', text: 'Fork' }));
  return {
    root,
    draw(state) {
      id = state.simulationId;
      const recent = state.journal.slice(-shownCommands).reverse();
      setOptions(command, recent.map((entry) => ({ value: String(entry.seq), label: `${clockTime(entry.simTimeMs)} ${commandText(entry)}` })), command.value || String(recent[0]?.seq ?? ''));
      for (const option of when.options) if (option.value === 'before') option.disabled = recent.length === 0;
    },
  };
}

function drawRelatives(root: HTMLElement, state: State, actions: Actions): void {
  const items = select(root).selectAll<HTMLLIElement, Relative>('li').data(relativesOf(state.simulations, state.simulationId), (relative) => relative.simulation.id).join((enter) => {
    const li = enter.append('li').attr('data-testid', 'relative');
    li.append('span').attr('class', 'what');
    li.append('span').attr('class', 'badge');
    li.append('span').attr('class', 'hint wide');
    const acts = li.append('div').attr('class', 'row wrap wide acts');
    for (const name of ['Compare', 'Open', 'Delete']) acts.append('button').attr('type', 'button').attr('class', name === 'Compare' ? 'primary' : 'quiet').attr('data-act', name).text(name);
    return li;
  });
  items.select('.what').text((relative) => relative.simulation.id);
  items.select('.badge').text((relative) => relative.simulation.status || relative.simulation.state);
  items.select('.hint').text((relative) => `${relative.relation}, parted at ${clockTime(relative.sinceMs)}; now ${clockTime(relative.simulation.simTimeMs)}${relative.simulation.state === 'running' ? '' : `, ${relative.simulation.state}`}`);
  const act = (name: string, run: (relative: Relative) => void): void => {
    items.select<HTMLButtonElement>(`[data-act="${name}"]`).attr('aria-label', (relative) => `${name} ${relative.simulation.id}`).on('click', (_event, relative) => run(relative));
  };
  act('Compare', ({ simulation }) => {
    // The one that is the copy is the candidate.
    const pair = simulation.origin?.simulation === state.simulationId ? [state.simulationId, simulation.id] : [simulation.id, state.simulationId];
    void actions.forks.compare({ base: pair[0]!, candidate: pair[1]! });
  });
  act('Open', ({ simulation }) => actions.open(simulation.id));
  act('Delete', ({ simulation }) => void actions.remove(simulation.id));
}

export const forks: Panel = (root, actions) => {
  const form = forkForm(actions);
  const none = h('p', { class: 'empty', text: 'There is no copy yet. Fork, do something else in the copy, and compare.' });
  const origin = h('p', { class: 'hint', 'data-testid': 'origin' });
  const list = h('ul', { class: 'cards' });
  root.append(h('h2', { text: 'What if' }), origin, none, list, h('section', {}, h('h3', { text: 'Fork' }), form.root));
  return (state) => {
    const own = state.simulations.find((simulation) => simulation.id === state.simulationId);
    setText(origin, own?.origin ? `This is a copy of ${own.origin.simulation}, from ${clockTime(own.origin.simTimeMs)} on: until then they are the same, event by event.` : 'A copy goes on with the same random numbers: what differs is what is done otherwise.');
    setHidden(none, relativesOf(state.simulations, state.simulationId).length > 0);
    drawRelatives(list, state, actions);
    form.draw(state);
  };
};
