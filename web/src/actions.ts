// What a person can do. Panels get these functions and nothing else of the outside: here they become REST calls and changes of state.
import { api, ApiError, type NewFault, type NewSimulation, type Push } from './api';
import { Spacing } from './spacing';
import { selectedNode, statisticsOf, type Kind, type State, type Store, type Tab, type Theme } from './store';
import type { Fault, FaultType, Level } from './wire';

const toastMs = 6_000;
const statisticsEveryMs = 2_000;

/** The fault that takes a whole zone out: of those that select zones the one that says so. */
export function zoneOutage(types: FaultType[]): FaultType | null {
  const able = types.filter((type) => type.selectors.includes('zones'));
  const named = (pattern: RegExp): FaultType | undefined => able.find((type) => pattern.test(`${type.type} ${type.title}`));
  return named(/zone.*(outage|loss|down|fail)/i) ?? named(/outage|\bdown\b|crash|stop/i) ?? able[0] ?? null;
}

export class Actions {
  private toasts = 0;
  private readonly statistics = new Spacing(statisticsEveryMs, () => void this.readStatistics());
  constructor(private readonly store: Store, private readonly follow: { subscribe(wanted: State['wanted']): void }) {}

  private get id(): string {
    return this.store.state.simulationId;
  }

  say(kind: 'ok' | 'error', text: string): void {
    this.toasts += 1;
    const id = this.toasts;
    this.store.dispatch({ type: 'toast', toast: { id, kind, text } });
    setTimeout(() => this.store.dispatch({ type: 'untoast', id }), kind === 'error' ? toastMs * 2 : toastMs);
  }

  /** Runs a command once at a time for each key; what went wrong is said where the person looks. */
  private async run(key: string, done: string, work: () => Promise<unknown>): Promise<boolean> {
    if (this.store.state.busy.includes(key)) return false;
    this.store.dispatch({ type: 'busy', key, on: true });
    try {
      await work();
      if (done !== '') this.say('ok', done);
      return true;
    } catch (error) {
      this.say('error', error instanceof ApiError ? error.message : 'The server does not answer.');
      return false;
    } finally {
      this.store.dispatch({ type: 'busy', key, on: false });
    }
  }

  private set(part: Partial<State>): void {
    this.store.dispatch({ type: 'set', part });
  }

  // Faults and instances

  async failZone(zone: string): Promise<void> {
    const type = zoneOutage(this.store.state.faultTypes);
    if (!type) return this.say('error', 'This server has no fault that takes a zone.');
    await this.run(`zone:${zone}`, `${type.title}: ${zone}`, () => api.startFault(this.id, { type: type.type, selector: { zones: [zone] } }));
    await this.refreshFaults();
  }

  async heal(faults: Fault[]): Promise<void> {
    const zones = [...new Set(faults.flatMap((fault) => fault.selector.zones))];
    for (const fault of faults) {
      await this.run(`zone:${zones[0] ?? fault.id}`, `Fault ended: ${zones.join(', ') || fault.type}`, () => api.endFault(this.id, fault.id));
    }
    await this.refreshFaults();
  }

  async startFault(fault: NewFault, title: string): Promise<void> {
    await this.run('fault', `Started: ${title}`, () => api.startFault(this.id, fault));
    await this.refreshFaults();
  }

  async kill(instance: string): Promise<void> {
    await this.run(`kill:${instance}`, `Killed ${instance}`, () => api.kill(this.id, instance));
  }

  // Operations

  async scale(service: string, replicas: number): Promise<void> {
    await this.run(`scale:${service}`, `Scaling ${service} to ${replicas}`, () => api.scale(this.id, service, replicas));
    await this.refreshServices();
  }

  async push(service: string, push: Push): Promise<void> {
    await this.run(`push:${service}`, `Pushing ${service} ${push.version}`, () => api.push(this.id, service, push));
    await this.refreshDeployments();
  }

  async rollBack(service: string, deployment: string): Promise<void> {
    await this.run(`rollback:${deployment}`, `Rolling back ${service}`, () => api.rollBack(this.id, service, deployment));
    await this.refreshDeployments();
  }

  async setTraffic(service: string, requestsPerSecond: number): Promise<void> {
    await this.run('traffic', `${service}: ${requestsPerSecond} requests a second`, () => api.setTraffic(this.id, service, requestsPerSecond));
    await this.refreshServices();
  }

  async setLoad(service: string, load: Record<string, unknown>): Promise<void> {
    await this.run('traffic', `${service} has another load`, () => api.setLoad(this.id, service, load));
    await this.refreshServices();
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
    this.set({ dialog: '' });
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
    void this.refreshDeployments();
  }

  hover(id: string): void {
    if (this.store.state.hovered !== id) this.set({ hovered: id });
  }

  setTab(tab: Tab): void {
    this.set({ tab });
  }

  setService(service: string): void {
    this.set({ service, deployments: [] });
    void this.refreshDeployments();
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

  private async quietly(work: () => Promise<Partial<State>>): Promise<void> {
    const id = this.id;
    try {
      const part = await work();
      if (id === this.id) this.set(part);
    } catch (error) {
      if (!(error instanceof ApiError) && !(error instanceof TypeError) && !(error instanceof DOMException)) throw error;
    }
  }

  refreshFaults = (): Promise<void> => this.quietly(async () => ({ faults: this.id === '' ? [] : await api.faults(this.id) }));
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
  refreshServices = (): Promise<void> =>
    this.quietly(async () => {
      if (this.id === '') return {};
      const [services, traffic, simulation] = await Promise.all([api.services(this.id), api.traffic(this.id), api.simulation(this.id)]);
      const { service } = this.store.state;
      const chosen = services.some((s) => s.name === service) ? service : ([...services].sort((a, b) => b.desired - a.desired)[0]?.name ?? '');
      return { services, traffic, simulation, service: chosen };
    });
  refreshDeployments = (): Promise<void> =>
    this.quietly(async () => {
      const { service } = this.store.state;
      if (this.id === '' || service === '') return {};
      const deployments = await api.deployments(this.id, service);
      return this.store.state.service === service ? { deployments } : {};
    });
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
