// What people change in a system in production: how many, which version, who gets which traffic.
import type { Actions } from './actions';
import { api, type Push } from './api';
import type { State } from './store';
import type { Deployment, FeatureFlag, PlaceTraffic, Problem, RouteRule } from './wire';

type Answer = Promise<Problem | null>;

const stateWords: Record<string, string> = { paused: 'Paused', progressing: 'Goes on', promoted: 'Promoted', rolledBack: 'Rolling back' };

/** Zones and regions of the picture, regions first. */
export function placesIn(state: Pick<State, 'view'>): { place: string; region: boolean }[] {
  const bands = state.view?.bands ?? [];
  const regions = [...new Set(bands.map((band) => band.region))].filter((region) => region !== '*' && region !== '');
  const zones = bands.filter((band) => band.zone !== '*' && band.zone !== '');
  return [...regions.map((place) => ({ place, region: true })), ...zones.map((band) => ({ place: band.id, region: false }))];
}

/** Services that may have a deployment under way: several versions of them are up, one was under way, or the last that was told of one is not its end. */
export function rolloutsOf(state: Pick<State, 'services' | 'rollouts' | 'events'>): string[] {
  const told = new Map<string, boolean>();
  for (const event of state.events) if (event.type.startsWith('deployment.') && event.data.service) told.set(event.data.service, event.type !== 'deployment.ended');
  const running = (name: string): boolean => told.get(name) === true || state.rollouts.some((rollout) => rollout.service === name);
  return state.services.filter((service) => Object.keys(service.byVersion).length > 1 || running(service.name)).map((service) => service.name);
}

export class ChangeActions {
  constructor(private readonly core: Actions) {}

  private get service(): string {
    return this.core.store.state.service;
  }

  async scale(service: string, wanted: { replicas: number } | { perZone: Record<string, number> }): Answer {
    const count = 'replicas' in wanted ? String(wanted.replicas) : 'so many in each zone';
    const problem = await this.core.attempt(`scale:${service}`, `Scaling ${service} to ${count}`, () => api.scale(this.core.id, service, wanted));
    await this.core.refreshServices();
    return problem;
  }

  async setAutoscaler(service: string, autoscaler: object | null): Answer {
    const done = autoscaler ? `${service} is scaled by load` : `${service} is scaled by people`;
    const problem = await this.core.attempt(`autoscaler:${service}`, done, () => api.setAutoscaler(this.core.id, service, autoscaler));
    await this.refreshAutoscaler();
    return problem;
  }

  async push(service: string, push: Push): Answer {
    const problem = await this.core.attempt(`push:${service}`, `Pushing ${service} ${push.version}`, () => api.push(this.core.id, service, push));
    await this.refreshVersions();
    return problem;
  }

  async setDeployment({ service, id }: Deployment, state: string): Promise<void> {
    await this.core.run(`deployment:${id}`, `${stateWords[state] ?? state}: ${service}`, () => api.setDeployment(this.core.id, service, id, state));
    await this.refreshVersions();
  }

  async removeVersion(service: string, version: string): Answer {
    const problem = await this.core.attempt(`version:${service}`, `${service} ${version} is retired`, () => api.removeVersion(this.core.id, service, version));
    await this.refreshVersions();
    return problem;
  }

  async setRoutes(service: string, rules: RouteRule[]): Answer {
    const problem = await this.core.attempt(`routes:${service}`, `${service} has ${rules.length === 0 ? 'no routes' : 'other routes'}`, () => api.setRoutes(this.core.id, service, rules));
    await this.refreshVersions();
    return problem;
  }

  async setFlags(service: string, flags: FeatureFlag[]): Answer {
    const problem = await this.core.attempt(`flags:${service}`, `${service} has other flags`, () => api.setFlags(this.core.id, service, flags));
    await this.refreshVersions();
    return problem;
  }

  async setGate(waits: boolean): Promise<void> {
    await this.core.run('gate', waits ? 'Deployments wait while a zone is down' : 'Deployments do not wait for zones', () => api.setGate(this.core.id, waits));
    await this.refreshVersions();
  }

  async setTraffic(service: string, requestsPerSecond: number): Answer {
    const problem = await this.core.attempt('traffic', `${service}: ${requestsPerSecond} requests a second`, () => api.setTraffic(this.core.id, service, requestsPerSecond));
    await this.core.refreshServices();
    return problem;
  }

  async setLoad(service: string, load: Record<string, unknown>): Answer {
    const problem = await this.core.attempt('traffic', `${service} has another load`, () => api.setLoad(this.core.id, service, load));
    await this.core.refreshServices();
    return problem;
  }

  async shift(place: PlaceTraffic, weight: number, drainMs: number): Answer {
    const done = `${place.place} gets ${weight} % of its traffic${drainMs > 0 ? `, in ${drainMs / 1000} s` : ''}`;
    const problem = await this.core.attempt(`shift:${place.place}`, done, () => api.shiftTraffic(this.core.id, place.place, place.region, weight, drainMs));
    await this.refreshPlaces();
    return problem;
  }

  async evacuate(body: { region: string; [field: string]: unknown }): Answer {
    const problem = await this.core.attempt('evacuate', `Evacuating ${body.region}`, () => api.evacuate(this.core.id, body));
    await this.refreshPlaces();
    return problem;
  }

  async failBack(evacuation: string, region: string): Promise<void> {
    await this.core.run(`evacuation:${evacuation}`, `${region} gets its traffic back`, () => api.failBack(this.core.id, evacuation));
    await this.refreshPlaces();
  }

  refreshVersions = (): Promise<void> =>
    this.core.quietly(async () => {
      const { id } = this.core;
      const { service } = this;
      if (id === '' || service === '') return {};
      const [deployments, versions, routes, flags, gate] = await Promise.all([
        api.deployments(id, service), api.versions(id, service), api.routes(id, service), api.flags(id, service), api.gate(id),
      ]);
      return this.service === service ? { deployments, versions, routes, flags, gate } : {};
    });

  /** Deployments under way, of whatever service. */
  refreshRollouts = (): Promise<void> =>
    this.core.quietly(async () => {
      const { state } = this.core.store;
      const services = rolloutsOf(state);
      if (services.length === 0) return state.rollouts.length === 0 ? {} : { rollouts: [] };
      const lists = await Promise.all(services.map((service) => api.deployments(this.core.id, service)));
      return { rollouts: lists.flat().filter((deployment) => deployment.endedSimTimeMs === null) };
    });

  refreshAutoscaler = (): Promise<void> =>
    this.core.quietly(async () => {
      const { id } = this.core;
      const { service } = this;
      if (id === '' || service === '') return {};
      const [autoscaler, decisions] = await Promise.all([api.autoscaler(id, service), api.decisions(id, service)]);
      return this.service === service ? { autoscaler, decisions } : {};
    });

  refreshPlaces = (): Promise<void> =>
    this.core.quietly(async () => {
      const { id } = this.core;
      if (id === '') return {};
      const [places, evacuations] = await Promise.all([
        Promise.all(placesIn(this.core.store.state).map(({ place, region }) => api.placeTraffic(id, place, region))), api.evacuations(id),
      ]);
      return { places, evacuations };
    });
}
