// Who gets which share of the traffic: zones and regions are drained and given it back, regions evacuated in stages.
import { select } from 'd3';
import type { Actions } from '../actions';
import type { State } from '../store';
import type { Evacuation, PlaceTraffic } from '../wire';
import { clockTime, field, h, numberInput, setHidden, setOptions, setText } from './dom';
import { sendingForm, showProblem } from './form';
import { Inputs, type InputSpec } from './inputs';
import type { Panel, Render } from './panel';

const stages = ['decide', 'provision', 'startUp', 'switch'] as const;
const stageWords: Record<string, string> = { decide: 'decide', provision: 'provision', startUp: 'start up', switch: 'switch' };
const stateWords: Record<string, string> = { running: 'evacuating', succeeded: 'evacuated', failingBack: 'failing back', failedBack: 'failed back' };
const presets: Record<string, number[]> = { 'chaos-kong': [300, 240, 1500, 600], prewarmed: [120, 0, 0, 300] };

const shiftSpecs = (region: string): InputSpec[] => stages.map((stage, i) => ({
  name: `${stage}Ms`, label: stageWords[stage]!, kind: 'number', usual: (presets[region]?.[i] ?? 0) * 1000, unit: 's', scale: 1000, min: 0, max: 86_400,
}));
const specsByPreset = new Map(Object.keys(presets).map((name) => [name, shiftSpecs(name)]));

/** "gets 40 %, 0 % from 1:20 on"; "gets all of its traffic". */
export function placeText(place: PlaceTraffic, nowMs: number): string {
  const now = place.weight === 100 ? 'all of its traffic' : place.weight === 0 ? 'no traffic' : `${Math.round(place.weight)} % of its traffic`;
  return place.settledSimTimeMs > nowMs && place.target !== place.weight ? `${now}, ${place.target} % from ${clockTime(place.settledSimTimeMs)} on` : now;
}

/** How far the stages are, each 0 to 1. */
export function stageShares(evacuation: Evacuation, nowMs: number): { stage: string; share: number; ms: number }[] {
  const at = stages.indexOf(evacuation.stage as (typeof stages)[number]);
  const over = evacuation.state !== 'running';
  return stages.map((stage, i) => {
    const ms = evacuation.stagesMs[stage] ?? 0;
    const passed = ms > 0 ? Math.min(1, Math.max(0, nowMs - evacuation.stageBeganSimTimeMs) / ms) : 1;
    return { stage, ms, share: over || i < at ? 1 : i > at ? 0 : passed };
  });
}

class PlaceRow {
  readonly root: HTMLElement;
  private readonly name = h('strong', { class: 'what' });
  private readonly says = h('span', { class: 'hint wide' });
  private readonly weight = h('input', { type: 'range', min: '0', max: '100', step: '5' });
  private readonly chosen = h('output', { class: 'chosen' });
  private readonly set = h('button', { type: 'submit', text: 'Shift' });
  private place: PlaceTraffic | null = null;
  private given = -1;

  constructor(actions: Actions, drain: () => number) {
    this.weight.addEventListener('input', () => this.show());
    this.root = sendingForm({ class: 'place' }, async () => (this.place ? actions.changes.shift(this.place, Number(this.weight.value), drain()) : null),
      this.name, this.chosen, this.weight, this.set, this.says);
  }

  draw(place: PlaceTraffic, state: State): void {
    const label = place.region ? place.place : place.place.split('.').pop()!;
    setText(this.name, label);
    this.name.title = place.place;
    this.root.classList.toggle('zone', !place.region);
    this.root.dataset.testid = `place-${place.place}`;
    this.weight.setAttribute('aria-label', `Share of its traffic that ${place.place} gets`);
    if (place.target !== this.given || this.place?.place !== place.place) this.weight.value = String(place.target);
    this.given = place.target;
    this.place = place;
    setText(this.says, placeText(place, state.view?.simTimeMs ?? 0));
    this.root.classList.toggle('drained', place.weight < 100 || place.target < 100);
    this.set.disabled = state.busy.includes(`shift:${place.place}`);
    this.show();
  }

  private show(): void {
    setText(this.chosen, `${this.weight.value} %`);
    this.set.classList.toggle('primary', this.place !== null && Number(this.weight.value) !== this.place.target);
  }
}

function placesSection(root: HTMLElement, actions: Actions): Render {
  const drain = numberInput('drain', 10, 0, 86_400);
  const list = h('div', { class: 'places', 'data-testid': 'places' });
  const rows: PlaceRow[] = [];
  root.append(h('h3', { text: 'Zones and regions' }), field('Over', drain, 's of simulated time'), list);
  return (state) => {
    while (rows.length < state.places.length) {
      const row = new PlaceRow(actions, () => Number(drain.value) * 1000);
      rows.push(row);
      list.append(row.root);
    }
    for (const row of rows.splice(state.places.length)) row.root.remove();
    rows.forEach((row, i) => row.draw(state.places[i]!, state));
  };
}

function drawEvacuations(root: HTMLElement, state: State, actions: Actions): void {
  const now = state.view?.simTimeMs ?? 0;
  const items = select(root).selectAll<HTMLLIElement, Evacuation>('li').data([...state.evacuations].reverse(), (e) => e.id).join((enter) => {
    const li = enter.append('li').attr('data-testid', 'evacuation');
    li.append('span').attr('class', 'what');
    li.append('span').attr('class', 'badge');
    li.append('div').attr('class', 'stages wide').attr('role', 'img');
    li.append('button').attr('type', 'button').attr('class', 'quiet').attr('data-testid', 'fail-back').text('Fail back');
    return li;
  }).order();
  items.select('.what').text((e) => e.region);
  items.select('.badge').attr('class', (e) => `badge ${e.state}`).text((e) => stateWords[e.state] ?? e.state);
  items.select<HTMLButtonElement>('button').attr('hidden', (e) => (e.state === 'succeeded' ? null : '')).property('disabled', (e) => state.busy.includes(`evacuation:${e.id}`))
    .on('click', (_event, e) => void actions.changes.failBack(e.id, e.region));
  items.select<HTMLElement>('.stages').attr('aria-label', (e) => `${stateWords[e.state] ?? e.state}, stage ${stageWords[e.stage] ?? e.stage}`).each(function (e) {
    const shares = stageShares(e, now).filter((s) => s.ms > 0);
    const parts = select(this).selectAll<HTMLDivElement, (typeof shares)[number]>('div').data(shares, (s) => s.stage).join((enter) => {
      const part = enter.append('div');
      part.append('span');
      part.append('i');
      return part;
    });
    parts.style('flex-grow', (s) => Math.sqrt(s.ms)).classed('current', (s) => e.state === 'running' && s.stage === e.stage);
    parts.select('span').text((s) => stageWords[s.stage]!);
    parts.select('i').style('--share', (s) => `${s.share * 100}%`);
  });
}

function evacuationSection(root: HTMLElement, actions: Actions): Render {
  const region = h('select', { 'data-testid': 'evacuate-region' });
  const preset = h('select', { 'data-testid': 'evacuate-preset' });
  const grows = h('input', { type: 'checkbox' });
  grows.checked = true;
  const times = new Inputs(h('div', { class: 'grid four' }), 'evacuate-');
  setOptions(preset, [{ value: 'chaos-kong', label: 'Chaos Kong, 44 min' }, { value: 'prewarmed', label: 'Prewarmed, 7 min' }], 'chaos-kong');
  const show = (): void => {
    const specs = specsByPreset.get(preset.value)!;
    times.show(specs, Object.fromEntries(specs.map((spec) => [spec.name, spec.usual])));
  };
  preset.addEventListener('change', show);
  show();
  const form = sendingForm({ class: 'stack', 'data-testid': 'evacuate-form' }, () => actions.changes.evacuate({ region: region.value, preset: preset.value, ...times.values(), addsCapacity: grows.checked }),
    h('div', { class: 'grid' }, field('Region', region, '', '/region'), field('As', preset, '', '/preset')), times.root,
    h('label', { class: 'check' }, grows, h('span', { text: 'The other regions grow first' })), h('button', { type: 'submit', class: 'danger', 'data-testid': 'evacuate', text: 'Evacuate' }));
  const alone = h('p', { class: 'hint', text: 'There is one region only: start with more to evacuate one.' });
  const list = h('ul', { class: 'cards' });
  root.append(h('h3', { text: 'Evacuate a region' }), list, alone, form);
  let of = '';
  return (state) => {
    const regions = state.places.filter((place) => place.region).map((place) => place.place);
    setOptions(region, regions.map((name) => ({ value: name, label: name })), regions.includes(region.value) ? region.value : (regions[0] ?? ''));
    setHidden(form, regions.length < 2);
    setHidden(alone, regions.length !== 1);
    drawEvacuations(list, state, actions);
    if (of !== state.simulationId) showProblem(form, null);
    of = state.simulationId;
  };
}

export const traffic: Panel = (root, actions) => {
  const sections = [h('section'), h('section')] as const;
  root.append(h('h2', { text: 'Traffic' }), ...sections);
  const renders = [placesSection(sections[0], actions), evacuationSection(sections[1], actions)];
  return (state) => {
    for (const render of renders) render(state);
  };
};
