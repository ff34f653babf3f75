// The ways that edges take: smooth curves, gathered between cells into bundles so that hundreds of edges read as a few streams.
// Pure functions of a Layout; every route is also sampled once into points so that a particle's place is two multiplications.
import type { GraphEdge, GraphNode } from '../wire';
import type { Cell, Layout, Placed, Point } from './layout';

export interface Curve { from: Point; c1: Point; c2: Point; to: Point }
export interface Route {
  index: number;
  source: Placed;
  target: Placed;
  bundle: string;
  curves: Curve[];
  /** x0, y0, x1, y1, ... at equal distances along the route. */
  samples: Float32Array;
  length: number;
}
export interface Bundle { key: string; source: Cell; target: Cell; curve: Curve; edges: number[] }
export interface Routes { edges: Map<number, Route>; bundles: Map<string, Bundle> }

export const samplesPerRoute = 40;
const portGap = 6;

export const curvePath = (curves: Curve[]): string =>
  curves.map((c, i) => `${i === 0 ? `M${c.from.x.toFixed(1)},${c.from.y.toFixed(1)}` : ''}C${c.c1.x.toFixed(1)},${c.c1.y.toFixed(1)} ${c.c2.x.toFixed(1)},${c.c2.y.toFixed(1)} ${c.to.x.toFixed(1)},${c.to.y.toFixed(1)}`).join('');

/** Leaves and arrives level, as far as `reach` of the way between. */
function level(from: Point, to: Point, reach: number): Curve {
  const dx = (to.x - from.x) * reach;
  return { from, c1: { x: from.x + dx, y: from.y }, c2: { x: to.x - dx, y: to.y }, to };
}

/** Within a column, or back against the flow: around the right-hand side. */
function around(from: Point, to: Point, least: number): Curve {
  const bulge = Math.min(64, least + Math.abs(to.y - from.y) * 0.16);
  const x = Math.max(from.x, to.x) + bulge;
  return { from, c1: { x, y: from.y }, c2: { x, y: to.y }, to };
}

const at = (c: Curve, t: number): Point => {
  const u = 1 - t;
  const a = u * u * u;
  const b = 3 * u * u * t;
  const d = 3 * u * t * t;
  const e = t * t * t;
  return { x: a * c.from.x + b * c.c1.x + d * c.c2.x + e * c.to.x, y: a * c.from.y + b * c.c1.y + d * c.c2.y + e * c.to.y };
};

/** Equal steps along the whole route, so that a particle does not hurry through the wide bends. */
export function sample(curves: Curve[], count: number): { samples: Float32Array; length: number } {
  const fine: Point[] = [];
  const steps = 16;
  curves.forEach((curve, k) => {
    for (let i = k === 0 ? 0 : 1; i <= steps; i += 1) fine.push(at(curve, i / steps));
  });
  const along = [0];
  for (let i = 1; i < fine.length; i += 1) {
    const [p, q] = [fine[i - 1]!, fine[i]!];
    along.push(along[i - 1]! + Math.hypot(q.x - p.x, q.y - p.y));
  }
  const length = along[along.length - 1]!;
  const samples = new Float32Array(count * 2);
  let k = 0;
  for (let i = 0; i < count; i += 1) {
    const want = (length * i) / (count - 1);
    while (k < fine.length - 2 && along[k + 1]! < want) k += 1;
    const span = along[k + 1]! - along[k]! || 1;
    const f = Math.min(1, (want - along[k]!) / span);
    samples[i * 2] = fine[k]!.x + (fine[k + 1]!.x - fine[k]!.x) * f;
    samples[i * 2 + 1] = fine[k]!.y + (fine[k + 1]!.y - fine[k]!.y) * f;
  }
  return { samples, length };
}

interface Extent { left: number; right: number; middle: number }

/** How far the marks of each cell reach: bundles begin and end at their edge. */
function extents(layout: Layout): Map<string, Extent> {
  const found = new Map<string, Extent>();
  for (const placed of layout.nodes.values()) {
    const cell = layout.cells.get(placed.cell)!;
    const extent = found.get(placed.cell) ?? { left: Infinity, right: -Infinity, middle: cell.y + cell.height / 2 };
    extent.left = Math.min(extent.left, placed.x - layout.radius - portGap);
    extent.right = Math.max(extent.right, placed.x + layout.radius + portGap);
    found.set(placed.cell, extent);
  }
  return found;
}

function routeBetween(source: Placed, target: Placed, from: Extent, to: Extent, single: boolean, radius: number): Curve[] {
  if (source.cell === target.cell || source.node.tier >= target.node.tier) {
    return [around({ x: source.x + radius, y: source.y }, { x: target.x + radius, y: target.y }, source.cell === target.cell ? 10 : 22)];
  }
  const start = { x: source.x + radius, y: source.y };
  const end = { x: target.x - radius, y: target.y };
  if (single) return [level(start, end, 0.5)];
  const out = { x: from.right, y: from.middle };
  const into = { x: to.left, y: to.middle };
  return [level(start, out, 0.5), level(out, into, 0.5), level(into, end, 0.5)];
}

export function routeAll(layout: Layout, nodes: Map<number, GraphNode>, edges: Iterable<GraphEdge>): Routes {
  const reach = extents(layout);
  const result: Routes = { edges: new Map(), bundles: new Map() };
  for (const edge of edges) {
    const source = layout.nodes.get(nodes.get(edge.source)?.id ?? '');
    const target = layout.nodes.get(nodes.get(edge.target)?.id ?? '');
    if (!source || !target || source === target) continue;
    const [from, to] = [reach.get(source.cell)!, reach.get(target.cell)!];
    const [a, b] = [layout.cells.get(source.cell)!, layout.cells.get(target.cell)!];
    const single = source.node.level !== 'instance';
    const curves = routeBetween(source, target, from, to, single, layout.radius);
    const bundle = `${a.key}>${b.key}`;
    const known = result.bundles.get(bundle);
    if (known) known.edges.push(edge.index);
    else {
      const forward = a.tier < b.tier;
      const curve = single ? curves[0]!
        : forward ? level({ x: from.right, y: from.middle }, { x: to.left, y: to.middle }, 0.5)
        : around({ x: from.right, y: from.middle }, { x: to.right, y: to.middle }, 20);
      result.bundles.set(bundle, { key: bundle, source: a, target: b, curve, edges: [edge.index] });
    }
    result.edges.set(edge.index, { index: edge.index, source, target, bundle, curves, ...sample(curves, samplesPerRoute) });
  }
  return result;
}
