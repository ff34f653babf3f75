// A system of thousands of instances: what cannot be drawn one by one is said, and what is shown of groups is whole.
import assert from 'node:assert/strict';
import { shot, until, untilText } from './browser.mjs';
import { scene } from './scene.mjs';

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
