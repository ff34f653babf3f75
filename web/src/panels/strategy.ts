// How a push goes on: the strategies and presets of the server as inputs, and what they make of a body.
import type { Push } from '../api';
import type { Problem } from '../wire';
import type { Choice } from './dom';
import type { InputSpec, Value } from './inputs';

const seconds = (name: string, label: string, usual: number, hint = ''): InputSpec => ({
  name, label, kind: 'number', usual: usual * 1000, unit: 's', scale: 1000, min: 0, pointer: `/strategy/${name}`, ...(hint ? { hint } : {}),
});
const percent = (name: string, label: string, usual: number): InputSpec => ({ name, label, kind: 'number', usual, unit: '%', min: 0, max: 100, pointer: `/strategy/${name}` });
const minReady = seconds('minReadyMs', 'Counts when up for', 0);
const scaleDown = seconds('scaleDownDelayMs', 'Old ones go after', 30);
const disable = [seconds('delayBeforeDisableMs', 'Disabled after', 0), { name: 'maxRemaining', label: 'Versions that stay', kind: 'number', usual: 2, min: 1, max: 100, pointer: '/strategy/maxRemaining' } as InputSpec];

/** What its calls have to be like; empty ones are not looked at. */
const analysis: InputSpec[] = [
  { name: 'errorMax', label: 'Fails over errors of', kind: 'number', usual: '', unit: '%', min: 0, max: 100, optional: true, hint: 'Error rate of the new version, between two looks', pointer: '/strategy/analysis' },
  { name: 'p99Ratio', label: 'or over a p99 of', kind: 'number', usual: '', unit: '× the old', min: 0, optional: true, hint: 'p99 of the new version against the old one in the same time', pointer: '/strategy/analysis/metrics' },
  { name: 'intervalMs', label: 'Looks every', kind: 'number', usual: 60_000, unit: 's', scale: 1000, min: 1, pointer: '/strategy/analysis/intervalMs' },
  { name: 'count', label: 'Looks of a check', kind: 'number', usual: 1, min: 1, max: 1000, pointer: '/strategy/analysis/count' },
];

interface Way { label: string; says: string; specs: InputSpec[] }

export const strategies: Record<string, Way> = {
  rolling: { label: 'Rolling', says: 'A few at a time, new ones first.', specs: [percent('maxSurgePercent', 'More by', 25), percent('maxUnavailablePercent', 'Fewer by', 0), minReady] },
  recreate: { label: 'Recreate', says: 'All old instances stop, then the new ones start.', specs: [minReady] },
  canary: {
    label: 'Canary', says: 'The new version gets a little of the traffic, is looked at, gets more.',
    specs: [
      { name: 'steps', label: 'Steps: 10 %, wait 30 s, check, wait', kind: 'text', wide: true, usual: '10 %, wait 30 s, check, 50 %, wait', hint: 'Weights in %, "wait 30 s", "wait" (until somebody promotes), "check" (the analysis)', pointer: '/strategy/steps' },
      { name: 'dynamicStableScale', label: 'The old version shrinks meanwhile', kind: 'flag', usual: false, pointer: '/strategy/dynamicStableScale' }, scaleDown, minReady, ...analysis,
    ],
  },
  blueGreen: {
    label: 'Blue/green', says: 'All of the new version beside the old one, then all traffic at once.',
    specs: [{ name: 'autoPromote', label: 'Switches by itself', kind: 'flag', usual: true, pointer: '/strategy/autoPromote' }, scaleDown, minReady, ...analysis],
  },
  redBlack: { label: 'Red/black', says: 'The same; the old group stays, warm and without traffic.', specs: [...disable, minReady, ...analysis] },
  rollingRedBlack: {
    label: 'Rolling red/black', says: 'The same, by parts.',
    specs: [{ name: 'targetPercentages', label: 'Parts', kind: 'text', wide: true, usual: '25, 50', unit: '%', pointer: '/strategy/targetPercentages' }, ...disable, minReady, ...analysis],
  },
  asgard: {
    label: 'Asgard', says: 'One, a look, all, a look, the old ones without traffic, a look, gone.',
    specs: [seconds('judgmentMs', 'A look takes', 60), seconds('eurekaWaitMs', 'Without traffic for', 90), minReady, ...analysis],
  },
};

export const presets: Record<string, Way> = {
  kubernetes: { label: 'Kubernetes', says: 'Rolling: 25 % more, 25 % fewer.', specs: [] },
  argo: { label: 'Argo Rollouts', says: 'Canary: 20 % until somebody promotes, then by fifths with pauses of 10 s.', specs: [] },
  flagger: { label: 'Flagger', says: 'Canary by 10 % to 50 %, a check each minute: errors under 1 %, p99 under 500 ms.', specs: [] },
  'spinnaker-redblack': { label: 'Spinnaker red/black', says: 'All beside the old group, which stays warm.', specs: [] },
  'spinnaker-rolling-redblack': { label: 'Spinnaker rolling red/black', says: 'The same, by halves.', specs: [] },
  asgard: { label: 'Asgard', says: 'One, a look, all, a look, the old ones without traffic, a look, gone.', specs: [] },
};

/** Values: "strategy:rolling", "preset:argo". */
export const wayChoices: Choice[] = [
  ...Object.entries(strategies).map(([name, way]) => ({ value: `strategy:${name}`, label: way.label, group: 'Strategies' })),
  ...Object.entries(presets).map(([name, way]) => ({ value: `preset:${name}`, label: way.label, group: 'As others do it' })),
];
export const wayOf = (choice: string): Way | undefined => {
  const [kind, name] = choice.split(':');
  return kind === 'preset' ? presets[name!] : strategies[name ?? ''];
};

type Step = { weight: number } | { pauseMs: number | null } | { analysis: true };

const units: Record<string, number> = { ms: 1, s: 1000, min: 60_000, h: 3_600_000 };

/** "10 %, wait 30 s, check, wait" as steps; the text of the first that cannot be read. */
export function readSteps(text: string): Step[] | string {
  const steps: Step[] = [];
  for (const word of text.split(',').map((part) => part.trim()).filter((part) => part !== '')) {
    const weight = /^(\d+(?:\.\d+)?)\s*%?$/.exec(word);
    const wait = /^wait(?:\s+(\d+(?:\.\d+)?)\s*(ms|s|min|h)?)?$/i.exec(word);
    if (weight) steps.push({ weight: Number(weight[1]) });
    else if (wait) steps.push({ pauseMs: wait[1] === undefined ? null : Number(wait[1]) * units[wait[2] ?? 's']! });
    else if (/^(check|analysis)$/i.test(word)) steps.push({ analysis: true });
    else return word;
  }
  return steps;
}

function analysisOf(values: Record<string, Value>): object | null {
  const metrics = [
    ...(values.errorMax === undefined ? [] : [{ metric: 'errorRate', max: Number(values.errorMax) / 100 }]),
    ...(values.p99Ratio === undefined ? [] : [{ metric: 'latencyP99', maxRatio: Number(values.p99Ratio) }]),
  ];
  return metrics.length === 0 ? null : { metrics, intervalMs: values.intervalMs, count: values.count };
}

const wrong = (pointer: string, message: string): Problem => ({ title: message, status: 0, detail: message, errors: [{ pointer, code: '', message, known: [] }] });

/** The part of a push that says how; or what cannot be read. */
export function bodyOfWay(choice: string, values: Record<string, Value>): { body: Partial<Push> } | { problem: Problem } {
  const [kind, name] = choice.split(':') as [string, string];
  if (kind === 'preset') return { body: { preset: name } };
  const { errorMax, p99Ratio, intervalMs, count, steps, targetPercentages, ...rest } = values;
  const strategy: Record<string, unknown> = { kind: name, ...rest };
  if (steps !== undefined) {
    const read = readSteps(String(steps));
    if (typeof read === 'string') return { problem: wrong('/strategy/steps', `"${read}" is no step: write 10 %, wait 30 s, wait or check`) };
    strategy.steps = read;
  }
  if (targetPercentages !== undefined) {
    const parts = String(targetPercentages).split(',').map((part) => Number(part.replace('%', '').trim()));
    if (parts.some((part) => !Number.isFinite(part))) return { problem: wrong('/strategy/targetPercentages', 'has to be numbers with commas, such as 25, 50') };
    strategy.targetPercentages = parts;
  }
  const looks = analysisOf({ ...(errorMax === undefined ? {} : { errorMax }), ...(p99Ratio === undefined ? {} : { p99Ratio }), ...(intervalMs === undefined ? {} : { intervalMs }), ...(count === undefined ? {} : { count }) });
  if (looks) strategy.analysis = looks;
  return { body: { strategy } };
}
