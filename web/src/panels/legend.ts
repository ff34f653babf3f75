// What the picture means.
import type { State } from '../store';
import { figure, h, setText } from './dom';

export const legend = (root: HTMLElement): ((state: State, perDot: number) => void) => {
  const dot = h('span', { 'data-testid': 'legend-dot' });
  const item = (mark: string, text: string | HTMLElement): HTMLElement =>
    h('span', { class: 'key' }, h('i', { class: `key-mark ${mark}`, 'aria-hidden': 'true' }), typeof text === 'string' ? h('span', { text }) : text);
  root.setAttribute('aria-label', 'Legend');
  root.append(
    item('flow', dot), item('fast', 'slower: more latency'), item('failed', 'failed'), item('ramp', 'busy 0–100 %'),
    item('starting', 'starting'), item('draining', 'draining'), item('downed', 'down'), item('newer', 'new version'), item('partly', 'new in part'), item('injected', 'a fault'),
  );
  return (_state, perDot) => setText(dot, `1 dot = ${figure(perDot).replace(/\.?0+$/, '')} req/s`);
};
