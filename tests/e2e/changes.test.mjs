// Changing things by the panels: canaries, versions, autoscalers, traffic and evacuations; copies of the past.
import assert from 'node:assert/strict';
import { shot, state, until, untilCount, untilText } from './browser.mjs';
import { scene, world } from './scene.mjs';

const get = (id, path) => world.server.call('GET', `simulations/${id}/${path}`);

scene('a canary waits, is promoted and ends', async ({ page, id }) => {
  await page.getByTestId('tab-push').click();
  await page.getByTestId('push-service-picker').selectOption('homepage');
  await page.getByTestId('strategy').selectOption('strategy:canary');
  await page.getByTestId('how-steps').fill('25 %, wait a bit');
  await page.getByTestId('version').fill('1.2.4');
  await page.getByTestId('push').click();
  await untilText(page, 'push-form', /"wait a bit" is no step/);
  await page.getByTestId('how-steps').fill('25 %, wait');
  await page.getByTestId('push').click();
  await page.locator('[data-testid=deployments] li[data-state=paused]').waitFor({ timeout: 60_000 });
  await untilText(page, 'deployments', /canary.*step 3? ?\d* ?of \d|Traffic: 1\.2\.4 25 %, 1\.0 75 %/s);
  await untilText(page, 'strip-caption', /24 wanted · in all 30/);
  await untilCount(page, '[data-testid=strip] path.version', 2);
  await shot(page, 'canary');
  await page.getByTestId('deployment-promoted').click();
  await page.locator('[data-testid=deployments] li[data-state=succeeded]').waitFor({ timeout: 60_000 });
  assert.equal((await get(id, 'services/homepage')).version, '1.2.4');
}, { over: { speed: 10 } });

scene('the version that is suggested is free while another runs, and after it was rolled back', async ({ page, id }) => {
  const suggests = (version) => page.waitForFunction((wanted) => document.querySelector('[data-testid=version]')?.value === wanted, version, { timeout: 15_000 });
  const deploy = (version) => world.server.call('POST', `simulations/${id}/services/homepage/deployments`, { version, strategy: { kind: 'canary', steps: [{ weight: 5 }, { pauseMs: null }] } });
  await page.getByTestId('tab-push').click();
  await page.getByTestId('push-service-picker').selectOption('homepage');
  await suggests('1.1');
  const { id: deployment } = await deploy('1.1');
  await suggests('1.2');
  await world.server.call('PUT', `simulations/${id}/services/homepage/deployments/${deployment}/state`, { state: 'rolledBack' });
  await page.locator('[data-testid=deployments] li[data-state=rolledBack]').waitFor({ timeout: 30_000 });
  await page.reload();
  await suggests('1.2');
  await page.getByTestId('push').click();
  await page.locator('[data-testid=deployments] li', { hasText: '→ 1.2' }).waitFor();
  await suggests('1.3');
}, { over: { speed: 10 } });

scene('what the server has against a push is said in the form; routes and flags are set', async ({ page, id }) => {
  await page.getByTestId('tab-push').click();
  await page.getByTestId('push-service-picker').selectOption('homepage');
  await page.getByTestId('version').fill('one two');
  await page.getByTestId('push').click();
  await page.locator('[data-testid=push-form] [data-pointer="/version"] .wrong').waitFor();
  await shot(page, 'push-wrong');
  await page.getByTestId('version').fill('2.0.0');
  await page.locator('[data-testid=push-form] summary').last().click();
  await page.getByTestId('push-keep').check();
  await page.getByTestId('push').click();
  await page.locator('[data-testid=deployments] li[data-state=succeeded]').waitFor({ timeout: 60_000 });
  await untilText(page, 'versions', /2\.0\.0/);
  await page.getByTestId('route-more').click();
  await page.getByTestId('route-0-toVersion').fill('9');
  await page.getByTestId('set-routes').click();
  await page.locator('[data-testid=routes] .wrong').waitFor();
  await page.getByTestId('route-0-toVersion').fill('2.0.0');
  await page.getByTestId('route-0-weight').fill('30');
  await page.getByTestId('set-routes').click();
  await until(page, 'still there', (s) => s.connection === 'live');
  await page.waitForTimeout(400);
  assert.deepEqual((await get(id, 'services/homepage/routes')).rules.map((rule) => [rule.toVersion, rule.weight]), [['2.0.0', 30]]);
  await page.locator('[data-testid=versions] li[data-version="1.0"]').waitFor();
  await page.getByTestId('set-routes').scrollIntoViewIfNeeded();
  await shot(page, 'routes');
}, { over: { speed: 10 } });

scene('deployments wait for a zone, and say so', async ({ page, id }) => {
  await world.server.call('POST', `simulations/${id}/faults`, { type: 'zone.outage', selector: { zones: ['us-east-1.zoneB'] } });
  await page.getByTestId('tab-push').click();
  await page.getByTestId('push-service-picker').selectOption('login');
  await page.getByTestId('push').click();
  await untilText(page, 'form-problem', /zoneB is down/);
  await page.getByTestId('gate').uncheck();
  await until(page, 'live', (s) => s.connection === 'live');
  await page.waitForTimeout(300);
  assert.equal((await get(id, 'gates')).deploymentsWaitForZones, false);
  await page.getByTestId('push').click();
  await page.locator('[data-testid=deployments] li').first().waitFor();
  await untilCount(page, '[data-testid=form-problem]', 0);
});

scene('an autoscaler is set by the panel, and its decisions are told', async ({ page, id }) => {
  await page.getByTestId('tab-operate').click();
  await page.getByTestId('service-picker').selectOption('homepage');
  await untilText(page, 'autoscaler-now', /^People say/);
  await page.getByTestId('autoscaler-metric').selectOption('requests');
  await page.getByTestId('autoscaler-target').fill('1');
  await page.getByTestId('autoscaler-min').fill('90');
  await page.getByTestId('autoscaler-max').fill('60');
  await page.getByTestId('set-autoscaler').click();
  await page.locator('[data-pointer="/max"] .wrong').waitFor();
  await page.getByTestId('autoscaler-min').fill('6');
  await page.getByTestId('set-autoscaler').click();
  await untilText(page, 'autoscaler-now', /^Now requests an instance 1\.00 \/s; 6 to 60 instances/);
  await untilText(page, 'decisions', /24 → \d+/, 40_000);
  await shot(page, 'autoscaler');
  assert.equal((await get(id, 'services/homepage/autoscaler')).autoscaler.max, 60);
  await page.getByTestId('no-autoscaler').click();
  await untilText(page, 'autoscaler-now', /^People say/);
}, { over: { speed: 10 } });

scene('a zone is drained and gets its traffic back', async ({ page, id }) => {
  await page.getByTestId('tab-traffic').click();
  const zone = page.getByTestId('place-us-east-1.zoneA');
  await zone.getByRole('slider').fill('0');
  await page.getByTestId('drain').fill('2');
  await zone.getByRole('button').click();
  await untilText(page, 'place-us-east-1.zoneA', /no traffic/, 20_000);
  await shot(page, 'drained');
  assert.equal((await get(id, 'zones/us-east-1.zoneA/traffic')).weight, 0);
  await zone.getByRole('slider').fill('100');
  await zone.getByRole('button').click();
  await untilText(page, 'place-us-east-1.zoneA', /all of its traffic/, 20_000);
});

scene('a region is evacuated in stages, and fails back', async ({ page, id }) => {
  await page.getByTestId('tab-traffic').click();
  await page.getByTestId('evacuate-region').selectOption('us-east-1');
  await page.getByTestId('evacuate-preset').selectOption('prewarmed');
  await page.getByTestId('evacuate-decideMs').fill('4');
  await page.getByTestId('evacuate-switchMs').fill('4');
  await page.getByTestId('evacuate').click();
  await untilText(page, 'evacuation', /evacuating/);
  await shot(page, 'evacuating');
  await untilText(page, 'evacuation', /evacuated/, 30_000);
  await page.getByTestId('fail-back').click();
  await untilText(page, 'evacuation', /failed back/, 30_000);
  assert.equal((await get(id, 'evacuations')).items[0].state, 'failedBack');
}, { over: { regions: 2, speed: 2 }, nodes: 129 });

scene('a copy is made from before a command, and is the same up to there', async ({ page, id }) => {
  await until(page, 'some seconds', (s) => s.simTimeMs > 3000);
  await world.server.call('PUT', `simulations/${id}/services/login/scale`, { replicas: 3 });
  const { simTimeMs } = (await get(id, 'commands')).items[0];
  await until(page, 'later', (s) => s.simTimeMs > simTimeMs + 2000);
  await page.getByTestId('tab-forks').click();
  await page.getByTestId('fork-when').selectOption('before');
  await page.getByTestId('fork-command').selectOption({ label: await page.locator('[data-testid=fork-command] option').first().textContent() });
  await page.locator('[data-testid=fork-form] summary').click();
  await page.getByTestId('fork-name').fill('Not This');
  await page.getByTestId('fork').click();
  await page.locator('[data-testid=fork-form] [data-pointer="/id"] .wrong').waitFor();
  await page.getByTestId('fork-name').fill('without-it');
  await page.getByTestId('fork').click();
  await until(page, 'the copy', (s) => s.simulation === 'without-it' && s.nodes === 65);
  assert.equal((await get('without-it', 'services/login')).desired, 18);
  const made = await world.server.call('GET', 'simulations/without-it');
  assert.deepEqual([made.origin.simulation, made.origin.commands], [id, 0]);
  await untilText(page, 'origin', new RegExp(`copy of ${id}`));
  await untilText(page, 'relative', new RegExp(id));
  await shot(page, 'forks');
  assert.equal((await state(page)).connection, 'live');
});

scene('every control of every panel has a name, and tabs are walked by arrows', async ({ page }) => {
  await page.locator('g.node[data-service="login"]').first().click();
  await until(page, 'a login', (s) => /login/.test(s.selected));
  await page.getByTestId('tab-node').focus();
  const seen = [];
  for (let i = 0; i < 10; i += 1) {
    await page.waitForTimeout(400);
    seen.push(await page.evaluate(() => document.querySelector('[role=tab][aria-selected=true]').id));
    for (const fold of await page.locator('summary:visible').all()) await fold.click();
    for (const more of await page.locator('[role=tabpanel]:visible button.small:visible').all()) await more.click();
    const unnamed = await page.locator('button:visible, select:visible, input:visible').evaluateAll((items) =>
      items.filter((item) => !(item.getAttribute('aria-label') || item.textContent?.trim() || item.closest('label') || item.getAttribute('title'))).map((item) => item.outerHTML));
    assert.deepEqual(unnamed, [], `controls without a name in ${seen.at(-1)}`);
    await page.locator('[role=tab][aria-selected=true]').focus();
    await page.keyboard.press('ArrowRight');
  }
  assert.equal(new Set(seen).size, 10, seen.join());
});

scene('an event of the timeline leads back to its moment', async ({ page, id }) => {
  await until(page, 'some seconds', (s) => s.simTimeMs > 2500);
  await world.server.call('PUT', `simulations/${id}/services/login/scale`, { replicas: 12 });
  const { simTimeMs } = (await get(id, 'commands')).items[0];
  await until(page, 'later', (s) => s.simTimeMs > simTimeMs + 3000);
  await page.getByTestId('event-mark').last().dispatchEvent('click');
  await page.getByTestId('event-look').click();
  const still = await until(page, 'a copy that stands still', (s) => s.simulation !== id && s.clock?.state === 'paused');
  assert.equal(Math.round(still.simTimeMs), Math.round(simTimeMs));
});
