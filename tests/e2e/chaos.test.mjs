// Stories beside the picture, experiments with their reports, schedules, and the lever that stops everything; of a server that has them.
import assert from 'node:assert/strict';
import { shot, state, until, untilCount, untilText } from './browser.mjs';
import { scene, world } from './scene.mjs';

const has = async (path) => `/api/v1${path}` in (await world.server.call('GET', 'openapi.json')).paths;

/** Of a server that answers at this path. */
function able(path, name, work, more) {
  scene(name, async (given) => {
    if (!(await has(path))) return given.t.skip(`this server has no ${path}`);
    await work(given);
  }, more);
}

const get = (id, path) => world.server.call('GET', `simulations/${id}/${path}`);

able('/scenarios', 'a story is started in the page, told beside the picture, and its outcome shown', async ({ page }) => {
  await page.getByTestId('new-simulation').click();
  await page.locator('[data-scenario=zone-power-loss]').waitFor();
  await shot(page, 'stories');
  await page.locator('[data-scenario=zone-power-loss]').click();
  const { simulation } = await until(page, 'the story', (s) => s.nodes === 65 && !s.simulation.startsWith('e2e'));
  await untilText(page, 'story-title', /Zone power loss/);
  await untilText(page, 'story-verdict', /^open$/);
  await untilCount(page, '[data-testid=story] li.look.current', 1);
  await page.getByTestId('speed').selectOption('10');
  await page.locator('[data-testid=story] li.deed.done').first().waitFor({ timeout: 60_000 });
  await page.locator('[data-testid=expectation][data-state=met]').first().waitFor({ timeout: 60_000 });
  await shot(page, 'story');
  await page.getByTestId('speed').selectOption('0');
  await untilText(page, 'story-verdict', /^as expected$/, 90_000);
  const outcome = await get(simulation, 'outcome');
  await untilCount(page, '[data-testid=expectation][data-state=met]', outcome.expectations.length);
});

able('/experiment-templates', 'an experiment is started from a template, followed, and reported', async ({ page, id }) => {
  await page.getByTestId('tab-faults').click();
  await page.getByTestId('break-experiments').click();
  await page.getByTestId('experiment-template').selectOption('lose-a-zone');
  await page.getByTestId('variable-zone').fill('us-east-1.zoneQ');
  await page.locator('[data-testid=experiment-form] .wrong').waitFor();
  await page.getByTestId('variable-zone').fill('us-east-1.zoneB');
  await page.getByTestId('variable-durationMs').fill('20');
  await untilText(page, 'experiment-foreseen', /^Hits \d+ instances in zoneB; at most 3\d %/);
  await untilCount(page, '[data-testid=experiment-form] .wrong', 0);
  await shot(page, 'experiment-foreseen');
  await page.getByTestId('start-experiment').click();
  await untilText(page, 'experiment', /us-east-1\.zoneB loses its power/);
  await page.locator('[data-testid=experiment][data-state=completed]').waitFor({ timeout: 90_000 });
  await shot(page, 'experiment');
  assert.equal((await get(id, 'experiments')).items[0].state, 'completed');
  await page.getByTestId('experiment-report').click();
  await page.locator('[data-testid=report] h2').first().waitFor({ timeout: 90_000 });
  await shot(page, 'experiment-report');
  assert.ok((await page.getByTestId('report').textContent()).length > 400);
  await page.keyboard.press('Escape');
  await page.locator('[data-testid=experiment-form] summary').click();
  await page.getByTestId('experiment-json').fill('{"faults": [');
  await page.getByTestId('start-experiment').click();
  await page.locator('[data-pointer="/own"] .wrong').waitFor();
  await page.getByTestId('experiment-json').fill(JSON.stringify({ faults: [{ id: 'a', type: 'instance.slow', selector: { services: ['login'] }, durationMs: 5000 }] }));
  await untilText(page, 'experiment-foreseen', /^Hits 18 instances/);
  await page.getByTestId('start-experiment').click();
  await untilCount(page, '[data-testid=experiment]', 2);
}, { over: { speed: 10 } });

able('/schedule-presets', 'a monkey is let loose, paused and ended', async ({ page, id }) => {
  await page.getByTestId('tab-faults').click();
  await page.getByTestId('break-schedules').click();
  await untilText(page, 'schedule-foreseen', /^Would fire/);
  await page.getByTestId('schedule-what').selectOption('fault:instance.terminate');
  await page.getByTestId('schedule-when').selectOption('cron');
  await page.getByTestId('schedule-cron').fill('61 * * * *');
  await page.locator('[data-testid=schedule-form] .wrong').waitFor();
  await page.getByTestId('schedule-cron').fill('*/1 * * * *');
  await untilText(page, 'schedule-foreseen', /^Would fire Mon/);
  await page.getByTestId('schedule-when').selectOption('every');
  await page.getByTestId('schedule-every').fill('5');
  await untilText(page, 'schedule-foreseen', /^Would fire Mon/);
  await page.getByTestId('add-schedule').click();
  await untilText(page, 'schedule', /fires in/);
  await untilText(page, 'schedule', /fired \d+ times?.*instance\.terminate/, 60_000);
  await shot(page, 'schedule');
  await page.getByTestId('schedule-toggle').click();
  await untilText(page, 'schedule', /paused/);
  assert.equal((await get(id, 'schedules')).items[0].state, 'paused');
  await page.getByTestId('schedule-end').click();
  await untilCount(page, '[data-testid=schedule]', 0);
});

able('/simulations/{id}/safety-lever', 'one click stops everything, and nothing begins until the lever is released', async ({ page, id }) => {
  await world.server.call('POST', `simulations/${id}/faults`, { type: 'zone.outage', selector: { zones: ['us-east-1.zoneB'] } });
  await until(page, 'zoneB down', (s) => s.bands.some(([, word]) => word === 'down'));
  await page.getByTestId('stop-everything').click();
  await until(page, 'zoneB is back', (s) => !s.bands.some(([, word]) => word === 'down'));
  await untilText(page, 'stop-everything', /^Release$/);
  await shot(page, 'lever');
  await page.getByTestId('tab-faults').click();
  await page.locator('[data-testid=fault-form] .wrong').first().waitFor();
  assert.equal((await get(id, 'faults')).items.filter((fault) => fault.state === 'active').length, 0);
  await page.getByTestId('stop-everything').click();
  await untilText(page, 'stop-everything', /^Stop all$/);
  assert.equal((await get(id, 'safety-lever')).engaged, false);
  assert.equal((await state(page)).connection, 'live');
});

scene('one click ends every fault of a server without a lever', async ({ page, id, t }) => {
  if (await has('/simulations/{id}/safety-lever')) return t.skip('this server has a lever');
  for (const zone of ['zoneA', 'zoneB']) await world.server.call('POST', `simulations/${id}/faults`, { type: 'zone.latency', selector: { zones: [`us-east-1.${zone}`] } });
  await untilCount(page, '.lane.faulted', 2);
  await page.getByTestId('stop-everything').click();
  await untilCount(page, '.lane.faulted', 0);
  assert.ok((await get(id, 'faults')).items.every((fault) => fault.state === 'ended'));
});
