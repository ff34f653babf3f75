// A system of thousands of instances: what cannot be drawn one by one is said, and what is shown of groups is whole.
import assert from 'node:assert/strict';
import { shot, until, untilCount, untilText } from './browser.mjs';
import { scene, world } from './scene.mjs';

const large = { over: { scalePercent: 10_000 }, nodes: 20 };

scene('a level of too many instances leaves the one before, which goes on', async ({ page }) => {
  // The page was opened at level instance: groups are what it gets.
  await untilText(page, 'toast', /6,302 instances are too many/);
  await page.getByTestId('level-zone').click();
  await until(page, 'zones', (s) => s.level === 'zone');
  await page.getByTestId('level-instance').click();
  await page.getByTestId('toast').nth(1).waitFor();
  assert.equal(await page.getByTestId('toast').nth(1).textContent(), '6,302 instances are too many to be drawn one by one (at most 5,000): open a zone or region first');
  const { simTimeMs, level } = await until(page, 'live', (s) => s.connection === 'live');
  assert.equal(level, 'zone');
  await until(page, 'the clock goes on', (s) => s.simTimeMs > simTimeMs + 2000, 8000);
  assert.equal(await page.getByTestId('level-zone').getAttribute('aria-checked'), 'true');
  assert.match(page.url(), /level=zone/);
  const [levels, toasts] = await Promise.all([page.locator('#toolbar').boundingBox(), page.locator('#toasts').boundingBox()]);
  assert.ok(toasts.y > levels.y + levels.height, 'words lie over the buttons');
  await shot(page, 'too-many-instances');
}, large);

scene('a zone that would be lost is ringed in all its groups, and told by numbers when it is', async ({ page, id }) => {
  await until(page, 'groups', (s) => s.level === 'group');
  await page.getByTestId('tab-faults').click();
  await page.getByTestId('fault-type').selectOption('zone.outage');
  await page.getByTestId('fault-target').first().selectOption('us-east-1.zoneB');
  await untilText(page, 'prediction', /^Hits 2,100 instances of 6 services in zoneB/);
  await untilCount(page, 'circle.aimed', 6);
  await shot(page, 'large-aimed');
  await page.getByTestId('start-fault').click();
  await until(page, 'zoneB down', (s) => s.bands.some(([, word]) => word === 'down'));
  await untilCount(page, 'g.node.down', 6);
  const covered = await page.locator('g.node.down').evaluateAll((nodes) => nodes.filter((node) => {
    const [cross, count] = ['path.cross', 'text.count'].map((part) => node.querySelector(part).getBoundingClientRect());
    return cross.height < 4 || count.width === 0 || cross.bottom > count.top + 3;
  }).map((node) => node.dataset.id));
  assert.deepEqual(covered, [], 'crosses over numbers');
  await page.getByTestId('tab-operate').click();
  await page.getByTestId('service-picker').selectOption('homepage');
  const row = page.locator('[data-testid=by-zone] [data-name="us-east-1.zoneB"]');
  await row.locator('.count', { hasText: /^0\/800$/ }).waitFor();
  assert.equal(await row.locator('i').evaluate((bar) => bar.style.width), '0%');
  await shot(page, 'large-zone-down');
  await world.server.create(`${id}-small`);
  await page.getByTestId('autoscaler-min').fill('77');
  await page.goto(`${world.server.url}#simulation=${id}-small`);
  await page.waitForFunction(() => document.querySelector('[data-testid=autoscaler-min]').value === '6', null, { timeout: 10_000 });
  assert.equal(await page.getByTestId('autoscaler-max').inputValue(), '96');
  assert.equal(await page.getByTestId('replicas').inputValue(), '24');
}, large);
