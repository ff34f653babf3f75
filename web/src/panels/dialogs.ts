// What opens above the page: starting a simulation, finding a node, and the list of keys.
import { select } from 'd3';
import type { State } from '../store';
import type { Architecture, Simulation } from '../wire';
import { button, clockTime, field, h, numberInput, setHidden } from './dom';
import type { Panel, Render } from './panel';
import type { Actions } from '../actions';
import { comparisonSheet } from './comparison';
import { reportSheet } from './report';
import { beginningsOf } from './story';

function startForm(root: HTMLElement, actions: Actions): Render {
  const seed = numberInput('seed', 1, 0, Number.MAX_SAFE_INTEGER, '1');
  const speed = numberInput('start-speed', 1, 0, 1000);
  const scale = numberInput('scale-percent', 100, 1, 100_000, '1');
  const regions = numberInput('regions', 1, 1, 6, '1');
  const list = h('ul', { class: 'choices two', 'data-testid': 'architectures' });
  const running = h('ul', { class: 'cards', 'data-testid': 'simulations' });
  const stories = h('ul', { class: 'choices two', 'data-testid': 'scenarios' });
  const storiesTitle = h('h3', { text: 'Stories: something happens, and is explained' });
  const plain = h('h3', { text: 'Architectures: nothing happens by itself' });
  root.append(h('h2', { text: 'Start a simulation' }), storiesTitle, stories, plain,
    h('div', { class: 'grid four' }, field('Seed', seed), field('Speed', speed, '×'), field('Scale', scale, '%'), field('Regions', regions)),
    list, h('h3', { text: 'Running' }), running);
  const start = (name: string): void =>
    void actions.create({ architecture: name, seed: Number(seed.value), speed: Number(speed.value), scalePercent: Number(scale.value), regions: Number(regions.value) });
  return (state) => {
    for (const part of [storiesTitle, stories, plain]) setHidden(part, state.scenarios.length === 0);
    const told = select(stories).selectAll<HTMLLIElement, Beginning>('li').data(beginningsOf(state.scenarios), ({ scenario }) => scenario.name).join((enter) => {
      const li = enter.append('li');
      const item = li.append('button').attr('type', 'button').attr('data-scenario', ({ scenario }) => scenario.name)
        .on('click', (_event, { scenario }) => void actions.create({ scenario: scenario.name, speed: Number(speed.value) }));
      item.append('strong');
      item.append('span').attr('class', 'about');
      return li;
    });
    told.select('strong').text(({ scenario }) => scenario.title);
    told.select('button').attr('title', ({ scenario }) => scenario.summary);
    told.select('span').text(({ scenario, parts }) => `${parts > 1 ? `${parts} parts. ` : ''}${scenario.summary}`);
    const items = select(list).selectAll<HTMLLIElement, Architecture>('li').data(state.architectures, (a) => a.name).join((enter) => {
      const li = enter.append('li');
      const item = li.append('button').attr('type', 'button').attr('data-architecture', (a) => a.name).on('click', (_event, a) => start(a.name));
      item.append('strong');
      item.append('span').attr('class', 'about');
      return li;
    });
    items.select('strong').text((a) => a.name);
    items.select('span').text((a) => `${a.description}${a.services > 0 ? ` · ${a.services} services` : ''}`);
    const rows = select(running).selectAll<HTMLLIElement, Simulation>('li').data(state.simulations, (s) => s.id).join((enter) => {
      const li = enter.append('li');
      li.append('button').attr('type', 'button').attr('class', 'quiet what').on('click', (_event, s) => {
        actions.setDialog('');
        actions.open(s.id);
      });
      li.append('span').attr('class', 'hint');
      li.append('button').attr('type', 'button').attr('class', 'quiet').text('Delete').on('click', (_event, s) => void actions.remove(s.id));
      return li;
    });
    rows.select('button.what').text((s) => s.id);
    rows.select('span.hint').text((s) => `${s.architecture}, ${s.counts.instances} instances, ${s.state}, ${clockTime(s.simTimeMs)}`);
  };
}

type Beginning = ReturnType<typeof beginningsOf>[number];

interface Hit { id: string; label: string; place: string }

/** Nodes whose name contains every word. */
export function find(state: State, query: string): Hit[] {
  const words = query.toLowerCase().split(/\s+/).filter((word) => word !== '');
  const hits = [...(state.view?.nodes.values() ?? [])].map((node) => ({ id: node.id, label: node.id.split('.').pop() ?? node.name, place: [node.service, node.version, node.region, node.zone].filter((s) => s !== '' && s !== '*').join(' · ') }));
  return hits.filter((hit) => words.every((word) => `${hit.id} ${hit.place}`.toLowerCase().includes(word))).slice(0, 12);
}

function searchForm(root: HTMLElement, actions: Actions, reveal: (id: string) => void): Render {
  const input = h('input', { type: 'search', 'data-testid': 'search', 'aria-label': 'Find a service or instance', placeholder: 'Find a service, zone, version or instance' });
  const list = h('ul', { class: 'choices', 'data-testid': 'hits' });
  root.append(input, list);
  let latest: State | null = null;
  const open = (id: string): void => {
    actions.setDialog('');
    actions.select(id);
    reveal(id);
  };
  const draw = (): void => {
    const items = select(list).selectAll<HTMLLIElement, Hit>('li').data(latest ? find(latest, input.value) : [], (hit) => hit.id).join((enter) => {
      const li = enter.append('li');
      const item = li.append('button').attr('type', 'button').on('click', (_event, hit) => open(hit.id));
      item.append('strong').text((hit) => hit.label);
      item.append('span').text((hit) => hit.place);
      return li;
    });
    items.order();
  };
  input.addEventListener('input', draw);
  input.addEventListener('keydown', (event) => {
    const first = latest ? find(latest, input.value)[0] : undefined;
    if (event.key === 'Enter' && first) open(first.id);
  });
  return (state) => {
    latest = state;
    if (document.activeElement !== input) {
      input.value = '';
      input.focus();
    }
    draw();
  };
}

const keys: [string, string][] = [
  ['Space', 'play or pause'], ['/', 'find a service or instance'], ['Esc', 'close'], ['Arrows, Enter', 'walk over the picture, open a node'], ['1 – 5', 'regions … instances'],
  ['0', 'show everything'], ['t', 'dark or light'],
];

export const dialogs = (reveal: (id: string) => void): Panel => (root, actions) => {
  const sheets = { start: h('div'), search: h('div'), help: h('div'), compare: h('div'), report: h('div') };
  const names = { start: 'Start a simulation', search: 'Find', help: 'Keys', compare: 'Compare two simulations', report: 'Report of an experiment' };
  const renders: Record<string, Render> = { start: startForm(sheets.start, actions), search: searchForm(sheets.search, actions, reveal), help: () => undefined, compare: comparisonSheet(sheets.compare, actions), report: reportSheet(sheets.report) };
  sheets.help.append(h('h2', { text: 'Keys' }), h('dl', { class: 'keys' }, ...keys.flatMap(([key, does]) => [h('dt', {}, h('kbd', { text: key })), h('dd', { text: does })])));
  const close = button('×', { class: 'quiet icon close', 'aria-label': 'Close (Esc)' }, () => actions.setDialog(''));
  const box = h('div', { class: 'sheet', role: 'dialog', 'aria-modal': 'true' }, close, ...Object.values(sheets));
  root.append(box);
  root.addEventListener('click', (event) => {
    if (event.target === root) actions.setDialog('');
  });
  let open = '';
  return (state) => {
    root.hidden = state.dialog === '';
    if (state.dialog === '') {
      open = '';
      return;
    }
    for (const [name, sheet] of Object.entries(sheets)) sheet.hidden = name !== state.dialog;
    box.setAttribute('aria-label', names[state.dialog]);
    box.classList.toggle('wide', state.dialog === 'compare' || state.dialog === 'report' || state.dialog === 'start');
    renders[state.dialog]!(state);
    if (open !== state.dialog && state.dialog !== 'search') close.focus();
    open = state.dialog;
  };
};
