// Breaking things, and mending them again.
import type { Actions } from './actions';
import { api, problemOf, type NewFault } from './api';
import type { Fault, FaultType, Problem } from './wire';

/** A form changes with every key; the server is asked when it has been left alone for so long. */
const settledMs = 180;

/** The fault that takes a whole zone out: of those that select zones the one that says so. */
export function zoneOutage(types: FaultType[]): FaultType | null {
  const able = types.filter((type) => type.selectors.includes('zones'));
  const named = (pattern: RegExp): FaultType | undefined => able.find((type) => pattern.test(`${type.type} ${type.title}`));
  return named(/zone.*(outage|loss|down|fail)/i) ?? named(/outage|\bdown\b|crash|stop/i) ?? able[0] ?? null;
}

export class FaultActions {
  private asking: ReturnType<typeof setTimeout> | undefined;
  constructor(private readonly core: Actions) {}

  async failZone(zone: string): Promise<void> {
    const type = zoneOutage(this.core.store.state.faultTypes);
    if (!type) return this.core.say('error', 'This server has no fault that takes a zone.');
    await this.core.run(`zone:${zone}`, `${type.title}: ${zone}`, () => api.startFault(this.core.id, { type: type.type, selector: { zones: [zone] } }));
    await this.refresh();
  }

  async heal(faults: Fault[]): Promise<void> {
    const zones = [...new Set(faults.flatMap((fault) => fault.selector.zones))];
    for (const fault of faults) {
      await this.core.run(`zone:${zones[0] ?? fault.id}`, `Fault ended: ${zones.join(', ') || fault.type}`, () => api.endFault(this.core.id, fault.id));
    }
    await this.refresh();
  }

  async start(fault: NewFault, title: string): Promise<Problem | null> {
    const problem = await this.core.attempt('fault', `Started: ${title}`, () => api.startFault(this.core.id, fault));
    await this.refresh();
    return problem;
  }

  /** In a copy of the simulation, beside the one that goes on without it; the copy is looked at. */
  async tryInFork(fault: NewFault, title: string): Promise<Problem | null> {
    let made = '';
    const problem = await this.core.attempt('fault', `A copy has: ${title}`, async () => {
      made = (await api.fork(this.core.id, {})).id;
      try {
        await api.startFault(made, fault);
      } catch (error) {
        const copy = made;
        made = '';
        await api.deleteSimulation(copy);
        throw error;
      }
    });
    if (made === '') return problem;
    await this.core.refreshSimulations();
    this.core.open(made);
    this.core.setTab('forks');
    return problem;
  }

  /** Whom it would hit, once the form rests. */
  predict(key: string, fault: NewFault): void {
    if (this.core.store.state.prediction?.key === key) return;
    this.core.set({ prediction: { key, result: null, problem: null } });
    clearTimeout(this.asking);
    this.asking = setTimeout(() => void this.ask(key, fault), settledMs);
  }

  forget(): void {
    clearTimeout(this.asking);
    if (this.core.store.state.prediction) this.core.set({ prediction: null });
  }

  private async ask(key: string, fault: NewFault): Promise<void> {
    const { id } = this.core;
    const answer = (part: object): void => {
      if (id === this.core.id && this.core.store.state.prediction?.key === key) this.core.set({ prediction: { key, result: null, problem: null, ...part } });
    };
    try {
      answer({ result: await api.predict(id, fault) });
    } catch (error) {
      answer({ problem: problemOf(error) });
    }
  }

  /** From anywhere in the page: fills in the form. */
  aimAt(kind: string, value: string): void {
    this.core.set({ aim: { kind, value }, breakKind: 'faults' });
    this.core.setTab('faults');
  }

  async kill(instance: string): Promise<void> {
    await this.core.run(`kill:${instance}`, `Killed ${instance}`, () => api.kill(this.core.id, instance));
  }

  refresh = (): Promise<void> => this.core.quietly(async () => ({ faults: this.core.id === '' ? [] : await api.faults(this.core.id) }));
}
