// Work that is asked for often and done at most once in a while: what is asked for too early is done, once, when the time has come.

export interface Timer { now(): number; later(run: () => void, ms: number): void }

const wall: Timer = { now: () => performance.now(), later: (run, ms) => void setTimeout(run, ms) };

export class Spacing {
  private last = -Infinity;
  private waiting = false;
  constructor(private readonly everyMs: number, private readonly work: () => void, private readonly timer: Timer = wall) {}

  ask(): void {
    if (this.waiting) return;
    const early = this.last + this.everyMs - this.timer.now();
    if (early <= 0) return this.run();
    this.waiting = true;
    this.timer.later(() => {
      this.waiting = false;
      this.run();
    }, early);
  }

  private run(): void {
    this.last = this.timer.now();
    this.work();
  }
}
