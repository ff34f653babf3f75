// Small helpers for panels: making elements, and words for figures.

type Child = Node | string | null;

/** An element with attributes and children; "text" among the attributes is its text. */
export function h<K extends keyof HTMLElementTagNameMap>(tag: K, attributes: Record<string, string> = {}, ...children: Child[]): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === 'text') element.textContent = value;
    else element.setAttribute(name, value);
  }
  for (const child of children) if (child !== null) element.append(child);
  return element;
}

export function button(label: string, attributes: Record<string, string>, run: () => void): HTMLButtonElement {
  const element = h('button', { type: 'button', ...attributes }, label);
  element.addEventListener('click', run);
  return element;
}

/** Writes only what changed, so that a screen reader and a caret are left alone. */
export function setText(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

export function setHidden(element: HTMLElement, hidden: boolean): void {
  if (element.hidden !== hidden) element.hidden = hidden;
}

/** `pointer`: where in the body its value goes, so that what the server says of it can stand here. */
export function field(label: string, input: HTMLElement, unit = '', pointer = ''): HTMLLabelElement {
  return h('label', { class: 'field', ...(pointer === '' ? {} : { 'data-pointer': pointer }) }, h('span', { class: 'label', text: label }), h('span', { class: 'input' }, input, unit ? h('span', { class: 'unit', text: unit }) : null));
}

export function numberInput(id: string, value: number, min: number, max: number, step = 'any'): HTMLInputElement {
  return h('input', { type: 'number', id, 'data-testid': id, value: String(value), min: String(min), max: String(max), step });
}

export interface Choice { value: string; label: string; /** Under a heading of that name. */ group?: string }

/** Options keyed by value; the choice is kept unless it is gone. */
export function setOptions(select: HTMLSelectElement, options: Choice[], chosen: string): void {
  const wanted = options.map((option) => `${option.value}\u0000${option.label}\u0000${option.group ?? ''}`).join('\u0001');
  if (select.dataset.options !== wanted) {
    select.dataset.options = wanted;
    const known = new Map([...select.options].map((option) => [option.value, option]));
    const groups = new Map<string, HTMLOptGroupElement>();
    const children: HTMLElement[] = [];
    for (const { value, label, group } of options) {
      const option = known.get(value) ?? h('option', { value });
      option.textContent = label;
      if (group === undefined) children.push(option);
      else {
        if (!groups.has(group)) {
          groups.set(group, h('optgroup', { label: group }));
          children.push(groups.get(group)!);
        }
        groups.get(group)!.append(option);
      }
    }
    select.replaceChildren(...children);
  }
  if (select.value !== chosen && document.activeElement !== select) select.value = chosen;
}

export function figure(value: number): string {
  if (value === 0) return '0';
  if (Math.abs(value) >= 10_000) return `${(value / 1000).toFixed(value >= 100_000 ? 0 : 1)} k`;
  if (Math.abs(value) >= 100) return value.toFixed(0);
  return value >= 10 ? value.toFixed(1) : value >= 0.095 ? value.toFixed(2) : value.toFixed(3);
}

export function duration(ms: number): string {
  if (ms === 0) return '0 ms';
  if (ms < 1) return `${(ms * 1000).toFixed(0)} µs`;
  if (ms < 10) return `${ms.toFixed(2)} ms`;
  if (ms < 1000) return `${ms.toFixed(ms < 100 ? 1 : 0)} ms`;
  return ms < 60_000 ? `${(ms / 1000).toFixed(2)} s` : clockTime(ms);
}

/** Simulated time as h:mm:ss or m:ss. */
export function clockTime(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  const [hh, mm, ss] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const two = (n: number): string => String(n).padStart(2, '0');
  return hh > 0 ? `${hh}:${two(mm)}:${two(ss)}` : `${mm}:${two(ss)}`;
}

export const percent = (share: number): string => `${(share * 100).toFixed(share > 0 && share < 0.1 ? 1 : 0)} %`;

/** Something that is there for those who ask for it. */
export const fold = (summary: string, attributes: Record<string, string>, ...children: (Node | null)[]): HTMLDetailsElement =>
  h('details', attributes, h('summary', { text: summary }), ...children);
