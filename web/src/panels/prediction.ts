// What a fault would hit if it began now: said before anybody starts it.
import { select } from 'd3';
import type { Asked } from '../store';
import type { Loss, Prediction } from '../wire';
import { h, setHidden, setText } from './dom';
import { showProblem } from './form';

const rowsShown = 8;

const counted = (n: number, one: string, many: string): string => `${n.toLocaleString('en')} ${n === 1 ? one : many}`;

/** "6 instances of 1 service in zoneA, zoneB, zoneC; 33 % of the capacity". */
export function predictionText(prediction: Prediction): string {
  if (prediction.targets === 0) return `No instance at once${prediction.zones.length > 0 ? `: what changes is ${prediction.zones.map(shortZone).join(', ')} as a place` : ''}.`;
  const services = prediction.services.length > 0 ? ` of ${counted(prediction.services.length, 'service', 'services')}` : '';
  const zones = prediction.zones.length > 0 ? ` in ${prediction.zones.length > 6 ? `${prediction.zones.length} zones` : prediction.zones.map(shortZone).join(', ')}` : '';
  const lost = prediction.capacityLostPercent;
  return `Hits ${counted(prediction.targets, 'instance', 'instances')}${services}${zones}. ${lost > 0 ? `Capacity lost: ${percentText(lost)} of all.` : 'No capacity is lost.'}`;
}

const shortZone = (zone: string): string => zone.split('.').pop() ?? zone;
const percentText = (percent: number): string => `${percent > 0 && percent < 10 ? percent.toFixed(1) : percent.toFixed(0)} %`;

/** The services that lose most first. */
export const worstFirst = (losses: Loss[]): Loss[] =>
  [...losses].sort((a, b) => b.capacityLostPercent - a.capacityLostPercent || b.hit / Math.max(1, b.up) - a.hit / Math.max(1, a.up) || b.hit - a.hit);

export function predictionBox(form: HTMLElement): { root: HTMLElement; draw(asked: Asked<Prediction> | null, key: string): void } {
  const text = h('p', { 'data-testid': 'prediction' });
  const table = h('div', { class: 'losses' });
  const more = h('p', { class: 'hint' });
  const root = h('div', { class: 'prediction', 'aria-live': 'polite' }, text, table, more);
  let said: unknown = null;
  return {
    root,
    draw(asked, key) {
      const current = asked?.key === key ? asked : null;
      if (current?.problem !== said && (current?.problem || said)) {
        said = current?.problem ?? null;
        showProblem(form, current?.problem ?? null);
      }
      root.classList.toggle('waiting', !current?.result);
      setHidden(root, current?.problem != null);
      const result = current?.result;
      // What it said before stays, dimmed, until the answer is there: the form does not jump.
      if (!result) return;
      setText(text, predictionText(result));
      const losses = worstFirst(result.services);
      const rows = select(table).selectAll<HTMLDivElement, Loss>('div.share').data(losses.slice(0, rowsShown), (loss) => loss.service).join((enter) => {
        const row = enter.append('div').attr('class', 'share');
        row.append('span').attr('class', 'name');
        row.append('span').attr('class', 'bar lost').append('i');
        row.append('span').attr('class', 'count');
        return row;
      }).order();
      rows.select('span.name').text((loss) => loss.service).attr('title', (loss) => loss.service);
      rows.select('i').style('width', (loss) => `${(100 * loss.hit) / Math.max(1, loss.up)}%`);
      rows.select('span.count').text((loss) => `${loss.hit} of ${loss.up}`).attr('title', (loss) => `${percentText(loss.capacityLostPercent)} of its capacity`);
      setText(more, losses.length > rowsShown ? `and ${losses.length - rowsShown} more services` : '');
      setHidden(more, losses.length <= rowsShown);
    },
  };
}
