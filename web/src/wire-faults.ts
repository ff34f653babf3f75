// Faults on the wire: their types, what they select, those that run, and what one would hit.
import { idOf, list, num, numOr, obj, optional, str, strings, strOr, texts, type Json } from './json';

/** Instances that are in every list that is given; an empty list says nothing. */
export interface Parts {
  instances: string[]; services: string[]; zones: string[]; regions: string[]; versions: string[]; continents: string[]; states: string[];
  labels: Record<string, string>;
}
export interface Selector extends Parts { mode: string; value: number; exclude: Parts | null; minRemaining: number }
export interface Ramp { shape: string; upMs: number; downMs: number }
export interface Fault {
  id: string; type: string; selector: Selector; target: Parts | null; direction: string; ramp: Ramp | null; jitter: number; state: string; targets: number;
  parameters: Record<string, number | string>; startedSimTimeMs: number; endsSimTimeMs: number | null; endedSimTimeMs: number | null;
}
export interface ParameterSpec {
  name: string; kind: string; description: string; default: number | string; min: number | null; max: number | null; choices: string[]; unit: string;
}
export interface FaultType {
  type: string; title: string; description: string; standsFor: string; selectors: string[]; appliesTo: string[]; choosesInstances: boolean; takesTarget: boolean; direction: string;
  parameters: ParameterSpec[];
}
export interface Loss { service: string; up: number; hit: number; capacityLostPercent: number }
/** What a fault would hit if it began now. */
export interface Prediction { targets: number; named: string[]; capacityLostPercent: number; zones: string[]; services: Loss[] }

export const listKinds = ['services', 'zones', 'regions', 'instances', 'versions', 'continents', 'states'] as const;
export type ListKind = (typeof listKinds)[number];

const parts = (value: unknown, where: string): Parts => {
  const o = obj(value ?? {}, where);
  return { ...(Object.fromEntries(listKinds.map((kind) => [kind, strings(o[kind], kind)])) as Record<ListKind, string[]>), labels: texts(o.labels, 'labels') };
};
export const readSelector = (value: unknown): Selector => {
  const o = obj(value ?? {}, 'selector');
  return {
    ...parts(o, 'selector'), mode: strOr(o, 'mode', 'all'), value: numOr(o, 'value', 0), exclude: optional(o.exclude, (v) => parts(v, 'exclude')),
    minRemaining: numOr(o, 'minRemaining', 0),
  };
};
const ramp = (value: unknown): Ramp => {
  const o = obj(value, 'ramp');
  return { shape: strOr(o, 'shape', 'linear'), upMs: numOr(o, 'upMs', 0), downMs: numOr(o, 'downMs', 0) };
};

export const readFault = (o: Json): Fault => ({
  id: idOf(o, 'id'), type: str(o, 'type'), selector: readSelector(o.selector), target: optional(o.target, (v) => parts(v, 'target')),
  direction: strOr(o, 'direction', ''), ramp: optional(o.ramp, ramp), jitter: numOr(o, 'jitter', 0), state: strOr(o, 'state', 'active'), targets: numOr(o, 'targets', 0),
  parameters: obj(o.parameters ?? {}, 'parameters') as Record<string, number | string>,
  startedSimTimeMs: num(o, 'startedSimTimeMs'), endsSimTimeMs: numOr(o, 'endsSimTimeMs', null), endedSimTimeMs: numOr(o, 'endedSimTimeMs', null),
});
const parameter = (o: Json): ParameterSpec => ({
  name: str(o, 'name'), kind: strOr(o, 'kind', 'number'), description: strOr(o, 'description', ''),
  default: typeof o.default === 'string' ? o.default : numOr(o, 'default', 0), min: numOr(o, 'min', null), max: numOr(o, 'max', null),
  choices: strings(o.choices, 'choices'), unit: strOr(o, 'unit', ''),
});
export const readFaultType = (o: Json): FaultType => ({
  type: str(o, 'type'), title: strOr(o, 'title', str(o, 'type')), description: strOr(o, 'description', ''), standsFor: strOr(o, 'standsFor', ''),
  selectors: strings(o.selectors, 'selectors'), appliesTo: strings(o.appliesTo, 'appliesTo'), choosesInstances: o.choosesInstances !== false, takesTarget: o.takesTarget === true,
  direction: strOr(o, 'direction', ''), parameters: list(o.parameters ?? [], 'parameters', parameter),
});
export const readPrediction = (o: Json): Prediction => {
  const predicted = obj(o.predicted, 'predicted');
  return {
    targets: num(o, 'targets'), named: strings(o.resolvedTargets, 'resolvedTargets'), capacityLostPercent: num(predicted, 'capacityLostPercent'),
    zones: strings(predicted.zonesAffected, 'zonesAffected'),
    services: list(predicted.services, 'services', (s) => ({ service: str(s, 'service'), up: num(s, 'up'), hit: num(s, 'hit'), capacityLostPercent: num(s, 'capacityLostPercent') })),
  };
};
