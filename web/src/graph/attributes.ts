// Writes an attribute only where it differs: writing the same value again still makes a browser paint, and frames come ten times a second.
import type { BaseType, Selection } from 'd3';

export function keep<E extends Element, D, P extends BaseType, Q>(
  selection: Selection<E, D, P, Q>, name: string, value: (datum: D, index: number) => string | number,
): Selection<E, D, P, Q> {
  return selection.each(function (datum, index) {
    const text = String(value(datum, index));
    if (this.getAttribute(name) !== text) this.setAttribute(name, text);
  });
}

export function keepText<E extends Element, D, P extends BaseType, Q>(selection: Selection<E, D, P, Q>, text: (datum: D) => string): Selection<E, D, P, Q> {
  return selection.each(function (datum) {
    const wanted = text(datum);
    if (this.textContent !== wanted) this.textContent = wanted;
  });
}
