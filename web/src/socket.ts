// The stream of one simulation: connects, subscribes, asks for a keyframe after a gap, reconnects with growing pauses, notices silence.
import { insteadOf, type Wanted } from './refusal';
import type { Connection } from './store';
import { readFrame, writeResync, writeSubscribe, type Frame, type Problem, type Subscription } from './wire';

export interface StreamHooks {
  frame(frame: Frame): void;
  connection(connection: Connection, attempt: number): void;
  /** Asked before every further attempt: does the server still know the simulation? */
  exists(): Promise<boolean>;
  /** Whether frames are due: a paused simulation may be silent. */
  running(): boolean;
  lastEventSeq(): number | null;
}

export const timing = { staleMs: 2_500, deadMs: 10_000, firstPauseMs: 400, longestPauseMs: 5_000, framesPerSecond: 10 } as const;

/** Pause before attempt n (1, 2, ...): doubling up to a limit, with a quarter of scatter so that many pages do not return at once. */
export function pauseMs(attempt: number, random: number): number {
  const base = Math.min(timing.longestPauseMs, timing.firstPauseMs * 2 ** (attempt - 1));
  return base * (0.875 + random * 0.25);
}

/** Follows `seq`: 'take' a frame, 'skip' it while waiting for a keyframe, or 'gap' when something was lost. */
export class Sequence {
  private last: number | null = null;
  accept(frame: Frame): 'take' | 'skip' | 'gap' {
    if (frame.type === 'hello' || frame.type === 'error') return 'take';
    if (frame.type === 'keyframe') {
      this.last = frame.seq;
      return 'take';
    }
    // Missed events come before the keyframe, and are welcome whatever their number.
    if (this.last === null) return frame.type === 'events' ? 'take' : 'skip';
    if (frame.seq !== this.last + 1) {
      this.last = null;
      return 'gap';
    }
    this.last = frame.seq;
    return 'take';
  }
  reset(): void {
    this.last = null;
  }
}

export class Stream {
  private socket: WebSocket | null = null;
  private readonly sequence = new Sequence();
  private attempt = 0;
  private lastFrameAt = 0;
  private retry: ReturnType<typeof setTimeout> | undefined;
  private readonly watch: ReturnType<typeof setInterval>;
  private closed = false;
  private stale = false;
  /** What the server sends on this connection; null: nothing yet. */
  private sent: Wanted | null = null;

  constructor(
    private readonly simulation: string,
    private wanted: Wanted,
    private readonly hooks: StreamHooks,
  ) {
    this.watch = setInterval(() => this.check(), 500);
    this.open();
  }

  /** What was sent before goes on until the keyframe of this. */
  subscribe(wanted: Wanted): void {
    this.wanted = wanted;
    if (this.socket?.readyState === WebSocket.OPEN) this.send();
  }

  close(): void {
    this.closed = true;
    clearTimeout(this.retry);
    clearInterval(this.watch);
    this.socket?.close(1000);
  }

  private open(): void {
    this.hooks.connection(this.attempt === 0 ? 'connecting' : 'reconnecting', this.attempt);
    const scheme = location.protocol === 'https:' ? 'wss' : 'ws';
    const socket = new WebSocket(`${scheme}://${location.host}/api/v1/simulations/${encodeURIComponent(this.simulation)}/stream`);
    this.socket = socket;
    this.sent = null;
    this.sequence.reset();
    this.lastFrameAt = performance.now();
    socket.onmessage = (message) => {
      if (this.socket === socket && !this.closed) this.receive(String(message.data));
    };
    socket.onclose = () => {
      if (this.socket === socket && !this.closed) this.again();
    };
  }

  private receive(text: string): void {
    let frame: Frame;
    try {
      frame = readFrame(text);
    } catch (error) {
      console.error('frame refused:', error);
      this.resync();
      return;
    }
    const verdict = this.sequence.accept(frame);
    if (verdict === 'gap') return this.resync();
    if (verdict === 'skip') return;
    this.lastFrameAt = performance.now();
    if (frame.type === 'hello') return this.send();
    if (frame.type === 'keyframe') this.sent = { level: frame.level, path: frame.path, focus: frame.focus };
    if (frame.type !== 'error' && (this.attempt !== 0 || this.stale || frame.type === 'keyframe')) {
      this.attempt = 0;
      this.stale = false;
      this.hooks.connection('live', 0);
    }
    this.hooks.frame(frame);
    if (frame.type === 'error') this.refused(frame.problem);
  }

  private refused(problem: Problem): void {
    const instead = insteadOf(this.wanted, this.sent, problem);
    this.wanted = instead ?? this.sent ?? this.wanted;
    if (instead) this.send();
  }

  private send(): void {
    const subscription: Subscription = { ...this.wanted, rate: timing.framesPerSecond, flows: true, sinceEventSeq: this.hooks.lastEventSeq() };
    this.socket?.send(writeSubscribe(subscription));
  }

  private resync(): void {
    this.sequence.reset();
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(writeResync());
  }

  private check(): void {
    if (this.closed || this.socket?.readyState !== WebSocket.OPEN || !this.hooks.running()) return;
    const silence = performance.now() - this.lastFrameAt;
    if (silence > timing.deadMs) this.socket.close();
    else if (silence > timing.staleMs && !this.stale) {
      this.stale = true;
      this.hooks.connection('stale', 0);
    }
  }

  private again(): void {
    this.attempt += 1;
    this.hooks.connection('reconnecting', this.attempt);
    clearTimeout(this.retry);
    this.retry = setTimeout(() => void this.probe(), pauseMs(this.attempt, Math.random()));
  }

  // A refused upgrade does not say why; asking by REST tells a lost server from a simulation that is gone.
  private async probe(): Promise<void> {
    try {
      const exists = await this.hooks.exists();
      if (this.closed) return;
      if (exists) return this.open();
      this.attempt += 1;
      this.hooks.connection('missing', this.attempt);
      this.retry = setTimeout(() => void this.probe(), pauseMs(this.attempt, Math.random()));
    } catch {
      if (!this.closed) this.again();
    }
  }
}
