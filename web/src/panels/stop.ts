// The lever: one click, and everything that was broken is mended. Where the server has a lever nothing may be broken until it is released.
import type { Actions } from '../actions';
import type { State } from '../store';
import { clockTime, h, setHidden, setText } from './dom';

export function stopEverything(actions: Actions): { root: HTMLElement; draw(state: State): void } {
  let engaged = false;
  const lever = h('button', { type: 'button', class: 'stop', 'data-testid': 'stop-everything' });
  lever.addEventListener('click', () => void (engaged ? actions.chaos.release() : actions.chaos.stopEverything()));
  const root = h('div', { class: 'lever' }, lever);
  return {
    root,
    draw(state) {
      engaged = state.lever?.engaged ?? false;
      const broken = state.faults.some((fault) => fault.state === 'active');
      setHidden(root, state.simulationId === '');
      setText(lever, engaged ? 'Release' : 'Stop all');
      lever.classList.toggle('engaged', engaged);
      lever.classList.toggle('armed', broken && !engaged);
      lever.title = engaged ? `Everything was stopped at ${clockTime(state.lever!.sinceSimTimeMs)}${state.lever!.reason ? `: ${state.lever!.reason}` : ''}. Nothing may be broken until this is released.`
        : state.lever ? 'Reverts all faults and experiments now, and refuses new ones until it is released' : 'Reverts all faults now';
      lever.setAttribute('aria-pressed', `${engaged}`);
      lever.disabled = state.busy.includes('lever') || state.view === null || (!state.lever && !broken);
    },
  };
}
