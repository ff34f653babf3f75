// Draws what faulted.ts finds: a bolt and a broken ring on marks, a broken line with a bolt on streams, a dotted ring on those whom the
// fault that somebody is preparing would hit.
import type { Selection } from 'd3';
import type { State, View } from '../store';
import type { Fault } from '../wire';
import { keep, keepText } from './attributes';
import { aimedAt, hitsOf, namedBy, ofPlaces, type Foreseen, type Hits } from './faulted';
import type { Layout } from './layout';
import { curvePath, type Curve, type Routes } from './routes';

type Group = Selection<SVGGElement, unknown, null, undefined>;

export const boltPath = 'M1.6,-5.4L-3.4,0.9H-0.4L-1.6,5.4L3.4,-0.9H0.4Z';

interface Ring { id: string; x: number; y: number; title: string }
/** `quiet`: a place has the mark already. */
interface Cut { key: string; curve: Curve; title: string; quiet: boolean }

const titleOf = (faults: Fault[], state: State): string => [...new Set(faults.map((fault) => state.faultTypes.find((type) => type.type === fault.type)?.title ?? fault.type))].join(', ');

/** The middle of a curve. */
const middleOf = (c: Curve): { x: number; y: number } => ({ x: (c.from.x + 3 * c.c1.x + 3 * c.c2.x + c.to.x) / 8, y: (c.from.y + 3 * c.c1.y + 3 * c.c2.y + c.to.y) / 8 });

export class FaultMarks {
  private hits: Hits = { nodes: new Map(), edges: new Map(), bands: new Map() };
  private drawn: { structure: number; faults: unknown; types: unknown; layout: unknown; aimed: unknown; begun: number } | null = null;
  constructor(private readonly rings: Group, private readonly cuts: Group) {}

  /** What is hit in the picture that was drawn last. */
  get current(): Hits {
    return this.hits;
  }

  draw(state: State, view: View, layout: Layout, routes: Routes): void {
    const foreseen = { faults: state.prediction, experiments: state.experimentPrediction, schedules: null }[state.breakKind];
    const aimed = state.tab === 'faults' ? (foreseen?.result ?? null) : null;
    const begun = state.events.filter((event) => event.type === 'fault.started').length;
    const now = { structure: view.structure, faults: state.faults, types: state.faultTypes, layout, aimed, begun };
    const before = this.drawn;
    if (before && (Object.keys(now) as (keyof typeof now)[]).every((key) => now[key] === before[key])) return;
    this.drawn = now;
    this.hits = hitsOf(view, state.faults, state.faultTypes, namedBy(state.events));
    this.drawRings(state, view, layout, aimed);
    this.drawCuts(state, routes);
  }

  private drawRings(state: State, view: View, layout: Layout, aimed: Foreseen | null): void {
    const rings: Ring[] = [];
    for (const [id, faults] of this.hits.nodes) {
      const placed = layout.nodes.get(id);
      if (placed) rings.push({ id, x: placed.x, y: placed.y, title: titleOf(faults, state) });
    }
    const r = layout.radius;
    const items = this.rings.selectAll<SVGGElement, Ring>('g.hit').data(rings, (ring) => ring.id).join((enter) => {
      const g = enter.append('g').attr('class', 'hit').attr('data-testid', 'fault-mark');
      g.append('circle').attr('class', 'ring');
      g.append('circle').attr('class', 'disc');
      g.append('path').attr('class', 'bolt').attr('d', boltPath);
      g.append('title');
      return g;
    });
    const scale = Math.max(0.62, Math.min(1.15, r / 9));
    keep(items, 'data-id', (ring) => ring.id);
    keep(items, 'transform', (ring) => `translate(${ring.x.toFixed(1)},${ring.y.toFixed(1)})`);
    keep(items.select<SVGCircleElement>('circle.ring'), 'r', () => (r + 3).toFixed(1));
    keep(items.select<SVGCircleElement>('circle.disc'), 'r', () => (6.6 * scale).toFixed(1));
    for (const name of ['circle.disc', 'path.bolt']) keep(items.select<SVGElement>(name), 'transform', () => `translate(${(-r * 0.8).toFixed(1)},${(-r * 0.8).toFixed(1)}) scale(${name === 'path.bolt' ? scale.toFixed(2) : 1})`);
    keepText(items.select<SVGTitleElement>('title'), (ring) => ring.title);
    const targets: Ring[] = !aimed ? [] : [...view.nodes.values()].filter(aimedAt(aimed)).flatMap((node) => {
      const placed = layout.nodes.get(node.id);
      return placed ? [{ id: node.id, x: placed.x, y: placed.y, title: '' }] : [];
    });
    const dots = this.rings.selectAll<SVGCircleElement, Ring>('circle.aimed').data(targets, (ring) => ring.id).join('circle').attr('class', 'aimed');
    keep(dots, 'cx', (ring) => ring.x.toFixed(1));
    keep(dots, 'cy', (ring) => ring.y.toFixed(1));
    keep(dots, 'r', () => (r + 5).toFixed(1));
  }

  private drawCuts(state: State, routes: Routes): void {
    const cuts: Cut[] = [];
    for (const bundle of routes.bundles.values()) {
      const faults = bundle.edges.flatMap((index) => this.hits.edges.get(index) ?? []);
      if (faults.length > 0) cuts.push({ key: bundle.key, curve: bundle.curve, title: titleOf(faults, state), quiet: faults.every((fault) => ofPlaces(fault.selector)) });
    }
    const items = this.cuts.selectAll<SVGGElement, Cut>('g.cut').data(cuts, (cut) => cut.key).join((enter) => {
      const g = enter.append('g').attr('class', 'cut').attr('data-testid', 'link-mark');
      g.append('path').attr('class', 'line');
      g.append('circle').attr('class', 'disc').attr('r', 7.5);
      g.append('path').attr('class', 'bolt').attr('d', boltPath);
      g.append('title');
      return g;
    });
    keep(items, 'class', (cut) => (cut.quiet ? 'cut quiet' : 'cut'));
    keep(items.select<SVGPathElement>('path.line'), 'd', (cut) => curvePath([cut.curve]));
    const at = (cut: Cut): string => {
      const { x, y } = middleOf(cut.curve);
      return `translate(${x.toFixed(1)},${y.toFixed(1)})`;
    };
    for (const name of ['circle.disc', 'path.bolt']) keep(items.select<SVGElement>(name), 'transform', at);
    keepText(items.select<SVGTitleElement>('title'), (cut) => cut.title);
  }
}
