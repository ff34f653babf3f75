// What a person can do. Panels get these functions and nothing else of the outside: here they become REST calls and changes of state.
import { ChangeActions } from './actions-changes';
import { ChaosActions } from './actions-chaos';
import { FaultActions } from './actions-faults';
import { ForkActions } from './actions-forks';
import { api, ApiError, problemOf, type NewSimulation } from './api';
import { Spacing } from './spacing';
import { selectedNode, statisticsOf, type Kind, type State, type Store, type Tab, type Theme } from './store';
import { recordStrips } from './strips';
import type { Level, Problem } from './wire';

const toastMs = 6_000;
const statisticsEveryMs = 2_000;

export class Actions {
  readonly faults = new FaultActions(this);
  readonly changes = new ChangeActions(this);
  readonly chaos = new ChaosActions(this);
  readonly forks = new ForkActions(this);
  private toasts = 0;
  private readonly statistics = new Spacing(statisticsEveryMs, () => void this.readStatistics());
  constructor(readonly store: Store, private readonly follow: { subscribe(wanted: State['wanted']): void }) {}

  get id(): string {
    return this.store.state.simulationId;
  }

  say(kind: 'ok' | 'error', text: string): void {
    this.toasts += 1;
    const id = this.toasts;
    this.store.dispatch({ type: 'toast', toast: { id, kind, text } });
    setTimeout(() => this.store.dispatch({ type: 'untoast', id }), kind === 'error' ? toastMs * 2 : toastMs);
  }

  /** Runs a command once at a time for each key; answers what the server has against it, for whoever shows it where it was asked for. */
  async attempt(key: string, done: string, work: () => Promise<unknown>): Promise<Problem | null> {
    if (this.store.state.busy.includes(key)) return null;
    this.store.dispatch({ type: 'busy', key, on: true });
    try {
      await work();
      if (done !== '') this.say('ok', done);
      return null;
    } catch (error) {
      return problemOf(error);
    } finally {
      this.store.dispatch({ type: 'busy', key, on: false });
    }
  }

  /** The same of what has no form: what went wrong is said above the page. */
  async run(key: string, done: string, work: () => Promise<unknown>): Promise<boolean> {
    const problem = await this.attempt(key, done, work);
    if (problem) this.say('error', [problem.detail || problem.title, ...problem.errors.map((e) => `${e.pointer} ${e.message}`)].join(' · '));
    return problem === null;
  }

  set(part: Partial<State>): void {
    this.store.dispatch({ type: 'set', part });
  }

  // Clock

  async togglePlay(): Promise<void> {
    const running = this.store.state.view?.clock.state === 'running';
    await this.run('clock', '', () => api.setClock(this.id, { state: running ? 'paused' : 'running' }));
  }

  async setSpeed(speed: number): Promise<void> {
    await this.run('clock', '', () => api.setClock(this.id, { speed }));
  }

  async step(stepMs: number): Promise<void> {
    await this.run('clock', '', () => api.step(this.id, stepMs));
  }

  // Simulations

  async create(spec: NewSimulation): Promise<void> {
    const made: { id: string } = { id: '' };
    const ok = await this.run('create', '', async () => {
      made.id = (await api.createSimulation(spec)).id;
    });
    if (!ok) return;
    await this.refreshSimulations();
    this.set({ dialog: '', ...('scenario' in spec ? { tab: 'story' } : {}) });
    this.open(made.id);
  }

  async remove(id: string): Promise<void> {
    await this.run(`delete:${id}`, `Deleted ${id}`, () => api.deleteSimulation(id));
    await this.refreshSimulations();
    if (id === this.id) this.open(this.store.state.simulations[0]?.id ?? '');
  }

  open(id: string): void {
    this.store.dispatch({ type: 'simulation', id });
  }

  // What is looked at

  setView(change: Partial<{ level: Level; path: string; focus: string }>): void {
    const wanted = { ...this.store.state.wanted, ...change };
    this.set({ wanted });
    this.follow.subscribe(wanted);
  }

  select(id: string): void {
    const state = this.store.state;
    const node = id === '' ? null : selectedNode({ ...state, selected: id });
    this.set({
      selected: id, histogram: null, statistics: null, tab: id === '' ? (state.tab === 'node' ? 'operate' : state.tab) : 'node',
      ...(node && node.service !== '' ? { service: node.service } : {}),
    });
    void this.refreshHistogram();
    this.refreshStatistics();
    void this.refreshTab();
  }

  hover(id: string): void {
    if (this.store.state.hovered !== id) this.set({ hovered: id });
  }

  setTab(tab: Tab): void {
    this.set({ tab });
    void this.refreshTab();
  }

  setService(service: string): void {
    this.set({ service, deployments: [], versions: null, routes: [], flags: [], autoscaler: null, decisions: [] });
    void this.refreshTab();
  }

  setKind(histogramKind: Kind): void {
    this.set({ histogramKind, histogram: null });
    void this.refreshHistogram();
  }

  setWindow(windowMs: number): void {
    this.set({ windowMs });
  }

  setTheme(theme: Theme): void {
    this.set({ theme, themeChosen: true });
  }

  setDialog(dialog: State['dialog']): void {
    this.set({ dialog });
    if (dialog === 'start') void this.refreshSimulations();
  }

  async openFlow(traceId: string): Promise<void> {
    if (traceId === '') return this.set({ flow: null });
    const known = this.store.state.flows.find((flow) => flow.traceId === traceId);
    if (known && known.spans.length > 0) return this.set({ flow: known });
    await this.run('flow', '', async () => this.set({ flow: await api.flow(this.id, traceId) }));
  }

  // Reading again what the stream does not carry; a failure here shows as the connection's state, not as a message each time.

  async quietly(work: () => Promise<Partial<State>>): Promise<void> {
    const id = this.id;
    try {
      const part = await work();
      if (id === this.id) this.set(part);
    } catch (error) {
      if (!(error instanceof ApiError) && !(error instanceof TypeError) && !(error instanceof DOMException)) throw error;
    }
  }

  /** What only the tab that is open shows. */
  refreshTab = async (): Promise<void> => {
    if (this.id === '') return;
    const { tab } = this.store.state;
    if (tab === 'push') await this.changes.refreshVersions();
    if (tab === 'operate') await this.changes.refreshAutoscaler();
    if (tab === 'traffic') await this.changes.refreshPlaces();
    if (tab === 'forks') await Promise.all([this.refreshSimulations(), this.forks.refreshJournal()]);
    if (tab === 'incidents') await this.refreshJudgement();
    if (tab === 'story') await this.chaos.refreshOutcome();
    if (tab === 'faults') await Promise.all([this.chaos.refreshExperiments(), this.chaos.refreshSchedules(), this.chaos.refreshLever()]);
  };
  refreshJudgement = (): Promise<void> =>
    this.quietly(async () => {
      if (this.id === '') return {};
      const [incidents, objectives] = await Promise.all([api.incidents(this.id), api.objectives(this.id)]);
      return { incidents, objectives };
    });
  refreshFindings = (): Promise<void> => this.quietly(async () => ({ findings: this.id === '' ? [] : await api.findings(this.id) }));
  refreshSimulations = (): Promise<void> => this.quietly(async () => ({ simulations: await api.simulations() }));
  refreshCatalogue = (): Promise<void> =>
    this.quietly(async () => {
      const [architectures, faultTypes] = await Promise.all([api.architectures(), api.faultTypes()]);
      return { architectures, faultTypes };
    });
  refreshServices = async (): Promise<void> => {
    await this.quietly(async () => {
      if (this.id === '') return {};
      const [services, traffic, simulation] = await Promise.all([api.services(this.id), api.traffic(this.id), api.simulation(this.id)]);
      const { service } = this.store.state;
      const chosen = services.some((s) => s.name === service) ? service : ([...services].sort((a, b) => b.desired - a.desired)[0]?.name ?? '');
      const now = this.store.state;
      return { services, traffic, simulation, service: chosen, strips: recordStrips(now.strips, services, chosen, now.view?.simTimeMs ?? simulation.simTimeMs) };
    });
    await this.changes.refreshRollouts();
  };
  refreshHistogram = (): Promise<void> =>
    this.quietly(async () => {
      const state = this.store.state;
      const node = selectedNode(state);
      if (!node || node.service === '') return {};
      const zone = node.level === 'service' || node.zone === '*' || node.zone === '' ? '' : `${node.region}.${node.zone}`;
      const histogram = await api.histogram(this.id, node.service, zone, state.histogramKind);
      const now = this.store.state;
      return now.selected === state.selected && now.histogramKind === state.histogramKind ? { histogram } : {};
    });
  /** At most once in statisticsEveryMs, however often it is asked for. */
  refreshStatistics = (): void => this.statistics.ask();
  private readStatistics = (): Promise<void> =>
    this.quietly(async () => {
      const { selected, view } = this.store.state;
      const node = selectedNode(this.store.state);
      if (!node || !view) return {};
      const of = statisticsOf(node);
      const statistics = await api.statistics(this.id, of.level, view.path, of.node);
      return this.store.state.selected === selected && this.store.state.view?.path === view.path ? { statistics } : {};
    });
  async loadHistory(): Promise<void> {
    const id = this.id;
    try {
      const events = await api.events(id);
      if (id === this.id) this.store.dispatch({ type: 'history', events });
    } catch (error) {
      if (!(error instanceof ApiError) && !(error instanceof TypeError)) throw error;
    }
  }
}
