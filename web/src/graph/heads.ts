// The heads of the bands: name, state in words, and the buttons that fail and heal a zone.
import { select } from 'd3';
import type { State, View } from '../store';
import type { Band, Fault } from '../wire';
import { ofPlaces, type Hits } from './faulted';
import type { LaneBox, Layout } from './layout';

export interface HeadHooks {
  failZone(zone: string): void;
  heal(faults: Fault[]): void;
  narrow(path: string): void;
}

/** Faults of the whole zone: what its button takes away again. */
export const zoneFaults = (state: State, band: Band): Fault[] => state.faults.filter((fault) => fault.state === 'active' && ofPlaces(fault.selector) && fault.selector.zones.includes(band.id));

/** "⚡ Gray zone", "⚡ 2 faults". */
export function faultsText(faults: Fault[], state: Pick<State, 'faultTypes'>): string {
  if (faults.length === 0) return '';
  const title = state.faultTypes.find((type) => type.type === faults[0]!.type)?.title ?? faults[0]!.type;
  return faults.length === 1 ? `⚡ ${title}` : `⚡ ${faults.length} faults`;
}

/** The band of a lane as it is now; the layout remembers the one it was made from. */
export const bandNow = (view: View | null, lane: LaneBox): Band => view?.bands.find((band) => band.id === lane.band.id) ?? lane.band;

const words: Record<string, string> = { up: '', degraded: 'degraded', down: 'down' };

export function drawHeads(root: HTMLElement, layout: Layout, state: State, hits: Hits, hooks: HeadHooks): void {
  const bandOf = (lane: LaneBox): Band => bandNow(state.view, lane);
  const canFail = (band: Band): boolean => band.id === `${band.region}.${band.zone}` && band.zone !== '*';
  const named = (band: Band): string => (band.id === '*' ? band.name : canFail(band) ? band.zone : band.region);
  const heads = select(root).selectAll<HTMLDivElement, LaneBox>('div.head').data(layout.lanes, (lane) => lane.band.id)
    .join((enter) => {
      const head = enter.append('div').attr('data-band', (lane) => lane.band.id);
      head.append('button').attr('class', 'band-name').attr('type', 'button').on('click', (_event, lane) => hooks.narrow(lane.band.id === state.view?.path ? '' : lane.band.id));
      head.append('span').attr('class', 'band-region');
      head.append('span').attr('class', 'band-state');
      head.append('span').attr('class', 'band-faults');
      head.append('button').attr('class', 'band-action').attr('type', 'button');
      return head;
    })
    .attr('class', (lane) => `head ${bandOf(lane).state}`)
    .style('top', (lane) => `${lane.y}px`)
    .style('height', (lane) => `${lane.height}px`)
    .style('width', `${layout.headWidth - 20}px`);
  heads.select<HTMLButtonElement>('button.band-name').text((lane) => named(lane.band)).property('disabled', (lane) => lane.band.id === '*')
    .attr('title', (lane) => (state.view?.path === lane.band.id ? 'Show everything' : `Show only ${lane.band.id}`));
  heads.select('span.band-region').text((lane) => (canFail(lane.band) ? lane.band.region : ''));
  heads.select('span.band-state').text((lane) => words[bandOf(lane).state] ?? bandOf(lane).state);
  const faultsOf = (lane: LaneBox): Fault[] => hits.bands.get(lane.band.id) ?? [];
  heads.select('span.band-faults').text((lane) => faultsText(faultsOf(lane), state)).attr('title', (lane) => faultsOf(lane).map((fault) => fault.type).join(', '));
  heads.select<HTMLButtonElement>('button.band-action')
    .attr('hidden', (lane) => (canFail(lane.band) ? null : ''))
    .attr('data-testid', (lane) => `zone-${lane.band.zone}`)
    .attr('class', (lane) => `band-action ${zoneFaults(state, lane.band).length > 0 ? 'heal' : 'fail'}`)
    .attr('disabled', (lane) => (state.busy.includes(`zone:${lane.band.id}`) ? '' : null))
    .attr('aria-label', (lane) => `${zoneFaults(state, lane.band).length > 0 ? 'Heal' : 'Fail'} ${lane.band.id}`)
    .text((lane) => (zoneFaults(state, lane.band).length > 0 ? 'Heal' : 'Fail zone'))
    .on('click', (_event, lane) => {
      const faults = zoneFaults(state, lane.band);
      if (faults.length > 0) hooks.heal(faults);
      else hooks.failZone(lane.band.id);
    });
}
