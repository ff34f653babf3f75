// Tells screen readers what happens: changes of status at once, warnings and errors at most every few seconds.
import { h } from './dom';
import { meaningOf } from './notice';
import type { Panel } from './panel';

const quietMs = 5_000;

export const announce: Panel = (root) => {
  const region = h('div', { 'aria-live': 'polite', class: 'offscreen', 'data-testid': 'live-region' });
  root.append(region);
  let said = '';
  let lastSeq = 0;
  let lastAt = -quietMs;
  return (state) => {
    const meaning = meaningOf(state);
    const status = `${meaning.title}. ${meaning.detail}`;
    const now = performance.now();
    if (meaning.title !== said) {
      said = meaning.title;
      region.textContent = status;
      lastAt = now;
      return;
    }
    const news = state.events.filter((event) => event.seq > lastSeq && event.severity !== 'info');
    if (news.length === 0 || now - lastAt < quietMs) return;
    lastSeq = state.events[state.events.length - 1]?.seq ?? lastSeq;
    region.textContent = news.slice(-3).map((event) => event.message).join('. ');
    lastAt = now;
  };
};
