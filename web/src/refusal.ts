// A view that the server does not give: what is looked at in its place, and why, in words of the page.
import type { Level, Problem } from './wire';

export interface Wanted { level: Level; path: string; focus: string }

const everything: Wanted = { level: 'group', path: '', focus: '' };

/**
 * What to subscribe to after `problem` with `wanted`, when the server sends nothing any more; null: it goes on with what it sent before, or there is nothing less to ask for.
 * `before`: what was subscribed to before, of which a view that has ended (410) is nothing that goes on.
 */
export function insteadOf(wanted: Wanted, before: Wanted | null, problem: Problem): Wanted | null {
  if (before && problem.status !== 410) return null;
  const less: Wanted = wanted.focus !== '' ? { ...wanted, focus: '' } : problem.errors.some((flaw) => flaw.pointer === '/level') ? { ...wanted, level: 'group' } : everything;
  return less.level === wanted.level && less.path === wanted.path && less.focus === wanted.focus ? null : less;
}

const smaller = (path: string): string => (path === '' ? 'open a zone or region first' : path.includes('.') ? 'look at its groups' : 'open a zone first');

export function refusalText(problem: Problem, path: string): string {
  const many = problem.errors.find((flaw) => flaw.code === 'tooMany');
  const [count, most] = many?.message.match(/\d+/g) ?? [];
  if (count === undefined || most === undefined) return problem.detail || problem.title;
  const figure = (digits: string): string => Number(digits).toLocaleString('en');
  return `${figure(count)} instances are too many to be drawn one by one (at most ${figure(most)}): ${smaller(path)}`;
}
