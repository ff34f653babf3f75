// Which simulation, its clock, what its users see at the moment, and whether all of this is live.
import { userTraffic, type Connection } from '../store';
import { button, clockTime, duration, figure, h, percent, setOptions, setText } from './dom';
import type { Panel } from './panel';
import { stopEverything } from './stop';

const speeds = [0.1, 0.25, 0.5, 1, 2, 5, 10, 50, 100, 1000, 0];
const speedLabel = (speed: number): string => (speed === 0 ? 'flat out' : `${speed}×`);

const connections: Record<Connection, string> = {
  idle: 'no simulation', connecting: 'connecting', live: 'live', stale: 'stale', reconnecting: 'reconnecting', missing: 'simulation not on the server',
};

export const header: Panel = (root, actions) => {
  const picker = h('select', { 'aria-label': 'Simulation', 'data-testid': 'simulation-picker' });
  picker.addEventListener('change', () => actions.open(picker.value));
  const play = button('', { class: 'play', 'data-testid': 'play', title: 'Play or pause (Space)' }, () => void actions.togglePlay());
  const step = button('+1 s', { class: 'quiet', 'data-testid': 'step', title: 'Run one second of simulated time, then pause' }, () => void actions.step(1000));
  const speed = h('select', { 'aria-label': 'Speed', 'data-testid': 'speed' });
  speed.addEventListener('change', () => {
    void actions.setSpeed(Number(speed.value));
    speed.blur();
  });
  const time = h('output', { class: 'time', 'data-testid': 'sim-time', 'aria-label': 'Simulated time' });
  const achieved = h('span', { class: 'achieved', 'data-testid': 'achieved-speed' });
  const numbers = ['requests', 'errors', 'p99'].map((name) => h('output', { 'data-testid': `figure-${name}` }));
  const labels = ['req/s', 'errors', 'p99'];
  const connection = h('span', { class: 'connection', 'data-testid': 'connection', role: 'status' });
  const theme = button('', { class: 'quiet icon', 'data-testid': 'theme' }, () => actions.setTheme(document.documentElement.dataset.theme === 'dark' ? 'light' : 'dark'));
  const stop = stopEverything(actions);
  root.append(
    h('div', { class: 'brand' }, h('h1', { text: 'simianviz' })),
    h('div', { class: 'group' }, picker, button('New…', { class: 'quiet', 'data-testid': 'new-simulation' }, () => actions.setDialog('start'))),
    h('div', { class: 'group clock', role: 'group', 'aria-label': 'Clock' }, play, step, speed, time, achieved),
    h('div', { class: 'group figures' }, ...numbers.map((number, i) => h('span', { class: 'stat' }, number, h('small', { text: labels[i]! })))),
    h('div', { class: 'group end' }, stop.root, connection,
      button('Find', { class: 'quiet', title: 'Find a service or instance (/)', 'data-testid': 'find' }, () => actions.setDialog('search')),
      theme, button('?', { class: 'quiet icon', 'aria-label': 'Keys and help', title: 'Keys (?)' }, () => actions.setDialog('help'))),
  );
  return (state) => {
    const { view } = state;
    const items = state.simulations.map((s) => ({ value: s.id, label: s.id === s.architecture ? s.id : `${s.id} · ${s.architecture}` }));
    if (state.simulationId && !items.some((item) => item.value === state.simulationId)) items.unshift({ value: state.simulationId, label: state.simulationId });
    setOptions(picker, items, state.simulationId);
    const running = view?.clock.state === 'running';
    setText(play, running ? 'Pause' : 'Play');
    play.classList.toggle('running', running);
    for (const control of [play, step, speed]) control.toggleAttribute('disabled', view === null || state.connection !== 'live');
    const current = view?.clock.speed ?? 1;
    setOptions(speed, [...new Set([...speeds, current])].map((s) => ({ value: String(s), label: speedLabel(s) })), String(current));
    setText(time, view ? clockTime(view.simTimeMs) : '–:––');
    setText(achieved, view && running && view.clock.achievedSpeed > 0 ? `${figure(view.clock.achievedSpeed)}×` : view ? 'paused' : '');
    const users = view ? userTraffic(view, state) : null;
    setText(numbers[0]!, users ? figure(users.rate) : '–');
    setText(numbers[1]!, users ? percent(users.rate > 0 ? Math.min(1, users.errorRate / users.rate) : 0) : '–');
    setText(numbers[2]!, users && users.p99Ms !== null ? duration(users.p99Ms) : '–');
    numbers[1]!.classList.toggle('bad', users !== null && users.errorRate > users.rate * 0.01 && users.errorRate > 0);
    stop.draw(state);
    connection.className = `connection ${state.connection}`;
    setText(connection, state.connection === 'reconnecting' && state.attempt > 1 ? `reconnecting (${state.attempt})` : connections[state.connection]);
    setText(theme, state.theme === 'dark' ? '☀' : '☾');
    theme.setAttribute('aria-label', state.theme === 'dark' ? 'Light theme' : 'Dark theme');
  };
};
