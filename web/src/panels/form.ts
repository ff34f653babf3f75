// Forms that say what the server has against their content at the input that it is about. Inputs name their place in the body
// (data-pointer, a JSON pointer); what belongs to no input stands at the foot.
import type { Flaw, Problem } from '../wire';
import { h } from './dom';

/** The longest of the pointers that the place is, or lies in; null: none. */
export function nearestPointer(place: string, pointers: string[]): string | null {
  const around = pointers.filter((pointer) => place === pointer || (pointer !== '' && place.startsWith(`${pointer}/`)));
  return around.sort((a, b) => b.length - a.length)[0] ?? null;
}

/** "must be 1 to 5; known: a, b". */
export const flawText = (flaw: Flaw): string => `${flaw.message}${flaw.known.length > 0 && flaw.known.length <= 12 ? `; known: ${flaw.known.join(', ')}` : ''}`;

/** What of a problem goes to which input, and what is left for the foot. */
export function sortFlaws(problem: Problem, pointers: string[]): { at: Map<string, string[]>; foot: string } {
  const at = new Map<string, string[]>();
  const left: string[] = [];
  for (const flaw of problem.errors) {
    const pointer = nearestPointer(flaw.pointer, pointers);
    if (pointer === null) left.push(`${flaw.pointer} ${flawText(flaw)}`.trim());
    else at.set(pointer, [...(at.get(pointer) ?? []), flawText(flaw)]);
  }
  const said = problem.errors.length > 0 && left.length === 0;
  return { at, foot: said ? '' : left.length > 0 ? left.join(' · ') : problem.detail || problem.title };
}

function wrongSpan(input: HTMLElement, text: string): HTMLElement {
  const span = h('span', { class: 'wrong', role: 'alert', text });
  span.id = `${input.id || 'input'}-wrong`;
  input.setAttribute('aria-invalid', 'true');
  input.setAttribute('aria-describedby', span.id);
  return span;
}

/** Shows what is wrong inside `root`; null: nothing is any more. */
export function showProblem(root: HTMLElement, problem: Problem | null): void {
  for (const span of root.querySelectorAll('.wrong')) span.remove();
  for (const input of root.querySelectorAll('[aria-invalid]')) {
    input.removeAttribute('aria-invalid');
    input.removeAttribute('aria-describedby');
  }
  if (!problem) return;
  const fields = [...root.querySelectorAll<HTMLElement>('[data-pointer]')].filter((field) => !field.closest('[hidden]'));
  const { at, foot } = sortFlaws(problem, fields.map((field) => field.dataset.pointer!));
  for (const field of fields) {
    const texts = at.get(field.dataset.pointer!);
    if (!texts) continue;
    at.delete(field.dataset.pointer!);
    for (let fold = field.closest('details'); fold; fold = fold.parentElement?.closest('details') ?? null) fold.open = true;
    field.append(wrongSpan(field.querySelector<HTMLElement>('input, select, textarea') ?? field, texts.join(' ')));
  }
  if (foot !== '') root.append(h('p', { class: 'wrong foot', role: 'alert', 'data-testid': 'form-problem', text: foot }));
}

/** A form that sends when it is submitted; while it does its button waits. */
export function sendingForm(attributes: Record<string, string>, send: () => Promise<Problem | null>, ...children: (Node | null)[]): HTMLFormElement {
  const form = h('form', { novalidate: '', ...attributes }, ...children);
  let under = false;
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    if (under || !form.reportValidity()) return;
    under = true;
    void send().then((problem) => showProblem(form, problem)).finally(() => {
      under = false;
    });
  });
  return form;
}

/** For a button that stands alone: what the server has against it is said beside it. */
export function sendingButton(button: HTMLButtonElement, beside: HTMLElement, send: () => Promise<Problem | null>): void {
  button.addEventListener('click', () => void send().then((problem) => showProblem(beside, problem)));
}
