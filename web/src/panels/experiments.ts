// Experiments: start one from a template, see what it would hit, follow its probes, read its report.
import { select } from 'd3';
import type { Actions } from '../actions';
import type { State } from '../store';
import type { Experiment, ExperimentPrediction, PhaseResult, ProbeResult, Problem, Template } from '../wire';
import { clockTime, duration, field, figure, fold, h, percent, setHidden, setOptions, setText } from './dom';
import { sendingForm, showProblem } from './form';
import { Inputs, words, type InputSpec } from './inputs';
import type { Panel } from './panel';

const over = new Set(['completed', 'stopped', 'aborted', 'failed']);
const phases = ['before', 'during', 'after'] as const;

export interface Deed { state: string; label: string }
export const experimentDeeds = (state: string): Deed[] =>
  over.has(state) || state === 'reverting' ? [] : [...(state === 'paused' ? [{ state: 'running', label: 'Resume' }] : state === 'running' ? [{ state: 'paused', label: 'Pause' }] : []), { state: 'stopped', label: 'Stop' }];

/** Variables of a template as inputs: numbers stay numbers, times are in seconds. */
export const variableSpecs = (template: Template): InputSpec[] =>
  template.variables.map((variable) => ({
    name: variable.name, label: words(variable.name), kind: typeof variable.default === 'number' ? 'number' : typeof variable.default === 'boolean' ? 'flag' : 'text', usual: variable.default, hint: variable.description,
    ...(variable.name.endsWith('Ms') && typeof variable.default === 'number' && variable.default >= 1000 ? { unit: 's', scale: 1000 } : {}), pointer: `/variables/${variable.name}`,
  }));

/** The body: of the template, or, when something is written there, that; null: what is written is no JSON object. */
export function bodyOfExperiment(template: string, variables: object, own: string): object | null {
  if (own.trim() === '') return { template, variables };
  try {
    const read: unknown = JSON.parse(own);
    return typeof read === 'object' && read !== null && !Array.isArray(read) ? read : null;
  } catch {
    return null;
  }
}

const noJson: Problem = { title: 'This is no JSON object.', status: 0, detail: '', errors: [{ pointer: '/own', code: '', message: 'is no JSON object', known: [] }] };
const example = '{"faults": [{"id": "a", "type": "zone.outage", "selector": {"zones": ["us-east-1.zoneA"]}, "durationMs": 60000}], "steadyState": [{"metric": "successRatio", "windowMs": 10000, "comparator": ">=", "value": 0.99}]}';

/** "Hits up to 22 instances in zoneA; at most 33 % of the capacity at a time; over within 2:00." */
export function foreseenText(p: ExperimentPrediction): string {
  const zones = p.zones.length > 0 && p.zones.length <= 6 ? ` in ${p.zones.map((zone) => zone.split('.').pop()).join(', ')}` : '';
  const end = Math.max(0, ...p.faults.map((fault) => fault.endsAfterMs));
  return `Hits ${p.targets.toLocaleString('en')} ${p.targets === 1 ? 'instance' : 'instances'}${zones}; at most ${percent(p.capacityLostPercent / 100)} of the capacity at a time${end > 0 ? `; its faults are over ${clockTime(end)} after they began` : ''}.`;
}

const ratio = new Set(['successRatio', 'errorRatio', 'utilisation']);
export const probeValue = (metric: string, value: number): string => (ratio.has(metric) ? percent(value) : metric.endsWith('Ms') ? duration(value) : figure(value));
/** "✔ 12 of 12", "✖ 3 of 12, worst 71 %"; "–": not looked at yet. */
export function phaseText(metric: string, phase: PhaseResult | null): string {
  if (!phase || phase.windows === 0) return '–';
  const sign = phase.passed === null ? '…' : phase.passed ? '✔' : '✖';
  return `${sign} ${phase.windowsPassed}/${phase.windows}${phase.worst === null || phase.windowsPassed === phase.windows ? '' : ` ${probeValue(metric, phase.worst)}`}`;
}

function drawProbes(root: Element, probes: ProbeResult[]): void {
  const rows = select(root).selectAll<HTMLTableRowElement, ProbeResult>('tr').data(probes, (p, i) => `${i} ${p?.name ?? ''}`).join((enter) => {
    const row = enter.append('tr');
    for (const name of ['what', ...phases]) row.append('td').attr('class', name);
    return row;
  });
  rows.select('.what').text((p) => p.name || words(p.metric)).attr('title', (p) => `${p.metric}${p.service ? ` of ${p.service}` : ''} ${p.wanted}`);
  for (const phase of phases) rows.select(`.${phase}`).text((p) => phaseText(p.metric, p[phase])).classed('bad', (p) => p[phase]?.passed === false);
}

function drawList(root: HTMLElement, state: State, actions: Actions): void {
  const items = select(root).selectAll<HTMLLIElement, Experiment>(':scope > li').data(state.experiments, (e) => e.id).join((enter) => {
    const li = enter.append('li').attr('data-testid', 'experiment');
    li.append('span').attr('class', 'what');
    li.append('span').attr('class', 'badge');
    for (const name of ['hypothesis', 'when', 'reason']) li.append('span').attr('class', `hint wide ${name}`);
    const table = li.append('table').attr('class', 'metrics wide');
    const head = table.append('thead').append('tr');
    for (const name of ['', ...phases]) head.append('th').attr('scope', 'col').text(name);
    table.append('tbody');
    li.append('div').attr('class', 'row wrap wide acts');
    return li;
  }).order();
  items.attr('data-state', (e) => e.state).attr('data-verdict', (e) => e.verdict);
  items.select('.what').text((e) => e.name || e.id);
  items.select('.badge').attr('class', (e) => `badge ${e.verdict || e.state}`).text((e) => (e.verdict === '' ? e.state : `${e.verdict}${e.score === null ? '' : `, ${Math.round(e.score)} of 100`}`));
  items.select('.hypothesis').text((e) => (e.hypothesis === '' ? '' : `That ${e.hypothesis}.`));
  items.select('.when').text((e) => `${e.id}, ${clockTime(e.acceptedSimTimeMs)}${e.endedSimTimeMs === null ? '' : ` to ${clockTime(e.endedSimTimeMs)}`}: ${e.faults.map((f) => `${f.type} ${f.state}${f.targets > 0 ? `, ${f.targets} hit` : ''}`).join('; ')}`);
  items.select('.reason').text((e) => e.reason);
  items.each(function (experiment) {
    const table = this.querySelector('table')!;
    setHidden(table, experiment.probes.length === 0);
    drawProbes(table.querySelector('tbody')!, experiment.probes);
    const deeds = [...experimentDeeds(experiment.state), { state: 'report', label: 'Report' }];
    select(this).select('.acts').selectAll<HTMLButtonElement, Deed>('button').data(deeds, (deed) => deed.state).join((enter) => enter.append('button').attr('type', 'button'))
      .attr('data-testid', (deed) => `experiment-${deed.state}`).text((deed) => deed.label).property('disabled', state.busy.includes(`experiment:${experiment.id}`))
      .on('click', (_event, deed) => void (deed.state === 'report' ? actions.chaos.report(experiment.id) : actions.chaos.setExperiment(experiment.id, deed.state))).order();
  });
}

export const experiments: Panel = (root, actions) => {
  const picker = h('select', { 'data-testid': 'experiment-template' });
  const about = h('p', { class: 'hint' });
  const variables = new Inputs(h('div', { class: 'grid' }), 'variable-');
  const foreseen = h('p', { 'data-testid': 'experiment-foreseen' });
  const box = h('div', { class: 'prediction', 'aria-live': 'polite' }, foreseen);
  const start = h('button', { type: 'submit', class: 'danger', 'data-testid': 'start-experiment', text: 'Start experiment' });
  const none = h('p', { class: 'empty', text: 'No experiment has been started.' });
  const list = h('ul', { class: 'cards' });
  let template: Template | null = null;
  let latest: State | null = null;
  const own = h('textarea', { rows: '7', spellcheck: 'false', placeholder: example, 'data-testid': 'experiment-json' });
  const body = (): object | null => bodyOfExperiment(template?.name ?? '', variables.values(), own.value);
  const form = sendingForm({ class: 'stack', 'data-testid': 'experiment-form' }, async () => {
    const asked = body();
    return asked ? actions.chaos.startExperiment(asked, own.value.trim() === '' ? (template?.title ?? '') : 'of your own') : noJson;
  },
    field('Template', picker, '', '/template'), about, variables.root, fold('One of your own, as JSON', {}, field('In place of the template', own, '', '/own')), box, start);
  root.append(none, list, h('section', {}, h('h3', { text: 'Start an experiment' }), form));
  const specs = new Map<string, InputSpec[]>();
  let said: unknown = null;
  const draw = (state: State): void => {
    latest = state;
    setHidden(none, state.experiments.length > 0);
    drawList(list, state, actions);
    setOptions(picker, state.templates.map((t) => ({ value: t.name, label: t.title })), picker.value || (state.templates[0]?.name ?? ''));
    template = state.templates.find((t) => t.name === picker.value) ?? null;
    setText(about, template?.description ?? '');
    if (template && !specs.has(template.name)) specs.set(template.name, variableSpecs(template));
    variables.show(template ? specs.get(template.name)! : []);
    const asking = body();
    setHidden(box, asking === null);
    if (!template || !state.view || !asking) return;
    const key = JSON.stringify([state.simulationId, asking, state.experiments.length]);
    actions.chaos.foresee(key, 'experiment', asking);
    const asked = state.experimentPrediction?.key === key ? state.experimentPrediction : null;
    box.classList.toggle('waiting', !asked?.result);
    setHidden(box, asked?.problem != null);
    if (asked?.result) setText(foreseen, foreseenText(asked.result));
    if ((asked?.problem ?? null) !== said && (asked?.problem || said)) showProblem(form, asked?.problem ?? null);
    said = asked?.problem ?? null;
    start.disabled = state.busy.includes('experiment');
  };
  form.addEventListener('input', () => {
    if (latest) draw(latest);
  });
  return draw;
};
