// A list that people write row by row: routes, flags. What somebody is writing stays until it is sent or the list itself changes.
import { button, h } from './dom';
import { Inputs, type InputSpec, type Value } from './inputs';

export type Values = Record<string, Value>;

export class RowList {
  readonly root: HTMLElement;
  private readonly list = h('div', { class: 'row-list' });
  private readonly inputs: Inputs[] = [];
  private given = '';

  constructor(private readonly name: string, private readonly pointer: string, private readonly specs: readonly InputSpec[], more: string, private readonly blank: () => Values) {
    this.root = h('div', { 'data-pointer': pointer }, this.list, button(more, { class: 'quiet small', 'data-testid': `${name}-more` }, () => this.write([...this.values(), this.blank()])));
  }

  show(rows: Values[]): void {
    const given = JSON.stringify(rows);
    if (given !== this.given) this.write(rows);
    this.given = given;
  }

  values(): Values[] {
    return this.inputs.map((inputs) => inputs.values());
  }

  private write(rows: Values[]): void {
    this.inputs.length = 0;
    this.list.replaceChildren(...rows.map((values, i) => {
      const inputs = new Inputs(h('div', { class: 'grid' }), `${this.name}-${i}-`, `${this.pointer}/${i}`);
      inputs.show(this.specs, values);
      this.inputs.push(inputs);
      return h('div', { class: 'row-card', 'data-pointer': `${this.pointer}/${i}` }, inputs.root,
        button('×', { class: 'quiet icon', 'aria-label': `Take row ${i + 1} away` }, () => this.write(this.values().filter((_values, k) => k !== i))));
    }));
  }
}
