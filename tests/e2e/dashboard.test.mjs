// The dashboard in a real browser against the real server: what a person does, and what they then see.
import assert from 'node:assert/strict';
import { differing, pixels, live, shot, state, textOf, until, untilCount, untilText } from './browser.mjs';
import { scene, world } from './scene.mjs';

const stateOf = (s, service) => s.states.filter(([name]) => new RegExp(`\\.${service}\\d+$`).test(name));
const band = (s, id) => s.bands.find(([name]) => name === id)?.[1];

scene('netflixoss opens with its 65 nodes, moving traffic and changing values', async ({ page }) => {
  const first = await state(page);
  assert.equal(first.edges, 259);
  await untilCount(page, 'g.node', 65);
  await untilCount(page, '.lane', 3);
  await until(page, 'simulated time goes on', (s) => s.simTimeMs > first.simTimeMs + 3000);
  const [one, rate] = [await pixels(page), await textOf(page, 'figure-requests')];
  assert.ok(one.painted > 300, `only ${one.painted} pixels of traffic: the canvas is blank`);
  await page.waitForTimeout(600);
  const two = await pixels(page);
  assert.ok(differing(one.alpha, two.alpha) > 60, 'the traffic does not move');
  assert.ok(Number.parseFloat(rate) > 0, `users ask for ${rate} requests a second`);
  const earlier = await state(page);
  const later = await until(page, 'ten more frames', (s) => s.lastSeq >= earlier.lastSeq + 10);
  assert.ok(later.simTimeMs > earlier.simTimeMs);
  await until(page, 'healthy', (s) => s.status === 'healthy');
  assert.match(await textOf(page, 'legend-dot'), /^1 dot = [\d.]+ req\/s$/);
  await shot(page, 'netflixoss-dark');
});

scene('a zone fails and heals by its button: degraded, redundant, not an outage', async ({ page }) => {
  await until(page, 'healthy', (s) => s.status === 'healthy' && s.simTimeMs > 3000);
  await page.getByTestId('zone-zoneB').click();
  await until(page, 'zoneB down', (s) => band(s, 'us-east-1.zoneB') === 'down');
  const down = (await state(page)).states.filter(([name]) => name.includes('.zoneB.'));
  assert.ok(down.length > 20 && down.every(([, word]) => word === 'down'), 'all of zoneB is down');
  await until(page, 'degraded, redundant', (s) => s.status === 'degraded, redundant');
  await untilText(page, 'status', /^Degraded, redundant$/);
  await untilText(page, 'notice-banner', /not an outage/);
  await untilText(page, 'zone-zoneB', /^Heal$/);
  await untilCount(page, '.lane.down', 1);
  await page.waitForTimeout(1500);
  assert.equal((await state(page)).status, 'degraded, redundant', 'stays redundant');
  await page.getByTestId('tab-incidents').click();
  await untilText(page, 'incidents', /zoneB of us-east-1 lost[\s\S]*2 of 3 zones carry the load: inform, do not touch/);
  await untilText(page, 'tab-incidents', /^Incidents1$/);
  await untilText(page, 'objective', /www: 99\.9 % succeed/);
  await shot(page, 'zone-failed');
  await page.getByTestId('zone-zoneB').click();
  await until(page, 'zoneB up', (s) => band(s, 'us-east-1.zoneB') === 'up');
  await until(page, 'healthy again', (s) => s.status === 'healthy', 40_000);
  await untilCount(page, '[data-testid=fault-span].ended', 1);
}, { over: { speed: 2 } });

scene('homepage scales to 48 by the panel: 89 instances in time', async ({ page }) => {
  await page.getByTestId('tab-operate').click();
  await page.getByTestId('service-picker').selectOption('homepage');
  await untilText(page, 'scale-ready', /^24 of 24 up/);
  await untilCount(page, 'g.node', 65);
  const before = new Map((await page.locator('g.node').evaluateAll((nodes) => nodes.map((node) => [node.getAttribute('data-id'), node.getAttribute('transform')]))));
  await page.getByTestId('replicas').fill('48');
  await page.getByTestId('scale').click();
  await until(page, '89 nodes', (s) => s.nodes === 89);
  await until(page, 'all 48 up', (s) => stateOf(s, 'homepage').filter(([, word]) => word === 'up').length === 48, 60_000);
  await untilText(page, 'scale-ready', /^48 of 48 up/);
  await untilCount(page, 'g.node', 89);
  const after = new Map((await page.locator('g.node').evaluateAll((nodes) => nodes.map((node) => [node.getAttribute('data-id'), node.getAttribute('transform')]))));
  for (const [id, place] of before) assert.equal(after.get(id), place, `${id} moved`);
  await shot(page, 'scaled-to-48');
}, { over: { speed: 10 } });

scene('login 1.1 is pushed, watched and rolled back by the panel', async ({ page }) => {
  await page.getByTestId('tab-push').click();
  await page.getByTestId('push-service-picker').selectOption('login');
  await untilText(page, 'by-version', /18/);
  const old = await page.getByTestId('by-version').locator('.share').first().getAttribute('data-name');
  await page.getByTestId('version').fill('1.1');
  await page.getByTestId('push').click();
  const share = (version) => page.getByTestId('by-version').locator(`[data-name="${version}"] .count`);
  await page.getByTestId('deployments').locator('li').first().waitFor();
  await untilText(page, 'deployments', /→ 1\.1/);
  await share('1.1').waitFor({ timeout: 60_000 });
  await shot(page, 'push');
  await page.locator('[data-testid=deployments] li[data-state=succeeded]').first().waitFor({ timeout: 60_000 });
  await until(page, 'eighteen logins up', (s) => stateOf(s, 'login').filter(([, word]) => word === 'up').length === 18, 60_000);
  await page.getByTestId('rollback').first().click();
  await page.locator('[data-testid=deployments] li[data-state=rolledBack]').first().waitFor({ timeout: 60_000 });
  await share(old).waitFor();
  assert.equal(await share(old).textContent(), '18');
}, { over: { speed: 10 } });

scene('a Cassandra node is killed by its panel', async ({ page }) => {
  const victim = (await state(page)).states.find(([name]) => name.includes('cassSubscriber'))[0];
  await page.locator(`g.node[data-id="${victim}"]`).click();
  await untilText(page, 'node-name', /cassSubscriber/);
  await page.getByTestId('histogram').locator('rect.bar').first().waitFor();
  await untilText(page, 'histogram-caption', /requests, mean/);
  await untilText(page, 'sure-period', /^± of its group, over .* since \d/);
  await untilText(page, 'sure', /p50.*p99/s);
  await shot(page, 'node-panel');
  await page.getByTestId('kill').click();
  await until(page, `${victim} dead`, (s) => !s.states.some(([name, word]) => name === victim && word !== 'dead'));
  await page.locator('[data-testid=event-log] li[data-type="instance.died"]').first().waitFor();
  await page.keyboard.press('Escape');
  await until(page, 'nothing selected', (s) => s.selected === '');
});

scene('load is changed by the panel', async ({ page }) => {
  await page.getByTestId('tab-operate').click();
  await untilText(page, 'load-source', /www/);
  await untilText(page, 'load-now', /Now 100 req\/s at random times/);
  await page.getByTestId('load-requestsPerSecond').fill('400');
  await page.getByTestId('set-load').click();
  const deadline = Date.now() + 20_000;
  let rate = 0;
  while (rate < 300 && Date.now() < deadline) {
    await page.waitForTimeout(100);
    rate = Number.parseFloat(await textOf(page, 'figure-requests'));
  }
  assert.ok(rate >= 300, `users ask for ${rate} requests a second`);
});

scene('arrivals, shape and users are chosen by a form, which shows what there is', async ({ page, id }) => {
  const load = async () => (await world.server.call('GET', `simulations/${id}/traffic/www`)).load;
  await page.getByTestId('tab-operate').click();
  await untilText(page, 'load-now', /Now 100 req/);
  await page.getByTestId('load-kind').selectOption('deterministic');
  await page.getByTestId('load-requestsPerSecond').fill('200');
  await page.getByTestId('load-shape').selectOption('spike');
  await page.getByTestId('shape-atMs').fill('600');
  await page.getByTestId('shape-toFactor').fill('7.5');
  await page.getByTestId('set-load').click();
  await untilText(page, 'load-now', /Now 200 req\/s at equal times, spike, since/);
  const spike = { kind: 'spike', atMs: 600_000, riseMs: 5_000, holdMs: 30_000, fallMs: 5_000, fromFactor: 1, toFactor: 7.5 };
  assert.deepEqual((await load()).shape, spike);
  const { setSimTimeMs } = await world.server.call('GET', `simulations/${id}/traffic/www`);
  // Another rate leaves the shape where it is.
  await page.getByTestId('load-requestsPerSecond').fill('50');
  await page.getByTestId('set-load').click();
  await untilText(page, 'load-now', /Now 50\.0 req/);
  assert.equal((await world.server.call('GET', `simulations/${id}/traffic/www`)).setSimTimeMs, setSimTimeMs);
  // A page that opens now shows it.
  await page.reload();
  await untilText(page, 'load-now', /Now 50\.0 req\/s at equal times, spike/);
  assert.equal(await page.getByTestId('load-kind').inputValue(), 'deterministic');
  assert.equal(await page.getByTestId('shape-toFactor').inputValue(), '7.5');
  await page.getByTestId('set-load').scrollIntoViewIfNeeded();
  await shot(page, 'load');
  await page.getByTestId('load-kind').selectOption('users');
  await page.getByTestId('load-users').fill('40');
  await page.getByTestId('load-thinkMs').fill('0.5');
  await page.getByTestId('load-shape').selectOption('constant');
  await page.getByTestId('set-load').click();
  await untilText(page, 'load-now', /Now 40 users who think 500 ms/);
  assert.deepEqual((await load()).thinkTime, { distribution: 'exponential', meanMs: 500 });
  await page.getByTestId('load-kind').selectOption('trace');
  await page.getByTestId('load-file').setInputFiles({ name: 'trace.csv', mimeType: 'text/csv', buffer: Buffer.from('seconds\n0\n0.5\n1.5,putNew\n') });
  await page.getByTestId('load-loopMs').fill('10');
  await page.getByTestId('set-load').click();
  await untilText(page, 'load-now', /Now a trace of 3 requests, again every 10\.00 s/);
  assert.deepEqual((await load()).arrivals, { kind: 'trace', csv: '0\n0.5\n1.5,putNew\n', loopMs: 10_000 });
  // What the server refuses is said.
  await page.getByTestId('load-file').setInputFiles({ name: 'trace.csv', mimeType: 'text/csv', buffer: Buffer.from('5\n4\n') });
  await page.getByTestId('set-load').click();
  await page.locator('[data-testid=load-form] .wrong', { hasText: 'Line 2' }).waitFor();
});

scene('pause stops time and traffic, play and speed move them', async ({ page }) => {
  await until(page, 'running', (s) => s.simTimeMs > 2000);
  await page.getByTestId('play').click();
  const still = await until(page, 'paused', (s) => s.clock.state === 'paused');
  await page.waitForTimeout(500);
  const [one, at] = [await pixels(page), await state(page)];
  await page.waitForTimeout(700);
  assert.equal(differing(one.alpha, (await pixels(page)).alpha), 0, 'the traffic of a paused simulation moves');
  assert.equal((await state(page)).simTimeMs, at.simTimeMs);
  assert.ok(at.simTimeMs - still.simTimeMs < 1000);
  await page.getByTestId('step').click();
  await until(page, 'one second on', (s) => Math.abs(s.simTimeMs - at.simTimeMs - 1000) < 1 && s.clock.state === 'paused');
  await page.locator('#graph').click({ position: { x: 620, y: 8 } });
  await page.keyboard.press('Space');
  await until(page, 'running again', (s) => s.clock.state === 'running');
  await page.getByTestId('speed').selectOption('10');
  await until(page, 'speed 10', (s) => s.clock.speed === 10);
  const [from, wall] = [await state(page), Date.now()];
  await page.waitForTimeout(2000);
  const ratio = ((await state(page)).simTimeMs - from.simTimeMs) / (Date.now() - wall);
  // A busy machine may not keep up with ten times; it is never faster, and never as slow as before.
  assert.ok(ratio > 2 && ratio < 14, `simulated time runs at ${ratio.toFixed(1)} times wall time`);
});

scene('a deep link brings the view back', async ({ page }) => {
  await page.locator('.head[data-band="us-east-1.zoneB"] .band-name').click();
  await until(page, 'only zoneB', (s) => s.path === 'us-east-1.zoneB');
  await page.getByTestId('level-group').click();
  await until(page, 'groups', (s) => s.level === 'group');
  await page.locator('g.node[data-service=homepage]').first().click();
  await page.getByTestId('theme').click();
  await untilText(page, 'node-name', /homepage/);
  const before = await state(page);
  await page.waitForTimeout(300);
  await page.reload();
  const after = await until(page, 'the same view', (s) => s.connection === 'live' && s.level === 'group' && s.path === 'us-east-1.zoneB');
  assert.equal(after.nodes, before.nodes);
  assert.equal(after.selected, before.selected);
  await untilText(page, 'node-name', /homepage/);
  assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), 'light');
  await page.waitForTimeout(600);
  await shot(page, 'deep-link-light');
});

for (const [level, least] of [['region', 1], ['zone', 3], ['service', 8], ['group', 20], ['instance', 65]]) {
  scene(`level ${level} is drawn`, async ({ page }) => {
    await page.getByTestId(`level-${level}`).click();
    await until(page, `level ${level}`, (s) => s.level === level && s.nodes >= least);
    await untilCount(page, 'g.node', (await state(page)).nodes);
    await page.waitForTimeout(800);
    await shot(page, `level-${level}-light`);
  }, { hash: '&theme=light' });
}

scene('requests of users are listed, and one is shown as a waterfall', async ({ page }) => {
  await page.getByTestId('tab-flows').click();
  await page.locator('[data-testid=flows] li button').first().waitFor();
  await page.getByTestId('play').click();
  await until(page, 'paused', (s) => s.clock.state === 'paused');
  await page.locator('[data-testid=flows] li button').first().click();
  await page.locator('[data-testid=waterfall] g').first().waitFor();
  assert.ok((await page.locator('[data-testid=waterfall] g').count()) >= 4, 'www-elb, wwwproxy, login or homepage, subscriber ...');
  await shot(page, 'waterfall');
});

scene('the review says what the rules find in the document', async ({ page }) => {
  await page.getByTestId('tab-review').click();
  await untilText(page, 'findings', /Nobody asks instances how they are/);
  await untilText(page, 'review-summary', /^3 notes$/);
  await shot(page, 'review');
});

scene('works by keyboard: find, open, narrow, close', async ({ page }) => {
  await page.keyboard.press('/');
  await page.getByTestId('search').fill('evcache zoneC');
  await page.keyboard.press('Enter');
  await until(page, 'selected', (s) => /zoneC\.evcacheSubscriber/.test(s.selected));
  await page.keyboard.press('ArrowLeft');
  assert.match(await page.evaluate(() => document.activeElement?.getAttribute('aria-label') ?? ''), /subscriber/);
  await page.keyboard.press('Enter');
  await until(page, 'a subscriber', (s) => /\.subscriber\d+$/.test(s.selected));
  await page.getByTestId('focus').click();
  await until(page, 'neighbours only', (s) => s.focus !== '' && s.nodes < 65 && s.nodes > 1);
  await page.keyboard.press('Escape');
  await page.keyboard.press('Escape');
  await until(page, 'everything', (s) => s.focus === '' && s.nodes === 65);
  const unnamed = await page.locator('button:visible, select:visible, input:visible').evaluateAll((items) =>
    items.filter((item) => !(item.getAttribute('aria-label') || item.textContent?.trim() || item.closest('label') || item.getAttribute('title'))).map((item) => item.outerHTML));
  assert.deepEqual(unnamed, [], 'controls without a name');
  assert.ok((await textOf(page, 'live-region')).length > 0, 'the live region speaks');
});

scene('reduced motion: the marks stand still but are there', async ({ page }) => {
  await until(page, 'traffic', (s) => s.simTimeMs > 3000);
  await page.waitForTimeout(500);
  assert.ok((await pixels(page)).painted > 300);
  await page.getByTestId('play').click();
  await until(page, 'paused', (s) => s.clock.state === 'paused');
}, { options: { reducedMotion: 'reduce' } });

scene('a command is seen within 300 ms of its answer', async ({ page, id, t }) => {
  await until(page, 'running', (s) => s.simTimeMs > 2000);
  const times = [];
  const measure = async (what, method, path, body, shows) => {
    const { ms, whole } = await page.evaluate(async ({ method, path, body, shows }) => {
      const check = new Function('s', `return ${shows};`);
      const sent = performance.now();
      const answer = await fetch(`/api/v1/${path}`, { method, headers: { 'Content-Type': 'application/json' }, ...(body ? { body: JSON.stringify(body) } : {}) });
      const at = performance.now();
      const made = answer.status === 204 ? null : await answer.json();
      if (!answer.ok) throw new Error(`${answer.status} ${JSON.stringify(made)}`);
      window.made = made;
      for (let tries = 0; tries < 2000; tries += 1) {
        const s = window.__simianviz.state();
        if (check(s)) return { ms: Math.max(0, s.lastFrameAt - at), whole: performance.now() - sent };
        await new Promise((resolve) => setTimeout(resolve, 2));
      }
      return { ms: Infinity, whole: Infinity };
    }, { method, path, body, shows });
    times.push([what, ms]);
    t.diagnostic(`${what}: ${ms.toFixed(0)} ms from answer to frame, ${whole.toFixed(0)} ms from request to state`);
  };
  const at = `simulations/${id}`;
  const outage = (await world.server.call('GET', 'fault-types')).items.find((type) => type.selectors.includes('zones') && /zone|outage|down|crash/i.test(`${type.type} ${type.title}`));
  const down = "s.bands.some(([, word]) => word === 'down')";
  await measure('fail zoneC', 'POST', `${at}/faults`, { type: outage.type, selector: { zones: ['us-east-1.zoneC'] } }, down);
  const fault = await page.evaluate(() => window.made.id);
  await measure('heal zoneC', 'DELETE', `${at}/faults/${fault}`, null, `!${down}`);
  await measure('scale homepage', 'PUT', `${at}/services/homepage/scale`, { replicas: 30 }, 's.nodes === 71');
  await measure('pause', 'PUT', `${at}/clock`, { state: 'paused' }, "s.clock.state === 'paused'");
  await measure('play', 'PUT', `${at}/clock`, { state: 'running' }, "s.clock.state === 'running'");
  for (const [what, ms] of times) assert.ok(ms < 300, `${what}: ${ms.toFixed(0)} ms`);
});

scene('another simulation, taken from the picker, is drawn in place of the one before', async ({ page }) => {
  await world.server.create('e2e-other', { architecture: 'lamp' });
  try {
    await page.reload();
    await live(page, 65);
    await page.selectOption('[data-testid=simulation-picker]', 'e2e-other');
    await untilCount(page, 'g.node', 23);
    await until(page, 'lamp', (s) => s.nodes === 23);
    await shot(page, 'another-simulation');
  } finally {
    await world.server.call('DELETE', 'simulations/e2e-other');
  }
});
