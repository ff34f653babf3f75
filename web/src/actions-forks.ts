// What if: copies of a simulation, and two simulations beside each other.
import type { Actions } from './actions';
import { api, problemOf, type ComparisonQuery, type NewFork } from './api';
import type { Problem } from './wire';

export class ForkActions {
  constructor(private readonly core: Actions) {}

  /** Makes a copy and looks at it. */
  async fork(simulation: string, spec: NewFork): Promise<Problem | null> {
    let made = '';
    const problem = await this.core.attempt('fork', '', async () => {
      made = (await api.fork(simulation, spec)).id;
    });
    if (problem) return problem;
    await this.core.refreshSimulations();
    this.core.say('ok', `${made} is a copy of ${simulation}`);
    this.core.setDialog('');
    this.core.open(made);
    return null;
  }

  /** A copy that stands still at a moment that has been. */
  async lookAt(simulation: string, atSimTimeMs: number): Promise<void> {
    const problem = await this.fork(simulation, { atSimTimeMs, startPaused: true });
    if (problem) this.core.say('error', problem.detail || problem.title);
  }

  /** Opens the page of the comparison; the answer comes when the server has run both once more. */
  async compare(query: ComparisonQuery): Promise<void> {
    const key = JSON.stringify(query);
    this.core.set({ comparison: { key, query, result: null, problem: null }, dialog: 'compare' });
    const answer = (part: object): void => {
      if (this.core.store.state.comparison?.key === key) this.core.set({ comparison: { key, query, result: null, problem: null, ...part } });
    };
    try {
      answer({ result: await api.compare(query) });
    } catch (error) {
      answer({ problem: problemOf(error) });
    }
  }

  refreshJournal = (): Promise<void> => this.core.quietly(async () => ({ journal: this.core.id === '' ? [] : await api.journal(this.core.id) }));
}
