// Draws a view: lanes and bundles below, traffic on a canvas, marks and captions above, band heads as plain buttons. Every layer is a keyed
// join on the state; the layout is computed anew only when the structure or the room changes.
import { select, zoom, zoomIdentity, type Selection, type ZoomBehavior, type ZoomTransform } from 'd3';
import type { State, View } from '../store';
import { value } from '../store';
import type { GraphNode } from '../wire';
import { layOut, type Cell, type LaneBox, type Layout, type Pillar, type Placed } from './layout';
import { curvePath, routeAll, type Bundle, type Route, type Routes } from './routes';
import { countBelow, diamondPath, displayName, markOf, newestVersions, nodeLabel, palettes, type Mark, type Newness } from './marks';
import { Particles } from './particles';
import { keep, keepText } from './attributes';
import { FaultMarks } from './fault-marks';
import { drawTip } from './tip';
import { bandNow, drawHeads, type HeadHooks } from './heads';

/** Of a count on a mark, in pixels. */
const digitWidth = 6.8;

export interface GraphHooks extends HeadHooks {
  select(id: string): void;
  hover(id: string): void;
  requestsPerDot(n: number): void;
}

type Group = Selection<SVGGElement, unknown, null, undefined>;

const layer = (svg: Selection<SVGSVGElement, unknown, null, undefined>, name: string): Group => svg.append('g').attr('class', name);

export class Graph {
  private readonly below: Selection<SVGSVGElement, unknown, null, undefined>;
  private readonly above: Selection<SVGSVGElement, unknown, null, undefined>;
  private readonly layers: Record<'lanes' | 'pillars' | 'bundles' | 'edges' | 'columns' | 'cells' | 'nodes' | 'cuts' | 'hits', Group>;
  private readonly scenes: Group[];
  private readonly heads: HTMLElement;
  private readonly tip: HTMLElement;
  private readonly particles: Particles;
  private readonly faultMarks: FaultMarks;
  private readonly zoom: ZoomBehavior<SVGSVGElement, unknown>;
  private layout: Layout | null = null;
  private routes: Routes = { edges: new Map(), bundles: new Map() };
  private drawn = { structure: -1, width: 0, height: 0, theme: '', selected: '', hovered: '', level: '', moving: '' };
  private size = { width: 0, height: 0 };
  private latest: State | null = null;
  private near = new Set<string>();

  constructor(private readonly root: HTMLElement, private readonly hooks: GraphHooks) {
    const host = select(root);
    this.below = host.append('svg').attr('class', 'below').attr('aria-hidden', 'true');
    const canvas = host.append('canvas').attr('class', 'traffic').attr('data-testid', 'traffic').attr('aria-hidden', 'true');
    this.above = host.append('svg').attr('class', 'above').attr('role', 'group').attr('aria-label', 'Services and instances; arrow keys move, Enter opens');
    this.heads = host.append('div').attr('class', 'heads').node()!;
    this.tip = select(this.heads).append('div').attr('class', 'tip').attr('hidden', '').attr('aria-hidden', 'true').node()!;
    this.addPatterns();
    const under = layer(this.below, 'scene');
    const over = layer(this.above, 'scene');
    this.scenes = [under, over];
    const group = (scene: Group, name: string): Group => scene.append('g').attr('class', name);
    this.layers = {
      lanes: group(under, 'lanes'), pillars: group(under, 'pillars'), bundles: group(under, 'bundles'), edges: group(under, 'edges'),
      columns: group(over, 'columns'), cells: group(over, 'cells'), cuts: group(over, 'cuts'), nodes: group(over, 'nodes'), hits: group(over, 'hits'),
    };
    this.particles = new Particles(canvas.node()!, (n) => hooks.requestsPerDot(n));
    this.faultMarks = new FaultMarks(this.layers.hits, this.layers.cuts);
    this.zoom = zoom<SVGSVGElement, unknown>().scaleExtent([0.3, 6]).on('zoom', (event: { transform: ZoomTransform }) => this.moved(event.transform));
    this.above.call(this.zoom).on('dblclick.zoom', null);
    this.above.on('click', (event: MouseEvent) => {
      if (event.target === this.above.node()) hooks.select('');
    });
    new ResizeObserver(() => this.resized()).observe(root);
    this.resized();
  }

  private addPatterns(): void {
    const pattern = this.below.append('defs').append('pattern').attr('id', 'hatch').attr('width', 9).attr('height', 9)
      .attr('patternUnits', 'userSpaceOnUse').attr('patternTransform', 'rotate(45)');
    pattern.append('rect').attr('class', 'hatch').attr('width', 2).attr('height', 9);
  }

  private resized(): void {
    const { clientWidth: width, clientHeight: height } = this.root;
    if (width === 0 || height === 0 || (width === this.size.width && height === this.size.height)) return;
    this.size = { width, height };
    this.particles.resize(width, height);
    if (this.latest) this.render(this.latest);
  }

  private moved(transform: ZoomTransform): void {
    for (const scene of this.scenes) scene.attr('transform', transform.toString());
    select(this.heads).style('transform', `translate(${transform.x}px,${transform.y}px) scale(${transform.k})`);
    this.particles.setTransform(transform);
  }

  /** Back to where everything is in sight. */
  fit(): void {
    const scale = this.layout ? Math.min(1, this.size.height / this.layout.height) : 1;
    this.above.call(this.zoom.transform, zoomIdentity.scale(scale));
  }

  focusNode(id: string): void {
    this.layers.nodes.selectAll<SVGGElement, Placed>('g.node').filter((d) => d.node.id === id).node()?.focus();
  }

  render(state: State): void {
    this.latest = state;
    const { view } = state;
    select(this.root).classed('empty', view === null).classed('dormant', state.connection !== 'live');
    if (!view || this.size.width === 0) return;
    const changed = view.structure !== this.drawn.structure || this.size.width !== this.drawn.width || this.size.height !== this.drawn.height;
    if (changed) this.lay(view);
    if (this.drawn.theme !== state.theme) {
      const palette = palettes[state.theme];
      this.particles.setPaint({ ok: palette.particle, slow: palette.particle, error: palette.error });
    }
    this.faultMarks.draw(state, view, this.layout!, this.routes);
    this.drawLanes(view);
    drawHeads(this.heads, this.layout!, state, this.faultMarks.current, this.hooks);
    drawTip(this.tip, this.layout!, state);
    this.drawBundles(view);
    if (changed) {
      this.drawColumns();
      this.drawPillars();
    }
    this.drawNodes(state, view);
    if (changed || state.selected !== this.drawn.selected || state.hovered !== this.drawn.hovered) this.drawHighlight(state);
    const moving = `${state.connection === 'live' && view.clock.state === 'running'}`;
    this.particles.setValues(view.edgeValues);
    if (moving !== this.drawn.moving) this.particles.setMoving(moving === 'true', matchMedia('(prefers-reduced-motion: reduce)').matches);
    this.drawn = {
      structure: view.structure, width: this.size.width, height: this.size.height, theme: state.theme, selected: state.selected, hovered: state.hovered,
      level: `${view.level}/${view.path}/${view.focus}`, moving,
    };
  }

  private lay(view: View): void {
    this.layout = layOut({ level: view.level, tiers: view.tiers, bands: view.bands, nodes: view.nodes.values() }, this.size.width, this.size.height);
    this.routes = routeAll(this.layout, view.nodes, view.edges.values());
    this.particles.setRoutes(this.routes);
    const resized = this.drawn.width !== this.size.width || this.drawn.height !== this.size.height;
    if (this.drawn.level !== `${view.level}/${view.path}/${view.focus}` || resized) this.fit();
  }

  private drawLanes(view: View): void {
    const layout = this.layout!;
    const lanes = this.layers.lanes.selectAll<SVGGElement, LaneBox>('g.lane').data(layout.lanes, (lane) => lane.band.id)
      .join((enter) => {
        const g = enter.append('g');
        g.append('rect').attr('class', 'floor').attr('rx', 14);
        g.append('rect').attr('class', 'hatched').attr('rx', 14).attr('fill', 'url(#hatch)');
        return g;
      });
    keep(lanes, 'class', (lane) => `lane ${bandNow(view, lane).state}${this.faultMarks.current.bands.has(lane.band.id) ? ' faulted' : ''}`);
    keep(lanes, 'data-band', (lane) => lane.band.id);
    keep(lanes, 'transform', (lane) => `translate(8,${lane.y})`);
    const floors = lanes.selectAll<SVGRectElement, LaneBox>('rect').data((lane) => [lane, lane]);
    keep(floors, 'width', (lane) => Math.max(0, lane.width - 16));
    keep(floors, 'height', (lane) => lane.height);
  }

  private drawPillars(): void {
    const pillars = this.layers.pillars.selectAll<SVGGElement, Pillar>('g').data(this.layout!.pillars, (pillar) => pillar.key).join((enter) => {
      const g = enter.append('g');
      g.append('rect').attr('class', 'moat');
      g.append('rect').attr('class', 'wall').attr('rx', 12);
      g.append('text');
      return g;
    });
    pillars.attr('transform', (pillar) => `translate(${pillar.x},${pillar.y})`);
    // What stands outside of zones is no part of the lanes that it crosses: a lost zone ends before it.
    pillars.select('rect.moat').attr('x', -5).attr('width', (pillar) => pillar.width + 10).attr('height', (pillar) => pillar.height);
    pillars.select('rect.wall').attr('width', (pillar) => Math.max(0, pillar.width)).attr('height', (pillar) => pillar.height);
    pillars.select('text').attr('x', (pillar) => pillar.width / 2).attr('y', (pillar) => pillar.height - 11).text((pillar) => pillar.label);
  }

  private drawBundles(view: View): void {
    const rate = (bundle: Bundle): number => bundle.edges.reduce((sum, index) => sum + value(view.edgeValues, 'rate', index), 0);
    const bundles = this.layers.bundles.selectAll<SVGPathElement, Bundle>('path')
      .data([...this.routes.bundles.values()].filter((bundle) => bundle.source !== bundle.target), (bundle) => bundle.key).join('path');
    keep(bundles, 'd', (bundle) => curvePath([bundle.curve]));
    keep(bundles, 'class', (bundle) => (rate(bundle) < 0.05 ? 'quiet' : ''));
    keep(bundles, 'stroke-width', (bundle) => widthOf(rate(bundle)));
  }

  private drawColumns(): void {
    const layout = this.layout!;
    const columns = this.layers.columns.selectAll<SVGGElement, Layout['columns'][number]>('g').data(layout.columns, (column) => column.index)
      .join((enter) => {
        const g = enter.append('g');
        g.append('text').attr('class', 'title').attr('y', 22);
        g.append('text').attr('class', 'package').attr('y', 38);
        return g;
      })
      .attr('transform', (column) => `translate(${column.x + column.width / 2},0)`);
    columns.select<SVGTextElement>('text.title').each(function (column) {
      fitText(this, [column.services.join(' · '), `${column.services.length} services`], column.width - 8);
    });
    columns.select('text.package').text((column) => column.packages.join(' · '));
    this.layers.cells.selectAll<SVGTextElement, Cell>('text').data([...layout.cells.values()].filter((cell) => cell.caption), (cell) => cell.key)
      .join('text')
      .attr('x', (cell) => cell.x + cell.width / 2)
      .attr('y', (cell) => cell.y - 2)
      .each(function (cell) {
        fitText(this, [cell.central ? cell.service : `${cell.service} ${cell.total}`, cell.service, `${cell.service.slice(0, 7)}…`], cell.width - 4);
      });
  }

  private drawNodes(state: State, view: View): void {
    const layout = this.layout!;
    const palette = palettes[state.theme];
    const newest = newestVersions(view.nodes.values());
    const marks = new Map<string, Mark>();
    const current = (placed: Placed): GraphNode => view.nodes.get(placed.node.index) ?? placed.node;
    for (const placed of layout.nodes.values()) marks.set(placed.node.id, markOf(current(placed), view.nodeValues, palette, layout.radius, newest));
    const mark = (placed: Placed): Mark => marks.get(placed.node.id)!;
    const first = layout.nodes.values().next().value?.node.id;
    const nodes = this.layers.nodes.selectAll<SVGGElement, Placed>('g.node').data([...layout.nodes.values()], (placed) => placed.node.id)
      .join((enter) => this.enterNode(enter.append('g').attr('class', 'node')), (update) => update, (exit) => exit.call(leave));
    const out = Math.round(layout.radius * 8) / 10;
    keep(nodes, 'class', (placed) => `node ${current(placed).state}${placed.node.id === state.selected ? ' selected' : ''}${this.near.has(placed.node.id) ? ' near' : ''}`);
    keep(nodes, 'tabindex', (placed) => (placed.node.id === (state.selected || first) ? 0 : -1));
    keep(nodes, 'aria-label', (placed) => nodeLabel(current(placed)));
    keep(nodes, 'data-state', (placed) => current(placed).state);
    keep(nodes, 'transform', (placed) => `translate(${placed.x.toFixed(1)},${placed.y.toFixed(1)})`);
    keep(nodes.select<SVGPathElement>('path.halo'), 'd', () => haloPath(layout.radius + 4));
    keep(nodes.select<SVGPathElement>('path.body'), 'd', (placed) => mark(placed).body);
    keep(nodes.select<SVGPathElement>('path.body'), 'fill', (placed) => mark(placed).fill);
    keep(nodes.select<SVGPathElement>('path.cross'), 'd', (placed) => mark(placed).cross);
    this.drawNewness(nodes, layout.radius, view.level !== 'instance', (placed) => mark(placed).version);
    keep(nodes.select<SVGPathElement>('path.error'), 'd', () => diamondPath(Math.max(4, Math.round(layout.radius * 6.2) / 10)));
    keep(nodes.select<SVGPathElement>('path.error'), 'transform', () => `translate(${out},${-out})`);
    keep(nodes.select<SVGPathElement>('path.error'), 'class', (placed) => (mark(placed).error ? 'error shown' : 'error'));
    this.drawNames(nodes, view, layout);
  }

  /** A dot in the middle of an instance; beside the count of what stands for several, half of it when only some are new. */
  private drawNewness(nodes: Selection<SVGGElement, Placed, SVGGElement, unknown>, radius: number, beside: boolean, newness: (placed: Placed) => Newness): void {
    const r = beside ? Math.max(4.5, radius * 0.26) : radius * 0.32;
    const away = beside ? (radius * 0.76).toFixed(1) : '0';
    const dots = nodes.select<SVGGElement>('g.version');
    keep(dots, 'class', (placed) => (newness(placed) === '' ? 'version' : `version shown ${newness(placed)}`));
    keep(dots, 'transform', () => `translate(${away},${away})`);
    keep(nodes.select<SVGCircleElement>('g.version circle'), 'r', () => r.toFixed(1));
    keep(nodes.select<SVGPathElement>('g.version path'), 'd', () => `M0,${-r}A${r},${r} 0 0,1 0,${r}Z`);
  }

  private drawNames(nodes: Selection<SVGGElement, Placed, SVGGElement, unknown>, view: View, layout: Layout): void {
    const count = (node: GraphNode): string => {
      const n = node.instances;
      const all = n.up + n.starting + n.draining + n.down;
      return view.level === 'instance' || all === 0 ? '' : n.up === all ? `${all}` : `${n.up}/${all}`;
    };
    const counts = nodes.select<SVGTextElement>('text.count');
    const counted = (placed: Placed): string => count(view.nodes.get(placed.node.index) ?? placed.node);
    keepText(counts, counted);
    keep(counts, 'y', (placed) => (/^(down|dead)$/.test((view.nodes.get(placed.node.index) ?? placed.node).state) ? countBelow(layout.radius) : 0));
    keep(counts, 'class', (placed) => (counted(placed).length * digitWidth > 2 * layout.radius ? 'count long' : 'count'));
    keep(nodes.select<SVGTextElement>('text.name'), 'y', () => Math.round(layout.radius + 13));
    keepText(nodes.select<SVGTextElement>('text.name'), (placed) => (view.level === 'instance' ? '' : displayName(placed.node)));
  }

  private enterNode(enter: Selection<SVGGElement, Placed, SVGGElement, unknown>): Selection<SVGGElement, Placed, SVGGElement, unknown> {
    enter.attr('role', 'button').attr('data-id', (placed) => placed.node.id).attr('data-service', (placed) => placed.node.service);
    enter.append('path').attr('class', 'halo');
    enter.append('path').attr('class', 'body');
    enter.append('path').attr('class', 'cross');
    enter.append('path').attr('class', 'error');
    enter.append('text').attr('class', 'count').attr('dy', '0.35em');
    const version = enter.append('g').attr('class', 'version');
    version.append('circle');
    version.append('path');
    enter.append('text').attr('class', 'name');
    enter.on('click', (event: MouseEvent, placed) => {
      event.stopPropagation();
      this.hooks.select(placed.node.id);
    });
    enter.on('mouseenter focus', (_event: Event, placed) => this.hooks.hover(placed.node.id));
    enter.on('mouseleave blur', () => this.hooks.hover(''));
    enter.on('keydown', (event: KeyboardEvent, placed) => this.key(event, placed));
    return enter;
  }

  private key(event: KeyboardEvent, placed: Placed): void {
    if (event.key === 'Enter') this.hooks.select(placed.node.id);
    const direction = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] }[event.key];
    if (!direction || !this.layout) return;
    event.preventDefault();
    const next = neighbour(this.layout, placed, direction[0]!, direction[1]!);
    if (next) this.focusNode(next.node.id);
  }

  /** The edges of the marked node in full; all others step back. */
  private drawHighlight(state: State): void {
    const id = state.hovered || state.selected;
    const touching = id === '' ? [] : [...this.routes.edges.values()].filter((route) => route.source.node.id === id || route.target.node.id === id);
    const near = new Set(touching.flatMap((route) => [route.source.node.id, route.target.node.id]));
    this.layers.edges.selectAll<SVGPathElement, Route>('path').data(touching, (route) => route.index)
      .join('path')
      .attr('class', (route) => (route.source.node.id === id ? 'out' : 'in'))
      .attr('d', (route) => curvePath(route.curves));
    select(this.root).classed('focused', touching.length > 0 && state.hovered !== '').classed('marked', touching.length > 0 && state.hovered === '');
    this.near = near;
    this.layers.nodes.selectAll<SVGGElement, Placed>('g.node').classed('near', (placed) => near.has(placed.node.id));
    this.particles.setHighlight(touching.length > 0 ? new Set(touching.map((route) => route.index)) : null, state.hovered === '' ? 0.5 : 0.18);
  }
}

/** The first of some texts that fits, if need be a little narrower than it is. */
function fitText(element: SVGTextElement, texts: string[], room: number): void {
  element.removeAttribute('textLength');
  for (const text of texts) {
    element.textContent = text;
    const wide = element.getComputedTextLength();
    if (wide > room) element.setAttribute('textLength', String(room));
    else element.removeAttribute('textLength');
    element.setAttribute('lengthAdjust', 'spacingAndGlyphs');
    if (wide * 0.82 <= room) return;
    element.removeAttribute('textLength');
  }
}

/** Fades once: under another name, so that the next drawing does not find it and begin again. */
const leave = (exit: Selection<SVGGElement, Placed, SVGGElement, unknown>): void => {
  exit.attr('class', 'gone').attr('tabindex', null).attr('role', null).transition().duration(350).style('opacity', 0).remove();
};

/** Logarithmic, in half pixels: what flutters by less than that stays as it is. */
export const widthOf = (rate: number): number => Math.round((1 + 3.1 * Math.log10(1 + rate)) * 2) / 2;

const haloPath = (r: number): string => `M${-r},0a${r},${r} 0 1,0 ${2 * r},0a${r},${r} 0 1,0 ${-2 * r},0Z`;

/** The nearest mark in a direction; sideways distance counts double, so that arrows follow rows and columns. */
export function neighbour(layout: Layout, from: Placed, dx: number, dy: number): Placed | null {
  let best: Placed | null = null;
  let least = Infinity;
  for (const placed of layout.nodes.values()) {
    const ahead = (placed.x - from.x) * dx + (placed.y - from.y) * dy;
    if (ahead < 1) continue;
    const aside = Math.abs((placed.x - from.x) * dy) + Math.abs((placed.y - from.y) * dx);
    const distance = ahead + aside * 2;
    if (distance < least) [best, least] = [placed, distance];
  }
  return best;
}
