// What people change, on the wire: deployments, versions, routes, flags, autoscalers, the traffic of places, evacuations.
import { flagOr, idOf, list, num, numberMap, numOr, obj, optional, str, strOr, type Json } from './json';

export interface Deployment {
  id: string; service: string; version: string; previousVersion: string; strategy: string; preset: string; state: string; step: number; steps: number; doing: string;
  reason: string; weights: Record<string, number>; byVersion: Record<string, number>; updated: number; total: number; startedSimTimeMs: number; endedSimTimeMs: number | null;
}
export interface Version { version: string; wanted: number; disabled: boolean; weight: number | null; serviceTimeFactor: number; errorRate: number }
export interface Versions { service: string; current: string; items: Version[] }
export interface RouteRule {
  header: string; percent: number; client: string; clientVersion: string; toVersion: string; weight: number; sticky: boolean; mirror: boolean;
}
export interface FeatureFlag { name: string; version: string; on: boolean; serviceTimeFactor: number; errorRate: number }
export interface Decision { simTimeMs: number; current: number; raw: number; stabilised: number; applied: number; reason: string }
export interface Autoscaler {
  enabled: boolean; min: number; max: number; metrics: { name: string; target: number }[]; tolerance: number; syncMs: number; initialReadinessMs: number;
  initialisationMs: number; upWindowMs: number; downWindowMs: number;
  /** As it came: what no form has goes back as it was. */
  json: Json;
}
export interface AutoscalerStatus { service: string; desired: number; autoscaler: Autoscaler | null; sinceSimTimeMs: number; last: Decision | null }
/** How much of its traffic a zone or region gets. */
export interface PlaceTraffic { place: string; region: boolean; weight: number; target: number; settledSimTimeMs: number }
export interface Evacuation {
  id: string; region: string; state: string; stage: string; preset: string; stagesMs: Record<string, number>; stageBeganSimTimeMs: number;
  startedSimTimeMs: number; endedSimTimeMs: number | null;
}

export const readDeployment = (o: Json): Deployment => ({
  id: idOf(o, 'id'), service: str(o, 'service'), version: str(o, 'version'), previousVersion: strOr(o, 'previousVersion', ''), strategy: strOr(o, 'strategy', ''),
  preset: strOr(o, 'preset', ''), state: str(o, 'state'), step: numOr(o, 'step', 0), steps: numOr(o, 'steps', 0), doing: strOr(o, 'doing', ''), reason: strOr(o, 'reason', ''),
  weights: numberMap(o.weights, 'weights'), byVersion: numberMap(o.byVersion, 'byVersion'), updated: numOr(o, 'updated', 0), total: numOr(o, 'total', 0),
  startedSimTimeMs: numOr(o, 'startedSimTimeMs', 0), endedSimTimeMs: numOr(o, 'endedSimTimeMs', null),
});
export const readVersions = (o: Json): Versions => ({
  service: str(o, 'service'), current: str(o, 'current'),
  items: list(o.items, 'items', (v) => ({
    version: str(v, 'version'), wanted: num(v, 'wanted'), disabled: flagOr(v, 'disabled', false), weight: numOr(v, 'weight', null),
    serviceTimeFactor: numOr(v, 'serviceTimeFactor', 1), errorRate: numOr(v, 'errorRate', 0),
  })),
});
export const readRoutes = (o: Json): RouteRule[] =>
  list(o.rules, 'rules', (rule) => {
    const match = obj(rule.match ?? {}, 'match');
    return {
      header: strOr(match, 'header', ''), percent: numOr(match, 'percent', 100), client: strOr(match, 'client', ''), clientVersion: strOr(match, 'clientVersion', ''),
      toVersion: str(rule, 'toVersion'), weight: numOr(rule, 'weight', 100), sticky: flagOr(rule, 'sticky', false), mirror: flagOr(rule, 'mirror', false),
    };
  });
export const writeRoutes = (rules: RouteRule[]): object => ({
  rules: rules.map(({ header, percent, client, clientVersion, toVersion, weight, sticky, mirror }) => ({
    match: { percent, ...(header && { header }), ...(client && { client }), ...(clientVersion && { clientVersion }) }, toVersion, weight, sticky, mirror,
  })),
});
export const readFlags = (o: Json): FeatureFlag[] =>
  list(o.flags, 'flags', (flag) => ({
    name: str(flag, 'name'), version: str(flag, 'version'), on: flagOr(flag, 'on', false), serviceTimeFactor: numOr(flag, 'serviceTimeFactor', 1), errorRate: numOr(flag, 'errorRate', 0),
  }));
export const readGate = (o: Json): boolean => flagOr(o, 'deploymentsWaitForZones', true);

export const readDecision = (o: Json): Decision => ({
  simTimeMs: num(o, 'simTimeMs'), current: num(o, 'current'), raw: num(o, 'raw'), stabilised: num(o, 'stabilised'), applied: num(o, 'applied'), reason: str(o, 'reason'),
});
const autoscaler = (value: unknown): Autoscaler => {
  const o = obj(value, 'autoscaler');
  const behaviour = obj(o.behaviour ?? {}, 'behaviour');
  const windowOf = (name: string, other: number): number => numOr(obj(behaviour[name] ?? {}, name), 'windowMs', other);
  return {
    enabled: flagOr(o, 'enabled', true), min: num(o, 'min'), max: num(o, 'max'), metrics: list(o.metrics, 'metrics', (m) => ({ name: str(m, 'name'), target: num(m, 'target') })),
    tolerance: numOr(o, 'tolerance', 0.1), syncMs: numOr(o, 'syncMs', 15_000), initialReadinessMs: numOr(o, 'initialReadinessMs', 30_000),
    initialisationMs: numOr(o, 'initialisationMs', 300_000), upWindowMs: windowOf('up', 0), downWindowMs: windowOf('down', 300_000), json: o,
  };
};
export const readAutoscaler = (o: Json): AutoscalerStatus => ({
  service: str(o, 'service'), desired: num(o, 'desired'), autoscaler: optional(o.autoscaler, autoscaler), sinceSimTimeMs: numOr(o, 'sinceSimTimeMs', 0),
  last: optional(o.last, (v) => readDecision(obj(v, 'last'))),
});

export const readPlaceTraffic = (o: Json): PlaceTraffic => ({
  place: typeof o.region === 'string' ? o.region : str(o, 'zone'), region: typeof o.region === 'string', weight: num(o, 'weight'), target: num(o, 'target'),
  settledSimTimeMs: num(o, 'settledSimTimeMs'),
});
export const readEvacuation = (o: Json): Evacuation => ({
  id: idOf(o, 'id'), region: str(o, 'region'), state: str(o, 'state'), stage: str(o, 'stage'), preset: strOr(o, 'preset', ''), stagesMs: numberMap(o.stagesMs, 'stagesMs'),
  stageBeganSimTimeMs: numOr(o, 'stageBeganSimTimeMs', 0), startedSimTimeMs: numOr(o, 'startedSimTimeMs', 0), endedSimTimeMs: numOr(o, 'endedSimTimeMs', null),
});
