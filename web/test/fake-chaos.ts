// Stories, experiments, schedules and the safety lever of the make-believe server: shapes as in docs/api.md, invented contents. Tests only.
import type { FakeWorld } from './fake-world';

type Answer = [number, unknown?];
type Route = [string, RegExp, (w: FakeWorld, m: string[], body: any, q: URLSearchParams) => Answer];
const items = (list: unknown[]): Answer => [200, { items: list }];

const story = {
  name: 'zone-power-loss', title: 'A zone loses its power', summary: 'Two zones carry the load of three: users notice nothing.', architecture: 'netflixoss', regions: 1, scalePercent: 100, seed: 1, durationMs: 90_000, next: 'retry-storm',
};
const steps = [
  { atMs: 0, text: 'Look at the three zones: each has a third of the load, and is busy for a third of what it could do.' }, { atMs: 8_000, text: 'zoneB is dark. Its callers are refused, try another instance, and get an answer.' },
  { atMs: 25_000, text: 'Two zones carry the load. The notice says: inform, do not touch.' }, { atMs: 60_000, text: 'The power is back, and so is the zone.' },
];
const templates = [{
  name: 'lose-a-zone', title: 'A zone loses its power', description: 'Chaos Gorilla: everything in a zone is gone, and after a while the power is back.', builtIn: true, experiment: {},
  variables: [{ name: 'zone', description: 'The one that is lost.', default: 'us-east-1.zoneA' }, { name: 'durationMs', description: 'Until the power is back.', default: 120_000 }],
}];
const presets = [{ name: 'chaos-monkey-2', why: 'An instance of the victim, on average every second working day.', source: 'Netflix', schedule: { random: { meanTimeBetweenMs: 172_800_000, activeHours: { from: '09:00', to: '15:00' }, weekdaysOnly: true } } }];

/** Without a simulation. */
export function catalogue(path: string): Answer | null {
  if (path === '/scenarios') return items([story, { ...story, name: 'retry-storm', title: 'A retry storm', summary: 'Retries on three layers turn a small failure into a large one.', next: undefined }]);
  if (path === '/experiment-templates') return items(templates.map(({ name, title, description, builtIn }) => ({ name, title, description, variables: [], builtIn })));
  const template = /^\/experiment-templates\/(.+)$/.exec(path);
  if (template) return [200, templates.find((t) => t.name === template[1])];
  if (path === '/schedule-presets') return items(presets);
  return null;
}

const experiments: any[] = [];
const schedules: any[] = [];
let lever = { engaged: false, reason: '', sinceSimTimeMs: 0 };

const report = ['# A zone loses its power', '', 'The experiment **passed**. It ran from 0:12 to 2:12.', '', '## Users', '', '| service | requests | failed |', '|---|---|---|', '| www | 12,000 | 3 |', '', '- `zone.outage` began at 0:12.', '- The judge noticed after 1.0 s.'].join('\n');

export const chaosRoutes: Route[] = [
  ['GET', /^\/outcome$/, (w) => {
    const state = (at: number, met = 'met'): object => (w.simTimeMs < at ? { state: 'pending' } : { state: met, found: met === 'met' ? '99.98 %' : '97.1 %', decidedSimTimeMs: at });
    return [200, {
      scenario: story.name, title: story.title, simTimeMs: w.simTimeMs, durationMs: story.durationMs, verdict: w.simTimeMs < 12_000 ? 'pending' : 'notMet', next: story.next, story: steps,
      actions: [{ atMs: 8_000, text: 'The power of zoneB fails', request: 'POST /faults', state: w.simTimeMs < 8_000 ? 'pending' : 'done' }, { atMs: 20_000, text: 'Push login 1.1', request: 'POST /x', state: w.simTimeMs < 20_000 ? 'pending' : 'refused', ...(w.simTimeMs < 20_000 ? {} : { reason: 'zoneB is down' }) }],
      expectations: [{ text: 'Users do not notice', kind: 'figure', wanted: 'successRatio of users >= 0.999 over 30 s until 5 s', ...state(5_000) }, { text: 'They wait no longer', kind: 'figure', wanted: 'p99Ms of users <= 100', ...state(12_000, 'notMet') }, { text: 'No outage', kind: 'incident', wanted: 'no outage until 90 s', ...state(90_000) }],
    }];
  }],
  ['GET', /^\/safety-lever$/, () => [200, lever]],
  ['PUT', /^\/safety-lever$/, (w, _m, b) => { lever = { engaged: b.engaged, reason: b.reason, sinceSimTimeMs: w.simTimeMs }; return [200, lever]; }],
  ['GET', /^\/experiments$/, () => items(experiments)],
  ['POST', /^\/experiments$/, (w, _m, b, q) => {
    const predicted = { targets: 22, resolvedTargets: [], predicted: { capacityLostPercent: 33.3, zonesAffected: ['us-east-1.zoneA'], faults: [{ id: 'power', beginsAfterMs: 0, endsAfterMs: b.variables?.durationMs ?? 0, targets: 22 }] } };
    if (q.get('validateOnly')) return [200, predicted];
    const phase = { passed: true, windows: 6, windowsPassed: 6, last: 1, worst: 0.999 };
    experiments.unshift({
      id: `x${experiments.length + 1}`, name: `${b.variables.zone} loses its power`, template: b.template, state: 'running', acceptedSimTimeMs: w.simTimeMs, settings: { hypothesis: 'two zones carry the load of three' },
      faults: [{ id: 'power', type: 'zone.outage', state: 'running', targets: 22, capacityLostPercent: 33.3 }],
      probes: [{ name: 'success', metric: 'successRatio', comparator: '>=', value: 0.99, before: phase, during: { passed: false, windows: 5, windowsPassed: 3, worst: 0.952 } }, { name: 'quick', metric: 'p99Ms', comparator: '<=', value: 1000, before: phase }],
    });
    return [201, { id: experiments[0].id, ...predicted }];
  }],
  ['PUT', /^\/experiments\/([^/]+)\/state$/, (w, m, b) => {
    const experiment = experiments.find((e) => e.id === m[1]);
    Object.assign(experiment, { state: b.state, ...(b.state === 'stopped' ? { verdict: 'inconclusive', resilienceScore: 60, stopReason: 'somebody stopped it', endedSimTimeMs: w.simTimeMs } : {}) });
    return [200, experiment];
  }],
  ['GET', /^\/experiments\/([^/]+)\/report$/, () => [200, report]],
  ['GET', /^\/schedules$/, () => items(schedules)],
  ['POST', /^\/schedules$/, (w, _m, b, q) => {
    if (q.get('validateOnly')) return [200, { firings: [0, 1, 2].map((i) => ({ simTimeMs: i * 60_000, moment: `2024-01-01T00:0${i}:00`, weekday: 'Monday' })) }];
    schedules.push({ id: `s${schedules.length + 1}`, name: b.preset ?? b.fault.type, state: 'active', ...(b.preset ? presets[0]!.schedule : b), nextSimTimeMs: w.simTimeMs + 60_000, nextMoment: '2024-01-01T00:01:00', fired: 0, refused: 0, skipped: 0, history: [] });
    return [201, schedules[schedules.length - 1]];
  }],
  ['PATCH', /^\/schedules\/([^/]+)$/, (_w, m, b) => [200, Object.assign(schedules.find((s) => s.id === m[1]), b)]],
  ['DELETE', /^\/schedules\/([^/]+)$/, (_w, m) => { schedules.splice(schedules.findIndex((s) => s.id === m[1]), 1); return [204]; }],
];
