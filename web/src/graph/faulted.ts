// Where in the picture faults are: on which marks, bands and streams. A pure function of faults and view; the picture has no opinion of its
// own about whom chance has chosen, it takes what the beginning of the fault has named.
import type { View } from '../store';
import type { Fault, FaultType, GraphNode, Parts, SimEvent } from '../wire';

export interface Hits {
  /** By id of the node. */
  nodes: Map<string, Fault[]>;
  /** By index of the edge. */
  edges: Map<number, Fault[]>;
  /** By id of the band: faults of the whole place. */
  bands: Map<string, Fault[]>;
}

/** Full names of instances (netflixoss.us-east-1.zoneA.homepage15), and which marks of every level have one of them among them. */
export class Names {
  private readonly marks = new Set<string>();
  constructor(instances: Iterable<string>) {
    for (const instance of instances) {
      this.marks.add(instance);
      const [, region, zone, last] = /^[^.]*\.([^.]*)\.([^.]*)\.(.*)$/.exec(instance) ?? [];
      if (region === undefined || last === undefined) continue;
      this.marks.add(region).add(`${region}.${zone}`);
      // Numbers have two digits at least; a service whose name ends in digits has more of them.
      for (let end = last.length - 2; end > 0 && /^\d+$/.test(last.slice(end)); end -= 1) this.marks.add(last.slice(0, end)).add(`${region}.${zone}.${last.slice(0, end)}`);
    }
  }
  has(node: GraphNode): boolean {
    return this.marks.has(node.id);
  }
}

/** Whom a fault would hit, as far as it is said: names, of which there are some only when there are many. */
export interface Foreseen { targets: number; named: string[]; zones: string[]; services?: { service: string; hit: number }[] }

/** Whether a mark would be hit; where not all are named, one of many is when its service would be, in the zones that would. */
export function aimedAt(foreseen: Foreseen): (node: GraphNode) => boolean {
  const names = new Names(foreseen.named);
  if (foreseen.named.length >= foreseen.targets) return (node) => names.has(node);
  const services = new Set((foreseen.services ?? []).filter((loss) => loss.hit > 0).map((loss) => loss.service));
  const inZones = ({ region, zone }: GraphNode): boolean => foreseen.zones.length === 0 || zone === '*' || foreseen.zones.includes(`${region}.${zone}`);
  return (node) => names.has(node)
    || (node.level === 'zone' && foreseen.zones.includes(node.id))
    || (node.level === 'region' && foreseen.zones.some((zone) => zone.startsWith(`${node.id}.`)))
    || (node.level === 'service' && services.has(node.service))
    || (node.level === 'group' && services.has(node.service) && inZones(node));
}

/** The names that `fault.started` gives, by id of the fault. */
export function namedBy(events: SimEvent[]): Map<string, Names> {
  const named = new Map<string, Names>();
  for (const event of events) {
    if (event.type === 'fault.started' && event.data.instances) named.set(event.subject.id, new Names(event.data.instances.split(', ')));
  }
  return named;
}

const says = (list: string[], word: string): boolean => list.length === 0 || list.includes(word);
/** Whether a mark is, or has among it, some of what the parts are about, as far as the picture can tell. */
export function touches(node: GraphNode, parts: Parts): boolean {
  const { level } = node;
  const inPlace = (): boolean =>
    (level === 'service' || (says(parts.regions, node.region) && (level === 'region' || says(parts.zones, `${node.region}.${node.zone}`))));
  const isService = level === 'region' || level === 'zone' || says(parts.services, node.service);
  const isVersion = level !== 'instance' || says(parts.versions, node.version);
  const isState = level !== 'instance' || says(parts.states, node.state);
  return inPlace() && isService && isVersion && isState && (parts.instances.length === 0 || new Names(parts.instances).has(node));
}

/** Said of places alone: then the band has the mark, and not each of the many in it. */
export const ofPlaces = (parts: Parts): boolean =>
  parts.zones.length + parts.regions.length > 0 && parts.services.length + parts.instances.length + parts.versions.length + parts.states.length + Object.keys(parts.labels).length === 0;

/** Which way the calls go that such a fault is on: from those it selects, to them, or either. */
const callsOf = (type: string): 'from' | 'to' | 'either' => (/^(dependency|dns)\./.test(type) ? 'from' : type.startsWith('certificate.') ? 'to' : 'either');

const add = <K>(map: Map<K, Fault[]>, key: K, fault: Fault): void => {
  map.set(key, [...(map.get(key) ?? []), fault]);
};

function linksOf(view: View, fault: Fault, own: (node: GraphNode) => boolean, hits: Hits): void {
  const other = (node: GraphNode): boolean => (fault.target ? touches(node, fault.target) : !own(node));
  const way = callsOf(fault.type);
  for (const edge of view.edges.values()) {
    const source = view.nodes.get(edge.source);
    const target = view.nodes.get(edge.target);
    if (!source || !target) continue;
    if ((way !== 'to' && own(source) && other(target)) || (way !== 'from' && own(target) && other(source))) add(hits.edges, edge.index, fault);
  }
}

export function hitsOf(view: View, faults: Fault[], types: FaultType[], named: Map<string, Names>): Hits {
  const hits: Hits = { nodes: new Map(), edges: new Map(), bands: new Map() };
  for (const fault of faults) {
    if (fault.state !== 'active') continue;
    const { selector } = fault;
    const whole = selector.mode === 'all' && ofPlaces(selector);
    const names = named.get(fault.id);
    const own = (node: GraphNode): boolean => (names && !whole ? names.has(node) : (selector.mode === 'all' || node.level !== 'instance') && touches(node, selector));
    if (whole) {
      for (const band of view.bands) {
        if ((selector.zones.length > 0 ? selector.zones.includes(band.id) : true) && says(selector.regions, band.region) && band.zone !== '*') add(hits.bands, band.id, fault);
      }
    }
    const between = types.find((type) => type.type === fault.type)?.takesTarget ?? fault.target !== null;
    if (between) linksOf(view, fault, own, hits);
    // At the levels of places the place itself is the mark.
    if (!whole || view.level === 'zone' || view.level === 'region') for (const node of view.nodes.values()) if (own(node)) add(hits.nodes, node.id, fault);
  }
  return hits;
}
