// Where everything is drawn: a pure function of what a view consists of. A place depends on what a node is (tier, lane, band, slot), never
// on a solver or on the order of arrival, so that nothing moves when something else comes or goes.
import type { Band, GraphNode, Level, Tier } from '../wire';

export interface Point { x: number; y: number }
export interface Box { x: number; y: number; width: number; height: number }
export interface LaneBox extends Box { band: Band; index: number }
export interface ColumnBox { index: number; x: number; width: number; services: string[]; packages: string[] }
export interface Cell extends Box { key: string; service: string; tier: number; lane: number; band: number; caption: boolean; central: boolean; total: number }
export interface Placed extends Point { node: GraphNode; cell: string }
export interface RegionBox extends Box { name: string }
/** Where marks outside of zones stand: across the lanes they serve. */
export interface Pillar extends Box { key: string; label: string }

export interface Layout {
  width: number;
  height: number;
  headWidth: number;
  top: number;
  radius: number;
  lanes: LaneBox[];
  regions: RegionBox[];
  columns: ColumnBox[];
  pillars: Pillar[];
  cells: Map<string, Cell>;
  nodes: Map<string, Placed>;
}

export interface LayoutInput { level: Level; tiers: Tier[]; bands: Band[]; nodes: Iterable<GraphNode> }

const headWidth = 124;
const top = 52;
const bottom = 14;
const right = 52;
const laneGap = 10;
const regionGap = 26;
const laneMin = 92;
const captionHeight = 16;
/** Distance between the centres of neighbours, largest first. */
const pitches: Record<'one' | 'many', readonly number[]> = { one: [58, 50, 42, 34, 28, 24, 20, 16, 13], many: [30, 27, 24, 21, 18, 15, 12, 10, 8, 6, 5] };
/** Above the level of instances every mark has its name below it. */
const nameHeight = 16;
const radiusOf = { one: 0.4, many: 0.38 } as const;
/** Cells are measured as if they held at least this many, so that scaling up does not shrink what is there. */
const capacityMin = 16;

export const cellKey = (node: { tier: number; lane: number; band: number }): string => `${node.tier}/${node.lane}/${node.band}`;

/** Rounded up to a power of two, so that the size of the dots changes rarely. */
export function capacityOf(count: number, least: number): number {
  let capacity = least;
  while (capacity < count) capacity *= 2;
  return capacity;
}

/** The k-th place counted from the middle: 0 → 0, 1 → +1, 2 → -1, 3 → +2 ... for odd rows of places. */
export const outwards = (k: number): number => (k % 2 === 1 ? (k + 1) / 2 : -k / 2);

/** Offset of `slot` from the middle of its cell, in pitches. Rows fill from the middle row outwards, each from its middle outwards. */
export function slotOffset(slot: number, perRow: number): Point {
  const row = Math.floor(slot / perRow);
  const place = slot % perRow;
  const half = perRow % 2 === 0 ? 0.5 : 0;
  return { x: outwards(place) - half, y: outwards(row) };
}

const everywhere: Band = { id: '*', name: 'all zones', region: '*', zone: '*', state: 'up' };

/** Coarse levels have no tiers of their own: the world, its regions, their zones stand from left to right; services are not in any one band. */
function arrange(input: LayoutInput): { tiers: Tier[]; bands: Band[]; nodes: GraphNode[] } {
  const nodes = [...input.nodes];
  if (input.level === 'service') return { tiers: input.tiers, bands: [everywhere], nodes: nodes.map((node) => ({ ...node, band: 0 })) };
  if (input.level === 'zone') {
    const tiers = [['global'], ['regional'], ['zones']].map((services, index) => ({ index, services }));
    return { tiers, bands: input.bands, nodes: nodes.map((node) => ({ ...node, tier: node.zone !== '*' ? 2 : node.region !== '*' ? 1 : 0 })) };
  }
  if (input.level === 'region') {
    const names = [...new Set(nodes.map((node) => node.region))].sort((a, b) => a.localeCompare(b));
    const bands = names.map((name) => ({ id: name, name, region: name, zone: name === '*' ? '*' : 'all', state: 'up' }));
    const tiers = [['global'], ['regions']].map((services, index) => ({ index, services }));
    return { tiers, bands, nodes: nodes.map((node) => ({ ...node, band: names.indexOf(node.region), tier: node.region === '*' ? 0 : 1, state: node.state })) };
  }
  return { tiers: input.tiers, bands: input.bands, nodes };
}

const isZone = (band: Band): boolean => band.zone !== '*' && band.zone !== '';
const isLane = (band: Band, bands: Band[]): boolean => isZone(band) || !bands.some(isZone);

function placeLanes(bands: Band[], width: number, height: number): { lanes: LaneBox[]; regions: RegionBox[]; bottom: number } {
  const lanes = bands.map((band, index) => ({ band, index })).filter(({ band }) => isLane(band, bands));
  const names = [...new Set(lanes.map(({ band }) => band.region))];
  const gaps = laneGap * Math.max(0, lanes.length - names.length) + regionGap * (names.length - 1);
  const each = Math.max(laneMin, (height - top - bottom - gaps) / Math.max(1, lanes.length));
  const placed: LaneBox[] = [];
  const regions: RegionBox[] = [];
  let y = top;
  for (const name of names) {
    const start = y;
    for (const lane of lanes.filter(({ band }) => band.region === name)) {
      placed.push({ ...lane, x: 0, y, width, height: each });
      y += each + laneGap;
    }
    y -= laneGap;
    regions.push({ name, x: 0, y: start, width, height: y - start });
    y += regionGap;
  }
  return { lanes: placed, regions, bottom: y - regionGap + bottom };
}

/** Tiers that live outside zones need room for one mark only. */
function placeColumns(tiers: Tier[], nodes: GraphNode[], bands: Band[], width: number): ColumnBox[] {
  const zoned = new Set(nodes.filter((node) => isZone(bands[node.band] ?? { id: '', name: '', region: '*', zone: '*', state: 'up' })).map((node) => node.tier));
  const count = Math.max(tiers.length, 1 + nodes.reduce((most, node) => Math.max(most, node.tier), 0));
  const list: Tier[] = Array.from({ length: count }, (_, index) => tiers[index] ?? { index, services: [] });
  const weight = (tier: Tier): number => (zoned.has(tier.index) || zoned.size === 0 ? Math.max(1, Math.min(1.5, 0.7 + 0.4 * tier.services.length)) : tier.services.length > 1 ? 0.95 : 0.55);
  const total = list.reduce((sum, tier) => sum + weight(tier), 0);
  const room = width - headWidth - right;
  let x = headWidth;
  return list.map((tier) => {
    const columnWidth = (room * weight(tier)) / total;
    const packages = [...new Set(nodes.filter((node) => node.tier === tier.index).map((node) => node.package))].filter((name) => name !== '');
    const column = { index: tier.index, x, width: columnWidth, services: tier.services, packages };
    x += columnWidth;
    return column;
  });
}

/** The area of a band: its lane, or all lanes of its region (or of the world) for what is outside zones. */
function bandArea(index: number, bands: Band[], lanes: LaneBox[], regions: RegionBox[]): { y: number; height: number } {
  const lane = lanes.find((candidate) => candidate.index === index);
  if (lane) return lane;
  const region = regions.find((candidate) => candidate.name === bands[index]?.region);
  if (region) return region;
  const first = regions[0];
  const last = regions[regions.length - 1];
  return first && last ? { y: first.y, height: last.y + last.height - first.y } : { y: top, height: laneMin };
}

function placeCells(input: LayoutInput, nodes: GraphNode[], columns: ColumnBox[], lanes: LaneBox[], regions: RegionBox[]): Map<string, Cell> {
  const laneCount = new Map<number, number>();
  for (const node of nodes) laneCount.set(node.tier, Math.max(laneCount.get(node.tier) ?? 1, node.lane + 1));
  for (const tier of input.tiers) if (input.level !== 'zone' && input.level !== 'region') laneCount.set(tier.index, Math.max(laneCount.get(tier.index) ?? 1, tier.services.length));
  const cells = new Map<string, Cell>();
  for (const node of nodes) {
    const key = cellKey(node);
    const known = cells.get(key);
    if (known) {
      known.total += 1;
      continue;
    }
    const column = columns[node.tier];
    if (!column) continue;
    const area = bandArea(node.band, input.bands, lanes, regions);
    const inTier = laneCount.get(node.tier) ?? 1;
    const each = area.height / inTier;
    const caption = inTier > 1 && input.level === 'instance';
    cells.set(key, {
      key, service: node.service, tier: node.tier, lane: node.lane, band: node.band, caption, total: 1,
      central: !lanes.some((lane) => lane.index === node.band),
      x: column.x, width: column.width, y: area.y + node.lane * each + (caption ? captionHeight : 0), height: each - (caption ? captionHeight : 0),
    });
  }
  return cells;
}

function placePillars(cells: Map<string, Cell>, columns: ColumnBox[], bands: Band[], lanes: LaneBox[], regions: RegionBox[]): Pillar[] {
  const zoned = new Set([...cells.values()].filter((cell) => !cell.central).map((cell) => cell.tier));
  const pillars = new Map<string, Pillar>();
  for (const cell of cells.values()) {
    const column = columns[cell.tier];
    if (!cell.central || zoned.has(cell.tier) || !column) continue;
    const { y, height } = bandArea(cell.band, bands, lanes, regions);
    const region = bands[cell.band]?.region ?? '*';
    pillars.set(`${cell.tier}/${cell.band}`, { key: `${cell.tier}/${cell.band}`, label: region === '*' ? 'global' : region, x: column.x + 5, width: column.width - 10, y, height });
  }
  return [...pillars.values()];
}

const perRowOf = (cell: Cell, pitch: number): number => Math.max(1, Math.floor((cell.width - pitch * 0.9) / pitch));
/** Short even rows look tidy in a zone; what stands alone, outside of zones, has a middle. */
function rowLength(cell: Cell, pitch: number, capacity: number): number {
  const room = perRowOf(cell, pitch);
  if (cell.central || capacity === 1) return room % 2 === 0 ? room - 1 : room;
  if (capacity > capacityMin) return room;
  const rows = Math.max(1, Math.floor((cell.height - 1) / pitch));
  return Math.min(room, Math.max(6, 2 * Math.ceil(capacity / rows / 2)));
}

function fits(cell: Cell, pitch: number, capacity: number, named: boolean): boolean {
  const rows = Math.ceil(capacity / rowLength(cell, pitch, capacity));
  const each = named ? 2 * radiusOf.one * pitch + nameHeight : pitch;
  return rows * each <= cell.height - 1 && cell.width > pitch;
}

/** What is higher than the room is drawn wider too: it is shown smaller as a whole, and then fills the room. */
export function layOut(input: LayoutInput, room: number, height: number): Layout {
  const { nodes, bands, tiers } = arrange(input);
  const { bottom: needed } = placeLanes(bands, room, height);
  const width = room * Math.max(1, needed / height);
  const { lanes, regions, bottom: end } = placeLanes(bands, width, height);
  const columns = placeColumns(tiers, nodes, bands, width);
  const cells = placeCells({ ...input, tiers, bands }, nodes, columns, lanes, regions);
  const many = input.level === 'instance';
  const needs = new Map<string, number>();
  for (const node of nodes) needs.set(cellKey(node), Math.max(needs.get(cellKey(node)) ?? 0, node.slot + 1));
  const capacity = (key: string): number => capacityOf(needs.get(key) ?? 1, many ? capacityMin : 1);
  const choices = many ? pitches.many : pitches.one;
  const pitch = choices.find((p) => [...cells.values()].every((cell) => fits(cell, p, capacity(cell.key), !many))) ?? choices[choices.length - 1] ?? 8;
  const placed = new Map<string, Placed>();
  for (const node of nodes) {
    const cell = cells.get(cellKey(node));
    if (!cell) continue;
    const offset = slotOffset(node.slot, rowLength(cell, pitch, capacity(cell.key)));
    placed.set(node.id, {
      node, cell: cell.key, x: cell.x + cell.width / 2 + offset.x * pitch, y: cell.y + cell.height / 2 + offset.y * pitch - (many ? 0 : nameHeight / 2),
    });
  }
  return {
    width, height: Math.max(height, end), headWidth, top, radius: pitch * (many ? radiusOf.many : radiusOf.one), lanes, regions, columns,
    pillars: placePillars(cells, columns, bands, lanes, regions), cells, nodes: placed,
  };
}
