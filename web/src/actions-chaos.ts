// Stories, experiments, schedules, and the lever that stops all of them. A server may have none of these: then nothing is shown of them.
import type { Actions } from './actions';
import { api, ApiError, problemOf } from './api';
import type { Problem } from './wire';

const settledMs = 250;

export class ChaosActions {
  private asking: ReturnType<typeof setTimeout> | undefined;
  constructor(private readonly core: Actions) {}

  /** What the server can do, once. */
  refreshCatalogue = async (): Promise<void> => {
    const known = async <T>(work: () => Promise<T[]>): Promise<T[]> => {
      try {
        return await work();
      } catch (error) {
        if (error instanceof ApiError || error instanceof TypeError) return [];
        throw error;
      }
    };
    const [scenarios, templates, schedulePresets] = await Promise.all([known(api.scenarios), known(api.templates), known(api.schedulePresets)]);
    this.core.set({ scenarios, templates, schedulePresets });
  };

  refreshOutcome = (): Promise<void> =>
    this.core.quietly(async () => {
      const { id, store } = this.core;
      if (id === '' || (store.state.simulation?.scenario ?? '') === '') return {};
      return { outcome: await api.outcome(id) };
    });

  refreshExperiments = (): Promise<void> =>
    this.core.quietly(async () => (this.core.id === '' || this.core.store.state.templates.length === 0 ? {} : { experiments: await api.experiments(this.core.id) }));

  refreshSchedules = (): Promise<void> =>
    this.core.quietly(async () => (this.core.id === '' || this.core.store.state.schedulePresets.length === 0 ? {} : { schedules: await api.schedules(this.core.id) }));

  /** A server without a lever keeps null. */
  refreshLever = (): Promise<void> => this.core.quietly(async () => (this.core.id === '' ? {} : { lever: await api.lever(this.core.id) }));

  /** Everything that was broken is mended now, and, where the server has a lever, nothing may be broken until it is released. */
  async stopEverything(): Promise<void> {
    const { state } = this.core.store;
    if (state.lever) await this.core.run('lever', 'Everything is reverted; nothing may be broken until the lever is released', () => api.setLever(this.core.id, true, 'stopped in the dashboard'));
    else await this.core.faults.heal(state.faults.filter((fault) => fault.state === 'active'));
    await Promise.all([this.refreshLever(), this.core.faults.refresh(), this.refreshExperiments()]);
  }

  async release(): Promise<void> {
    await this.core.run('lever', 'The lever is released', () => api.setLever(this.core.id, false, ''));
    await this.refreshLever();
  }

  async startExperiment(body: object, name: string): Promise<Problem | null> {
    const problem = await this.core.attempt('experiment', `Experiment: ${name}`, () => api.startExperiment(this.core.id, body));
    await this.refreshExperiments();
    return problem;
  }

  async setExperiment(id: string, state: string): Promise<void> {
    await this.core.run(`experiment:${id}`, '', () => api.setExperiment(this.core.id, id, state));
    await this.refreshExperiments();
  }

  async report(id: string): Promise<void> {
    this.core.set({ report: { key: id, result: null, problem: null }, dialog: 'report' });
    const answer = (part: object): void => {
      if (this.core.store.state.report?.key === id) this.core.set({ report: { key: id, result: null, problem: null, ...part } });
    };
    try {
      answer({ result: await api.report(this.core.id, id) });
    } catch (error) {
      answer({ problem: problemOf(error) });
    }
  }

  /** Whom an experiment would hit, or when a schedule would fire, once the form rests. */
  foresee(key: string, kind: 'experiment' | 'schedule', body: object): void {
    const slot = kind === 'experiment' ? 'experimentPrediction' : 'firings';
    if (this.core.store.state[slot]?.key === key) return;
    this.core.set({ [slot]: { key, result: null, problem: null } });
    clearTimeout(this.asking);
    this.asking = setTimeout(() => void this.ask(key, kind, body), settledMs);
  }

  private async ask(key: string, kind: 'experiment' | 'schedule', body: object): Promise<void> {
    const slot = kind === 'experiment' ? 'experimentPrediction' : 'firings';
    const answer = (part: object): void => {
      if (this.core.store.state[slot]?.key === key) this.core.set({ [slot]: { key, result: null, problem: null, ...part } });
    };
    try {
      answer({ result: kind === 'experiment' ? await api.predictExperiment(this.core.id, body) : await api.firings(this.core.id, body) });
    } catch (error) {
      answer({ problem: problemOf(error) });
    }
  }

  async addSchedule(body: object, name: string): Promise<Problem | null> {
    const problem = await this.core.attempt('schedule', `Schedule: ${name}`, () => api.addSchedule(this.core.id, body));
    await this.refreshSchedules();
    return problem;
  }

  async setSchedule(id: string, state: string): Promise<void> {
    await this.core.run(`schedule:${id}`, '', () => api.setSchedule(this.core.id, id, state));
    await this.refreshSchedules();
  }

  async removeSchedule(id: string): Promise<void> {
    await this.core.run(`schedule:${id}`, 'The schedule has ended', () => api.removeSchedule(this.core.id, id));
    await this.refreshSchedules();
  }
}
