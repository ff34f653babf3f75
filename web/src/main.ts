// Puts the dashboard together: store, stream, actions, panels, keys and address.
import { Actions } from './actions';
import { api, ApiError } from './api';
import { Graph } from './graph/draw';
import { announce } from './panels/announce';
import { dialogs } from './panels/dialogs';
import { header } from './panels/header';
import { legend } from './panels/legend';
import { notice } from './panels/notice';
import type { Render } from './panels/panel';
import { side } from './panels/side';
import { timeline } from './panels/timeline';
import { toasts } from './panels/toasts';
import { toolbar } from './panels/toolbar';
import { refusalText } from './refusal';
import { Stream } from './socket';
import { placeOf, Store, type State } from './store';
import { readPlace, writePlace } from './url';
import { levels, type Frame, type Level } from './wire';

/** More than this many instances are shown as groups unless asked for. */
const instancesShown = 300;
const slowPollMs = 2_000;
const settleMs = 120;

const store = new Store();
const follow = { subscribe: (wanted: State['wanted']): void => stream?.subscribe({ ...wanted, level: wanted.level || 'group' }) };
const actions = new Actions(store, follow);
let stream: Stream | null = null;

const place = (id: string): HTMLElement => document.getElementById(id)!;
let perDot = 1;
const graph = new Graph(place('graph'), {
  select: (id) => actions.select(id),
  hover: (id) => actions.hover(id),
  failZone: (zone) => void actions.faults.failZone(zone),
  heal: (faults) => void actions.faults.heal(faults),
  narrow: (path) => actions.setView({ path, focus: '' }),
  requestsPerDot: (n) => {
    perDot = n;
  },
});
const drawLegend = legend(place('legend'));
const renders: Render[] = [
  header(place('header'), actions), notice(place('notice'), actions), toolbar(() => graph.fit())(place('toolbar'), actions), (state) => graph.render(state),
  (state) => drawLegend(state, perDot), side(place('side'), actions), timeline(place('timeline'), actions), dialogs((id) => graph.focusNode(id))(place('dialogs'), actions),
  toasts(place('toasts'), actions), announce(place('announcements'), actions),
];

let waiting = false;
function renderSoon(): void {
  if (waiting) return;
  waiting = true;
  // A hidden tab gets no animation frames, and a page that opens in one should still be right when it is looked at.
  const draw = (): void => {
    if (!waiting) return;
    waiting = false;
    const { state } = store;
    document.documentElement.dataset.theme = state.theme;
    for (const render of renders) render(state);
  };
  requestAnimationFrame(draw);
  setTimeout(draw, 250);
}

async function chooseLevel(id: string): Promise<Level> {
  const simulation = await api.simulation(id);
  store.dispatch({ type: 'set', part: { simulation } });
  return simulation.counts.instances <= instancesShown ? 'instance' : 'group';
}

function onFrame(frame: Frame): void {
  const { view: before, wanted } = store.state;
  store.dispatch({ type: 'frame', frame, now: performance.now() });
  if (frame.type === 'error') actions.say('error', refusalText(frame.problem, wanted.path));
  if (frame.type === 'keyframe') {
    if (!before) {
      void actions.loadHistory();
      void actions.refreshFindings();
    }
    void actions.faults.refresh();
    void actions.refreshJudgement();
    void actions.chaos.refreshLever();
    void actions.refreshServices().then(actions.refreshTab);
    if (store.state.selected !== '') {
      void actions.refreshHistogram();
      actions.refreshStatistics();
    }
  }
  if (frame.type === 'events') refreshAfter(frame.events.map((event) => event.type));
}

const settling = new Map<string, ReturnType<typeof setTimeout>>();
/** Many events in a row cause one reading. */
function settle(key: string, work: () => Promise<void>): void {
  if (!settling.has(key)) {
    settling.set(key, setTimeout(() => {
      settling.delete(key);
      void work();
    }, settleMs));
  }
}

function refreshAfter(types: string[]): void {
  if (types.some((type) => /^(safetyLever|chaos|command)\./.test(type))) settle('lever', actions.chaos.refreshLever);
  if (types.some((type) => type.startsWith('fault.'))) settle('faults', actions.faults.refresh);
  if (types.some((type) => /^(notice|status)\./.test(type))) settle('judgement', actions.refreshJudgement);
  if (types.some((type) => /^(deployment|version|routes|flags|gates|service|autoscaler|traffic|evacuation|command|experiment|schedule|fault|scenario|chaos|safetyLever)\./.test(type))) settle('tab', actions.refreshTab);
  if (types.some((type) => /^(service|instance|deployment|traffic)\./.test(type))) settle('services', actions.refreshServices);
}

async function followSimulation(id: string): Promise<void> {
  stream?.close();
  stream = null;
  if (id === '') return store.dispatch({ type: 'connection', connection: 'idle', attempt: 0 });
  const { wanted } = store.state;
  let level = wanted.level;
  try {
    level ||= await chooseLevel(id);
  } catch (error) {
    if (!(error instanceof ApiError) && !(error instanceof TypeError) && !(error instanceof DOMException)) throw error;
  }
  if (store.state.simulationId !== id) return;
  stream = new Stream(id, { ...wanted, level: level || 'instance' }, {
    frame: onFrame,
    connection: (connection, attempt) => store.dispatch({ type: 'connection', connection, attempt }),
    exists: async () => {
      try {
        await api.simulation(id);
        return true;
      } catch (error) {
        if (error instanceof ApiError && error.status === 404) return false;
        throw error;
      }
    },
    running: () => store.state.view?.clock.state === 'running',
    lastEventSeq: () => store.state.events[store.state.events.length - 1]?.seq ?? null,
  });
}

function onKey(event: KeyboardEvent): void {
  const target = event.target as HTMLElement;
  if (event.key === 'Escape') {
    const { state } = store;
    if (state.dialog !== '') actions.setDialog('');
    else if (state.flow) void actions.openFlow('');
    else if (state.selected !== '') actions.select('');
    else if (state.wanted.focus !== '') actions.setView({ focus: '' });
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || /^(INPUT|SELECT|TEXTAREA)$/.test(target.tagName)) return;
  const level = levels[Number(event.key) - 1];
  if (event.key === ' ' && target.tagName !== 'BUTTON') void actions.togglePlay();
  else if (event.key === '/') actions.setDialog('search');
  else if (event.key === '?') actions.setDialog('help');
  else if (event.key === '0') graph.fit();
  else if (event.key === 't') actions.setTheme(store.state.theme === 'dark' ? 'light' : 'dark');
  else if (level) actions.setView({ level, focus: '' });
  else return;
  event.preventDefault();
}

const systemTheme = (): State['theme'] => (matchMedia('(prefers-color-scheme: light)').matches ? 'light' : 'dark');
const readAddress = (): void => store.dispatch({ type: 'place', place: readPlace(location.hash), systemTheme: systemTheme() });

/** A change of simulation is a step to go back from; everything else only updates the address. */
function writeAddress(state: State, before: State): void {
  const hash = writePlace(placeOf(state));
  if (hash === location.hash || (hash === '#' && location.hash === '')) return;
  if (state.simulationId !== before.simulationId && before.simulationId !== '') history.pushState(null, '', hash);
  else history.replaceState(null, '', hash);
}

async function start(): Promise<void> {
  // The address is written anew as soon as there is a state to say.
  const [base, candidate] = readPlace(location.hash).compare.split('..');
  readAddress();
  store.subscribe(renderSoon);
  store.subscribe((state, before) => {
    if (state.simulationId !== before.simulationId) void followSimulation(state.simulationId);
    writeAddress(state, before);
  });
  addEventListener('keydown', onKey);
  addEventListener('popstate', () => {
    readAddress();
    follow.subscribe(store.state.wanted);
  });
  addEventListener('resize', renderSoon);
  setInterval(() => {
    if (document.hidden || store.state.connection !== 'live') return;
    void actions.refreshServices();
    void actions.refreshTab();
    if (store.state.tab === 'node') {
      void actions.refreshHistogram();
      actions.refreshStatistics();
    }
  }, slowPollMs);
  renderSoon();
  if (store.state.simulationId !== '') void followSimulation(store.state.simulationId);
  await Promise.all([actions.refreshCatalogue(), actions.refreshSimulations(), actions.chaos.refreshCatalogue()]);
  const { simulationId, simulations } = store.state;
  if (base && candidate) void actions.forks.compare({ base, candidate });
  if (simulationId === '' && simulations[0]) actions.open(simulations[0].id);
  else if (simulationId === '') actions.setDialog('start');
}

// For tests and for curious people: a look at the state, never a way to change it.
Object.defineProperty(window, '__simianviz', {
  value: Object.freeze({
    state: () => {
      const { state } = store;
      const nodes = [...(state.view?.nodes.values() ?? [])];
      return {
        connection: state.connection, simulation: state.simulationId, nodes: nodes.length, edges: state.view?.edges.size ?? 0, level: state.view?.level ?? '',
        path: state.view?.path ?? '', focus: state.view?.focus ?? '', lastSeq: state.view?.seq ?? -1, lastFrameAt: state.lastFrameAt, simTimeMs: state.view?.simTimeMs ?? 0,
        clock: state.view?.clock ?? null, status: state.view?.status ?? '', statusDetail: state.view?.statusDetail ?? '',
        states: nodes.map((node) => [node.id, node.state]), bands: (state.view?.bands ?? []).map((band) => [band.id, band.state]), selected: state.selected, requestsPerDot: perDot,
      };
    },
  }),
});

void start();
