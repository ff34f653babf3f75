// What is written can be read: nothing of it is cut or covered, and where a push is shows in the picture and on its tab.
import assert from 'node:assert/strict';
import { shot, until, untilCount, untilText } from './browser.mjs';
import { scene, world } from './scene.mjs';

const put = (id, path, body) => world.server.call('PUT', `simulations/${id}/${path}`, body);
const post = (id, path, body) => world.server.call('POST', `simulations/${id}/${path}`, body);

/** Words of a drawing that stand out of it, on the left or on the right. */
const cutIn = (page, selector) => page.locator(selector).evaluate((svg) => {
  const room = svg.getBoundingClientRect();
  const within = ({ left, right, width }) => width === 0 || (left >= room.left - 0.5 && right <= room.right + 0.5);
  return [...svg.querySelectorAll('text')].filter((text) => !within(text.getBoundingClientRect())).map((text) => text.textContent);
});

/** Tabs whose word is covered by its own number, or stands out of its tab. */
const coveredTabs = (page) => page.locator('[role=tab]').evaluateAll((tabs) => tabs.filter((tab) => {
  const range = document.createRange();
  range.selectNode(tab.firstChild);
  const word = range.getBoundingClientRect();
  const count = tab.querySelector('.count').getBoundingClientRect();
  const room = tab.getBoundingClientRect();
  return (count.width > 0 && count.left < word.right) || word.left < room.left || Math.max(word.right, count.right) > room.right;
}).map((tab) => tab.id));

scene('a push of any service is told by its tab and by the marks of its groups', async ({ page, id }) => {
  await post(id, 'services/homepage/deployments', { version: '1.5', strategy: { kind: 'canary', steps: [{ weight: 25 }, { pauseMs: null }] } });
  await page.getByTestId('tab-push').click();
  await page.getByTestId('push-service-picker').selectOption('login');
  await untilText(page, 'tab-push', /^Push1$/);
  assert.match(await page.getByTestId('tab-push').getAttribute('title'), /^homepage 1\.0 → 1\.5: /);
  await page.getByTestId('level-group').click();
  await untilCount(page, 'g.node[data-service="homepage"] g.version.part', 3, 40_000);
  assert.equal(await page.locator('g.node:not([data-service="homepage"]) g.version.shown').count(), 0);
  await page.locator('g.node[data-service="homepage"]').first().hover();
  await page.locator('.tip', { hasText: /karyon · 1\.0, 1\.5.*all of homepage: 24 of 1\.0, 6 of 1\.5.*1\.0 → 1\.5: paused 6\/24/ }).waitFor();
  await shot(page, 'push-in-groups');
  const [{ id: deployment }] = (await world.server.call('GET', `simulations/${id}/services/homepage/deployments`)).items;
  await put(id, `services/homepage/deployments/${deployment}/state`, { state: 'promoted' });
  await untilText(page, 'tab-push', /^Push$/, 60_000);
  await untilCount(page, 'g.version.shown', 0, 30_000);
}, { over: { speed: 10 } });

scene('a deployment whose old version stays is complete when it has succeeded', async ({ page, id }) => {
  await post(id, 'services/homepage/deployments', { version: '1.5', keep: true });
  await page.getByTestId('tab-push').click();
  await page.getByTestId('push-service-picker').selectOption('homepage');
  const done = page.locator('[data-testid=deployments] li[data-state=succeeded]');
  await done.waitFor({ timeout: 60_000 });
  assert.equal(await done.locator('progress').evaluate((bar) => bar.value), 1);
  assert.match(await done.textContent(), /rolled out, 24.*1\.0 stayed beside it: 24 instances/);
}, { over: { speed: 10 } });

scene('numbers of axes and words of tabs and of the notice are not cut', async ({ page, id }) => {
  await page.getByTestId('level-group').click();
  await put(id, 'services/homepage/scale', { replicas: 2880 });
  await post(id, 'faults', { type: 'zone.outage', selector: { zones: ['us-east-1.zoneB'] } });
  await page.getByTestId('tab-push').click();
  await page.getByTestId('push-service-picker').selectOption('homepage');
  await untilText(page, 'strip', /2880$/);
  await untilText(page, 'tab-incidents', /^Incidents\d$/);
  await untilText(page, 'tab-faults', /^Faults1$/);
  for (const tab of ['node', 'flows', 'review', 'story', 'operate', 'traffic', 'forks', 'incidents', 'faults', 'push']) {
    await page.getByTestId(`tab-${tab}`).click();
    await page.locator(`#tab-${tab}[aria-selected=true]`).waitFor();
    assert.deepEqual(await coveredTabs(page), [], tab);
  }
  const [www, moats] = await Promise.all([page.locator('g.node[data-service=www]').boundingBox(), page.locator('.pillars rect.moat').evaluateAll((rects) => rects.map((rect) => rect.getBoundingClientRect().toJSON()))]);
  assert.ok(moats.some((moat) => moat.left <= www.x && moat.right >= www.x + www.width), 'what is in no zone stands apart from the zone that is lost');
  assert.deepEqual(await cutIn(page, '[data-testid=strip]'), []);
  assert.deepEqual(await cutIn(page, '#timeline svg'), []);
  await put(id, 'clock', { speed: 1000 });
  await until(page, 'more than an hour', (s) => s.simTimeMs > 3_700_000, 60_000);
  assert.deepEqual(await cutIn(page, '[data-testid=strip]'), [], 'hours');
  assert.deepEqual(await cutIn(page, '#timeline svg'), [], 'hours');
  await page.setViewportSize({ width: 700, height: 900 });
  await page.waitForTimeout(400);
  const notice = await page.locator('#notice').evaluate((box) => ({ wide: box.scrollWidth - box.clientWidth, high: box.scrollHeight - box.clientHeight, height: box.clientHeight }));
  assert.ok(notice.wide <= 0 && notice.high <= 0, `the notice is cut: ${JSON.stringify(notice)}`);
  assert.ok(notice.height > 45, 'it takes a second line');
});

scene('many that end together are one line, and the timeline says since when it has figures', async ({ page, id }) => {
  for (let i = 0; i < 6; i += 1) await post(id, 'faults', { type: 'instance.slow', selector: { services: ['homepage'], mode: 'count', value: 1 } });
  const { items } = await world.server.call('GET', `simulations/${id}/faults`);
  for (const fault of items) await world.server.call('DELETE', `simulations/${id}/faults/${fault.id}`);
  await page.locator('[data-testid=event-log] li', { hasText: /^\d:\d\d6 faults ended: instance\.slow$/ }).waitFor();
  assert.match(await page.locator('[data-testid=event-log] li[data-type="fault.ended"]').getAttribute('title'), /instance\.slow on service homepage has ended\n/);
  await until(page, 'a while', (s) => s.simTimeMs > 70_000, 40_000);
  await page.reload();
  await until(page, 'live again', (s) => s.connection === 'live');
  await untilText(page, 'unseen', /no figures before \d:\d\d: the page was not open/);
  await shot(page, 'unseen');
}, { over: { speed: 10 } });
