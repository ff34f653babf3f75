import assert from 'node:assert/strict';
import test from 'node:test';
import { capacityOf, layOut, outwards, slotOffset, type Layout } from '../src/graph/layout';
import { routeAll, sample } from '../src/graph/routes';
import type { Band, GraphNode, Tier } from '../src/wire';
import { FakeWorld } from './fake-world';

const tiers: Tier[] = [['www'], ['www-elb'], ['wwwproxy'], ['login', 'homepage'], ['subscriber'], ['cassSubscriber', 'evcacheSubscriber']].map((services, index) => ({ index, services }));
const world = (): FakeWorld => new FakeWorld('netflixoss', 'netflixoss');
const nodesOf = (w: FakeWorld): GraphNode[] => w.instances.map((i) => w.node(i) as GraphNode);
const lay = (w: FakeWorld, nodes = nodesOf(w)): Layout => layOut({ level: 'instance', tiers, bands: w.bands() as Band[], nodes }, 1080, 590);
const places = (layout: Layout): Map<string, string> => new Map([...layout.nodes].map(([id, p]) => [id, `${p.x.toFixed(2)},${p.y.toFixed(2)}`]));

test('every node has its own place inside its cell', () => {
  const layout = lay(world());
  assert.equal(layout.nodes.size, 65);
  assert.equal(new Set(places(layout).values()).size, 65);
  for (const placed of layout.nodes.values()) {
    const cell = layout.cells.get(placed.cell)!;
    assert.ok(placed.x > cell.x && placed.x < cell.x + cell.width, placed.node.id);
    assert.ok(placed.y > cell.y && placed.y < cell.y + cell.height, placed.node.id);
  }
});

test('the order of arrival does not matter', () => {
  const w = world();
  assert.deepEqual(new Map([...places(lay(w))].sort()), new Map([...places(lay(w, nodesOf(w).reverse()))].sort()));
});

test('nobody moves when others die', () => {
  const w = world();
  const before = places(lay(w));
  const rest = nodesOf(w).filter((node) => !/homepage0[3-9]|login1/.test(node.id));
  for (const [id, place] of places(lay(w, rest))) assert.equal(place, before.get(id), id);
});

test('nobody moves when a service doubles', () => {
  const w = world();
  const before = places(lay(w));
  w.scale('homepage', 48);
  const after = places(lay(w));
  assert.equal(after.size, 89);
  for (const [id, place] of before) assert.equal(after.get(id), place, id);
});

test('hundreds of instances in a cell still stand apart', () => {
  const w = world();
  w.scale('homepage', 900);
  const layout = lay(w);
  assert.equal(new Set(places(layout).values()).size, layout.nodes.size);
});

test('marks outside of zones stand in the middle of what they serve', () => {
  const layout = lay(world());
  const www = [...layout.nodes.values()].find((placed) => placed.node.service === 'www')!;
  const zoneB = layout.lanes.find((lane) => lane.band.zone === 'zoneB')!;
  assert.ok(Math.abs(www.y - (zoneB.y + zoneB.height / 2)) < 1);
  assert.equal(layout.lanes.length, 3);
  assert.equal(layout.pillars.length, 2);
});

test('tiers run from left to right, lanes from top to bottom', () => {
  const layout = lay(world());
  for (let i = 1; i < layout.columns.length; i += 1) assert.ok(layout.columns[i]!.x >= layout.columns[i - 1]!.x + layout.columns[i - 1]!.width - 1e-6);
  for (let i = 1; i < layout.lanes.length; i += 1) assert.ok(layout.lanes[i]!.y >= layout.lanes[i - 1]!.y + layout.lanes[i - 1]!.height);
});

test('a view without zones, tiers or nodes is still a picture', () => {
  const empty = layOut({ level: 'region', tiers: [], bands: [], nodes: [] }, 800, 500);
  assert.equal(empty.nodes.size, 0);
  const band: Band = { id: 'us-east-1', name: 'us-east-1', region: 'us-east-1', zone: '*', state: 'up' };
  const node: GraphNode = { ...nodesOf(world())[0]!, level: 'region', band: 0, tier: 0, lane: 0, slot: 0 };
  const one = layOut({ level: 'region', tiers: [], bands: [band], nodes: [node] }, 800, 500);
  assert.equal(one.lanes.length, 1);
  assert.equal(one.nodes.size, 1);
});

test('many zones make the picture higher instead of the lanes unreadable', () => {
  const bands: Band[] = Array.from({ length: 18 }, (_, i) => ({ id: `r${Math.floor(i / 3)}.z${i % 3}`, name: '', region: `r${Math.floor(i / 3)}`, zone: `z${i % 3}`, state: 'up' }));
  const layout = layOut({ level: 'group', tiers, bands, nodes: [] }, 1000, 500);
  assert.ok(layout.height > 1500);
  assert.equal(layout.regions.length, 6);
});

test('slots fill from the middle', () => {
  assert.deepEqual([0, 1, 2, 3, 4].map(outwards).map((x) => x + 0), [0, 1, -1, 2, -2]);
  assert.deepEqual([0, 1, 2, 3, 4, 5].map((slot) => slotOffset(slot, 4)).map((p) => [p.x, p.y + 0]), [[-0.5, 0], [0.5, 0], [-1.5, 0], [1.5, 0], [-0.5, 1], [0.5, 1]]);
  assert.deepEqual([1, 16, 17, 33].map((n) => capacityOf(n, 16)), [16, 16, 32, 64]);
});

test('edges of a pair of cells share one bundle', () => {
  const w = world();
  const layout = lay(w);
  const routes = routeAll(layout, new Map(nodesOf(w).map((node) => [node.index, node])), w.edges.values());
  assert.equal(routes.edges.size, 259);
  assert.ok(routes.bundles.size < 60, `${routes.bundles.size} bundles`);
  assert.equal([...routes.bundles.values()].reduce((sum, bundle) => sum + bundle.edges.length, 0), 259);
  for (const route of routes.edges.values()) {
    const end = route.samples.length - 2;
    assert.ok(Math.hypot(route.samples[0]! - route.source.x, route.samples[1]! - route.source.y) < layout.radius + 1);
    assert.ok(Math.hypot(route.samples[end]! - route.target.x, route.samples[end + 1]! - route.target.y) < layout.radius + 1);
  }
});

test('samples lie at equal distances', () => {
  const { samples, length } = sample([{ from: { x: 0, y: 0 }, c1: { x: 90, y: 0 }, c2: { x: 10, y: 50 }, to: { x: 100, y: 50 } }], 21);
  for (let i = 1; i < 21; i += 1) {
    const step = Math.hypot(samples[i * 2]! - samples[i * 2 - 2]!, samples[i * 2 + 1]! - samples[i * 2 - 1]!);
    assert.ok(Math.abs(step - length / 20) < length / 20 / 4);
  }
});

const coarse = (level: 'zone' | 'region' | 'service', over: Partial<GraphNode>[]): Layout =>
  layOut({ level, tiers, bands: world().bands() as Band[], nodes: over.map((part, index) => ({ ...nodesOf(world())[0]!, level, tier: 0, lane: 0, slot: 0, band: 0, index, id: `${level}${index}`, ...part })) }, 1080, 590);

test('level zone: the world, the region and its zones from left to right', () => {
  const layout = coarse('zone', [{ region: '*', zone: '*', band: 4 }, { region: 'us-east-1', zone: '*', band: 3 }, { region: 'us-east-1', zone: 'zoneA', band: 0 }, { region: 'us-east-1', zone: 'zoneB', band: 1 }]);
  const at = (i: number): { x: number; y: number } => layout.nodes.get(`zone${i}`)!;
  const [world0, region, a, b] = [at(0), at(1), at(2), at(3)];
  assert.ok(world0.x < region.x && region.x < a.x && a.x === b.x && a.y < b.y);
});

test('level region: a lane for each region', () => {
  const layout = coarse('region', [{ region: '*', zone: '*' }, { region: 'us-east-1', zone: '*' }, { region: 'eu-west-1', zone: '*' }]);
  assert.deepEqual(layout.lanes.map((lane) => lane.band.name), ['eu-west-1', 'us-east-1']);
  assert.equal(layout.nodes.size, 3);
});

test('level service: one lane, each service in its column', () => {
  const layout = coarse('service', [{ service: 'www', tier: 0 }, { service: 'login', tier: 3 }, { service: 'homepage', tier: 3, lane: 1 }]);
  assert.equal(layout.lanes.length, 1);
  assert.ok(layout.nodes.get('service1')!.y < layout.nodes.get('service2')!.y);
});

test('above the level of instances marks and their names stand apart, in two regions as well', () => {
  const bands = ['us-east-1', 'us-west-2'].flatMap((region) => ['zoneA', 'zoneB', 'zoneC'].map((zone) => ({ id: `${region}.${zone}`, name: zone, region, zone, state: 'up' })));
  const groups = bands.flatMap((band, index) => tiers.slice(2).flatMap((tier) => tier.services.map((service, lane) => ({
    index: 0, id: `${band.id}.${service}`, name: service, level: 'group', service, package: '', version: '1', region: band.region, zone: band.zone, tier: tier.index, lane, band: index, slot: 0, state: 'up',
    instances: { up: 8, starting: 0, draining: 0, down: 0, dead: 0 },
  }))));
  const layout = layOut({ level: 'group', tiers, bands, nodes: groups }, 1080, 590);
  const nameEnd = layout.radius + 15;
  for (const placed of layout.nodes.values()) {
    const cell = layout.cells.get(placed.cell)!;
    assert.ok(placed.y - layout.radius >= cell.y && placed.y + nameEnd <= cell.y + cell.height, `${placed.node.id} and its name stay in their cell`);
  }
  assert.ok(layout.radius > 12, 'marks are large enough for a count');
});
