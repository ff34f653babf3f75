// The status in words: what the state of the system means for its users.
import type { State } from '../store';
import { h, setText } from './dom';
import type { Panel } from './panel';

interface Meaning { tone: string; sign: string; title: string; detail: string }

const meanings: Record<string, Omit<Meaning, 'detail'> & { detail: string }> = {
  healthy: { tone: 'good', sign: '●', title: 'Healthy', detail: 'All instances are up; requests are answered.' },
  'degraded, redundant': { tone: 'inform', sign: '◆', title: 'Degraded, redundant', detail: 'Capacity is lost, users are served: not an outage.' },
  'at risk': { tone: 'warn', sign: '▲', title: 'At risk', detail: 'One more loss is an outage, or an error budget will not last.' },
  outage: { tone: 'bad', sign: '✖', title: 'Outage', detail: 'Users are not served.' },
};

export function meaningOf(state: State): Meaning {
  const { view } = state;
  if (state.connection === 'missing') return { tone: 'warn', sign: '▲', title: 'Not on the server', detail: `The server does not know the simulation ${state.simulationId}; looking for it again.` };
  if (!view) return { tone: 'idle', sign: '○', title: state.simulationId === '' ? 'No simulation' : 'Waiting', detail: state.simulationId === '' ? 'Start one to see its traffic.' : 'Waiting for the first picture.' };
  if (state.connection === 'reconnecting' || state.connection === 'connecting') {
    return { tone: 'warn', sign: '▲', title: 'Reconnecting', detail: `This is how it was; the connection is lost. Last known: ${view.status}.` };
  }
  if (state.connection === 'stale') return { tone: 'warn', sign: '▲', title: 'Stale', detail: `Nothing has arrived for some seconds. Last known: ${view.status}.` };
  const known = meanings[view.status] ?? { tone: 'inform', sign: '◆', title: view.status, detail: '' };
  return { ...known, detail: view.statusDetail || known.detail };
}

export const notice: Panel = (root) => {
  const sign = h('span', { class: 'sign', 'aria-hidden': 'true' });
  const title = h('strong', { 'data-testid': 'status' });
  const detail = h('span', { class: 'detail', 'data-testid': 'status-detail' });
  const latest = h('span', { class: 'latest', 'data-testid': 'notice' });
  root.append(sign, title, detail, latest);
  return (state) => {
    const meaning = meaningOf(state);
    root.className = `notice ${meaning.tone}`;
    setText(sign, meaning.sign);
    setText(title, meaning.title);
    setText(detail, meaning.detail);
    const raised = new Map<string, string>();
    // The detail of the status already says what is known of the whole simulation, and is newer.
    for (const event of state.events.filter((e) => e.subject.kind !== 'simulation')) {
      if (event.type === 'notice.raised') raised.set(event.subject.id, event.message);
      if (event.type === 'notice.cleared') raised.delete(event.subject.id);
    }
    const message = [...raised.values()].pop() ?? '';
    setText(latest, message !== '' && !meaning.detail.includes(message) ? message : '');
  };
};
