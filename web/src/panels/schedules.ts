// Faults again and again: monkeys by name, or a fault at times of one's own; when each fires next, and what came of it.
import { select } from 'd3';
import type { Actions } from '../actions';
import type { State } from '../store';
import type { Moment, Schedule } from '../wire';
import { longTime } from '../wire';
import { clockTime, field, h, numberInput, setHidden, setOptions, setText } from './dom';
import { typeChoices } from './fault-form';
import { sendingForm, showProblem } from './form';
import type { Panel } from './panel';

const results: Record<string, string> = { started: 'began', refused: 'was refused', skipped: 'was skipped' };

/** "fires in 2 h, 2024-01-01T09:00:00"; "does not fire any more". */
export function nextText(schedule: Schedule, nowMs: number): string {
  if (schedule.state === 'paused') return 'paused';
  if (schedule.nextSimTimeMs === null) return 'does not fire any more';
  return `fires in ${longTime(Math.max(0, schedule.nextSimTimeMs - nowMs))}, at ${clockTime(schedule.nextSimTimeMs)}${schedule.nextMoment === '' ? '' : ` (${schedule.nextMoment.replace('T', ' ')})`}`;
}
/** "fired 3 times, 1 refused; last at 0:40: began zone.outage". */
export function pastText(schedule: Schedule): string {
  if (schedule.fired === 0) return 'has not fired yet';
  const counts = [`fired ${schedule.fired} ${schedule.fired === 1 ? 'time' : 'times'}`, schedule.refused > 0 ? `${schedule.refused} refused` : '', schedule.skipped > 0 ? `${schedule.skipped} skipped` : ''];
  const { last } = schedule;
  return `${counts.filter((part) => part !== '').join(', ')}${last ? `; at ${clockTime(last.simTimeMs)} ${last.what} ${results[last.result] ?? last.result}${last.reason === '' ? '' : `: ${last.reason}`}` : ''}`;
}
/** "Would fire Mon 2024-01-01 09:30:00, 09:35:00 …": the first few, a day named once. */
export function firingsText(moments: Moment[]): string {
  if (moments.length === 0) return 'It would never fire.';
  let day = '';
  const texts = moments.slice(0, 3).map(({ moment, weekday }) => {
    const [date, time] = moment.split('T') as [string, string | undefined];
    const text = date === day ? (time ?? date) : `${weekday.split(' ')[0]} ${moment.replace('T', ' ')}`;
    day = date;
    return text;
  });
  return `Would fire ${texts.join(', ')} …`;
}

type When = 'cron' | 'every' | 'random';

/** The body of the form. A fault without a selector is for one instance of the victim. */
export function bodyOfSchedule(what: string, when: When, cron: string, seconds: number, lastsSeconds: number): Record<string, unknown> {
  const [kind, name] = [what.slice(0, what.indexOf(':')), what.slice(what.indexOf(':') + 1)];
  if (kind === 'preset') return { preset: name };
  const times = when === 'cron' ? { cron } : when === 'every' ? { everyMs: seconds * 1000 } : { random: { meanTimeBetweenMs: seconds * 1000 } };
  return { fault: { type: name, ...(lastsSeconds > 0 ? { durationMs: lastsSeconds * 1000 } : {}) }, ...times };
}

function drawList(root: HTMLElement, state: State, actions: Actions): void {
  const now = state.view?.simTimeMs ?? 0;
  const items = select(root).selectAll<HTMLLIElement, Schedule>('li').data(state.schedules, (s) => s.id).join((enter) => {
    const li = enter.append('li').attr('data-testid', 'schedule');
    li.append('span').attr('class', 'what');
    li.append('span').attr('class', 'badge');
    for (const name of ['when', 'next', 'past']) li.append('span').attr('class', `hint wide ${name}`);
    const acts = li.append('div').attr('class', 'row wrap wide acts');
    acts.append('button').attr('type', 'button').attr('class', 'toggle');
    acts.append('button').attr('type', 'button').attr('class', 'quiet end').attr('data-testid', 'schedule-end').text('End');
    return li;
  });
  items.select('.what').text((s) => s.name || s.preset || s.id);
  items.select('.badge').attr('class', (s) => `badge ${s.state}`).text((s) => s.state);
  items.select('.when').text((s) => s.when);
  items.select('.next').text((s) => nextText(s, now));
  items.select('.past').text(pastText);
  items.select<HTMLButtonElement>('.toggle').attr('hidden', (s) => (s.state === 'over' ? '' : null)).attr('data-testid', 'schedule-toggle').text((s) => (s.state === 'paused' ? 'Resume' : 'Pause'))
    .on('click', (_event, s) => void actions.chaos.setSchedule(s.id, s.state === 'paused' ? 'active' : 'paused'));
  items.select<HTMLButtonElement>('.end').on('click', (_event, s) => void actions.chaos.removeSchedule(s.id));
}

export const schedules: Panel = (root, actions) => {
  const what = h('select', { 'data-testid': 'schedule-what' });
  const when = h('select', { 'data-testid': 'schedule-when' });
  const cron = h('input', { type: 'text', value: '0 9 * * 1-5', 'data-testid': 'schedule-cron' });
  const every = numberInput('schedule-every', 60, 0.001, 31_536_000);
  const lasts = numberInput('schedule-lasts', 60, 0, 31_536_000);
  const about = h('p', { class: 'hint' });
  const foreseen = h('p', { 'data-testid': 'schedule-foreseen' });
  const box = h('div', { class: 'prediction', 'aria-live': 'polite' }, foreseen);
  const none = h('p', { class: 'empty', text: 'Nothing is scheduled.' });
  const list = h('ul', { class: 'cards' });
  const cronField = field('Minute, hour, day, month, weekday', cron, '', '/cron');
  const lastsField = field('Each for (0 = until stopped)', lasts, 's', '/fault/durationMs');
  const everyField = field('Every', every, 's', '/everyMs');
  setOptions(when, [{ value: 'every', label: 'at equal times' }, { value: 'random', label: 'by chance' }, { value: 'cron', label: 'by the calendar' }], 'every');
  const body = (): Record<string, unknown> => bodyOfSchedule(what.value, when.value as When, cron.value, Number(every.value), Number(lasts.value));
  const whenField = field('When', when);
  const form = sendingForm({ class: 'stack', 'data-testid': 'schedule-form' }, () => {
    const label = what.selectedOptions[0]?.textContent ?? '';
    return actions.chaos.addSchedule({ ...body(), ...(what.value.startsWith('fault:') ? { name: label } : {}) }, label);
  },
    field('What', what, '', '/fault'), about, whenField, cronField, everyField, lastsField, box, h('button', { type: 'submit', class: 'danger', 'data-testid': 'add-schedule', text: 'Let loose' }));
  root.append(none, list, h('section', {}, h('h3', { text: 'Schedule' }), form));
  let latest: State | null = null;
  let said: unknown = null;
  const draw = (state: State): void => {
    latest = state;
    setHidden(none, state.schedules.length > 0);
    drawList(list, state, actions);
    const choices = [...state.schedulePresets.map((p) => ({ value: `preset:${p.name}`, label: p.name, group: 'Monkeys' })), ...typeChoices(state.faultTypes).map((c) => ({ ...c, value: `fault:${c.value}` }))];
    setOptions(what, choices, what.value || (choices[0]?.value ?? ''));
    const preset = what.value.startsWith('preset:') ? state.schedulePresets.find((p) => `preset:${p.name}` === what.value) : undefined;
    setText(about, preset ? `${preset.why}${preset.when === '' ? '' : ` Fires ${preset.when}.`}` : 'On one instance of what the architecture names as its victim, chosen anew each time.');
    for (const part of [whenField, cronField, everyField, lastsField]) setHidden(part, preset !== undefined);
    if (!preset) {
      setHidden(cronField, when.value !== 'cron');
      setHidden(everyField, when.value === 'cron');
      setText(everyField.querySelector('.label')!, when.value === 'random' ? 'Every, on average' : 'Every');
    }
    if (what.value === '' || !state.view) return;
    const key = JSON.stringify([state.simulationId, body(), state.schedules.length]);
    actions.chaos.foresee(key, 'schedule', body());
    const asked = state.firings?.key === key ? state.firings : null;
    box.classList.toggle('waiting', !asked?.result);
    setHidden(box, asked?.problem != null);
    if (asked?.result) setText(foreseen, firingsText(asked.result));
    if ((asked?.problem ?? null) !== said && (asked?.problem || said)) showProblem(form, asked?.problem ?? null);
    said = asked?.problem ?? null;
  };
  form.addEventListener('input', () => {
    if (latest) draw(latest);
  });
  return draw;
};
