// Traffic as moving marks on a canvas. Density is the rate, speed the latency, an error is a diamond of another colour. A mark's place
// follows from (edge, number, phase): nothing is spawned or freed, and a change of rate shows or hides marks without moving the others.
import type { Columns } from '../wire';
import { value } from '../store';
import { samplesPerRoute, type Routes, type Route } from './routes';

export const particlesMax = 2_000;
const particlesWanted = 620;
const slowFrameMs = 20;
const budgetMin = 120;

/** Seconds of wall time that a mark takes along an edge: from 1 s for 0.1 ms to about 5 s for 1 s. */
export const travelSeconds = (latencyMs: number): number => Math.min(6, Math.max(0.9, 1.9 + Math.log10(Math.max(0.1, latencyMs)) * 0.95));

const steps = [1, 2, 5] as const;
/** The smallest of ... 0.1, 0.2, 0.5, 1, 2, 5, 10 ... requests per second per mark that needs at most `most` marks. */
export function requestsPerDot(totalRate: number, most: number): number {
  for (let power = -1; power < 8; power += 1) {
    for (const step of steps) {
      const each = step * 10 ** power;
      if (totalRate / each <= most) return Number(each.toPrecision(1));
    }
  }
  return 1e8;
}

/** A fixed pseudo-random number in [0, 1) from three integers. */
export function scatter(a: number, b: number, c: number): number {
  let h = (a * 374761393 + b * 668265263 + c * 2147483647) | 0;
  h = Math.imul(h ^ (h >>> 13), 1274126177);
  h = Math.imul(h ^ (h >>> 16), 2246822519);
  return ((h ^ (h >>> 15)) >>> 0) / 4294967296;
}

interface Motion { phase: number; rate: number; errorShare: number; seconds: number }
export interface Paint { ok: string; slow: string; error: string }

export class Particles {
  private readonly motion = new Map<number, Motion>();
  private readonly context: CanvasRenderingContext2D;
  private routes: Routes = { edges: new Map(), bundles: new Map() };
  private budget = particlesWanted;
  private perDot = 1;
  private slowFrames = 0;
  private quickFrames = 0;
  private last = 0;
  private frame = 0;
  private highlight: Set<number> | null = null;
  private dimmed = 0.16;
  private transform = { k: 1, x: 0, y: 0 };
  private paint: Paint = { ok: '#6cf', slow: '#fc6', error: '#f55' };
  private moving = false;
  private reduced = false;

  constructor(private readonly canvas: HTMLCanvasElement, private readonly onScale: (perDot: number) => void) {
    const context = canvas.getContext('2d');
    if (!context) throw new Error('this browser has no 2D canvas');
    this.context = context;
  }

  setRoutes(routes: Routes): void {
    this.routes = routes;
    for (const index of this.motion.keys()) if (!routes.edges.has(index)) this.motion.delete(index);
    this.redraw();
  }

  setPaint(paint: Paint): void {
    this.paint = paint;
    this.redraw();
  }

  setTransform(transform: { k: number; x: number; y: number }): void {
    this.transform = transform;
    this.redraw();
  }

  /** Marks on these edges in full, all others as faint as `dimmed`. */
  setHighlight(edges: Set<number> | null, dimmed: number): void {
    this.highlight = edges;
    this.dimmed = dimmed;
    this.redraw();
  }

  /** Off while the simulation is paused or the connection is lost; with reduced motion the marks stand still but still say how many. */
  setMoving(moving: boolean, reduced: boolean): void {
    this.moving = moving;
    this.reduced = reduced;
    if (moving && !reduced) this.schedule();
    else this.redraw();
  }

  setValues(columns: Columns): void {
    let total = 0;
    for (const index of this.routes.edges.keys()) {
      const rate = value(columns, 'rate', index);
      const known = this.motion.get(index) ?? { phase: scatter(index, 1, 7), rate: 0, errorShare: 0, seconds: 2 };
      known.rate = rate;
      known.errorShare = rate > 0 ? Math.min(1, value(columns, 'errorRate', index) / rate) : 0;
      known.seconds = travelSeconds(value(columns, 'latencyMs', index));
      this.motion.set(index, known);
      total += rate;
    }
    this.choose(total);
    if (!this.moving || this.reduced) this.redraw();
  }

  /** Keeps the scale until it is clearly wrong: a legend that changes every second cannot be read. */
  private choose(total: number): void {
    const now = total / this.perDot;
    if (now <= this.budget * 1.25 && now >= this.budget / 6) return;
    const next = requestsPerDot(total, this.budget);
    if (next === this.perDot || total === 0) return;
    this.perDot = next;
    this.onScale(next);
  }

  resize(width: number, height: number): void {
    const ratio = Math.min(2, window.devicePixelRatio || 1);
    this.canvas.width = Math.round(width * ratio);
    this.canvas.height = Math.round(height * ratio);
    this.redraw();
  }

  private schedule(): void {
    if (this.frame === 0) this.frame = requestAnimationFrame((now) => this.tick(now));
  }

  private redraw(): void {
    if (!this.moving || this.reduced) requestAnimationFrame(() => this.draw());
  }

  private tick(now: number): void {
    this.frame = 0;
    if (!this.moving || this.reduced) {
      this.last = 0;
      return;
    }
    const elapsed = this.last === 0 ? 16 : Math.min(100, now - this.last);
    this.last = now;
    for (const motion of this.motion.values()) motion.phase += elapsed / 1000 / motion.seconds;
    const before = performance.now();
    this.draw();
    this.adapt(Math.max(elapsed, performance.now() - before));
    this.schedule();
  }

  /** Halves the budget after a row of slow frames and gives it back slowly. */
  private adapt(frameMs: number): void {
    this.slowFrames = frameMs > slowFrameMs ? this.slowFrames + 1 : 0;
    this.quickFrames = frameMs > slowFrameMs ? 0 : this.quickFrames + 1;
    if (this.slowFrames > 90) {
      this.budget = Math.max(budgetMin, Math.floor(this.budget / 2));
      this.slowFrames = 0;
    } else if (this.quickFrames > 1_200 && this.budget < particlesWanted) {
      this.budget = Math.min(particlesWanted, this.budget * 2);
      this.quickFrames = 0;
    }
  }

  private draw(): void {
    const { context, canvas, transform } = this;
    const ratio = canvas.width / Math.max(1, canvas.clientWidth);
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, canvas.width, canvas.height);
    context.setTransform(transform.k * ratio, 0, 0, transform.k * ratio, transform.x * ratio, transform.y * ratio);
    const ok = new Path2D();
    const dim = new Path2D();
    const error = new Path2D();
    let left = particlesMax;
    for (const [index, motion] of this.motion) {
      const route = this.routes.edges.get(index);
      if (!route || motion.rate <= 0 || left <= 0) continue;
      const path = this.highlight === null || this.highlight.has(index) ? ok : dim;
      left -= this.trace(route, motion, path, error, left);
    }
    context.lineCap = 'round';
    context.lineWidth = 3;
    context.strokeStyle = this.paint.ok;
    context.globalAlpha = 0.9;
    context.stroke(ok);
    context.globalAlpha = this.dimmed;
    context.stroke(dim);
    context.globalAlpha = 1;
    context.fillStyle = this.paint.error;
    context.fill(error);
  }

  /** Adds the marks of one edge; answers how many. */
  private trace(route: Route, motion: Motion, ok: Path2D, error: Path2D, most: number): number {
    const wanted = motion.rate / this.perDot;
    const places = Math.min(most, Math.ceil(wanted));
    const share = wanted / Math.max(1, places);
    const { samples } = route;
    const reach = samplesPerRoute - 1.001;
    let drawn = 0;
    for (let i = 0; i < places; i += 1) {
      const run = motion.phase + scatter(route.index, i, 3);
      const lap = Math.floor(run);
      if (scatter(route.index, i, lap) > share) continue;
      const position = (run - lap) * reach;
      const k = Math.floor(position);
      const f = position - k;
      const x0 = samples[k * 2]!;
      const y0 = samples[k * 2 + 1]!;
      const dx = samples[k * 2 + 2]! - x0;
      const dy = samples[k * 2 + 3]! - y0;
      const step = Math.hypot(dx, dy) || 1;
      // Scattered across the stream, most in its middle, none where it meets the node.
      const lateral = (scatter(route.index, i, lap + 977) - 0.5) * 9 * Math.min(1, Math.min(position, reach - position) / 8);
      const x = x0 + dx * f - (dy / step) * lateral;
      const y = y0 + dy * f + (dx / step) * lateral;
      if (scatter(route.index, i, lap + 31) < motion.errorShare) diamond(error, x, y, 4.6);
      else {
        ok.moveTo(x, y);
        ok.lineTo(x + (dx / step) * (2.4 / motion.seconds), y + (dy / step) * (2.4 / motion.seconds));
      }
      drawn += 1;
    }
    return drawn;
  }
}

function diamond(path: Path2D, x: number, y: number, r: number): void {
  path.moveTo(x, y - r);
  path.lineTo(x + r, y);
  path.lineTo(x, y + r);
  path.lineTo(x - r, y);
  path.closePath();
}
