// Breaking things by the panel: every type of fault, whom it would hit before it starts, marks in the picture, errors at their inputs, copies.
import assert from 'node:assert/strict';
import { live, shot, state, until, untilCount, untilText } from './browser.mjs';
import { scene, world } from './scene.mjs';

const faultsOf = async (id) => (await world.server.call('GET', `simulations/${id}/faults`)).items;

scene('a fault is started by the form and stopped from the list', async ({ page, id }) => {
  await page.getByTestId('tab-faults').click();
  await page.getByTestId('fault-type').selectOption('service.latency');
  await page.getByTestId('fault-target').first().selectOption('subscriber');
  await untilText(page, 'prediction', /^Hits 6 instances of 1 service in zoneA, zoneB, zoneC/);
  await page.getByTestId('fault-duration').fill('300');
  await page.getByTestId('start-fault').click();
  await untilCount(page, '[data-testid=active-fault]', 1);
  await untilText(page, 'active-fault', /subscriber: 6 instances.*4:\d\d left, until/);
  await untilCount(page, '[data-testid=fault-mark]', 6);
  await untilText(page, 'tab-faults', /^Faults1$/);
  await shot(page, 'fault-form');
  const [fault] = await faultsOf(id);
  assert.deepEqual([fault.type, fault.selector], ['service.latency', { services: ['subscriber'] }]);
  await page.getByTestId('active-fault').getByRole('button').click();
  await untilCount(page, '[data-testid=active-fault]', 0);
  await untilCount(page, '[data-testid=fault-mark]', 0);
});

scene('those whom chance would choose are shown before, and are the ones that are hit', async ({ page, id }) => {
  await page.getByTestId('tab-faults').click();
  await page.getByTestId('fault-type').selectOption('instance.slow');
  await page.getByTestId('fault-target').first().selectOption('homepage');
  await page.getByTestId('fault-mode').selectOption('count');
  await page.getByTestId('fault-value').fill('3');
  await untilText(page, 'prediction', /^Hits 3 instances of 1 service/);
  await untilCount(page, 'circle.aimed', 3);
  await shot(page, 'fault-aimed');
  assert.deepEqual(await faultsOf(id), [], 'nothing has begun');
  await page.getByTestId('start-fault').click();
  await untilCount(page, '[data-testid=fault-mark]', 3);
  const marked = await page.locator('[data-testid=fault-mark]').evaluateAll((marks) => marks.map((mark) => mark.getAttribute('data-id')).sort());
  const { items } = await world.server.call('GET', `simulations/${id}/events?types=fault.started`);
  assert.deepEqual(marked, items[0].data.instances.split(', ').sort());
  await page.reload();
  await live(page, 65);
  await untilCount(page, '[data-testid=fault-mark]', 3);
  await page.getByTestId('end-all-faults').click();
  await untilCount(page, '[data-testid=fault-mark]', 0);
});

scene('every type of fault has a form, grouped by family', async ({ page }) => {
  await page.getByTestId('tab-faults').click();
  await page.locator('[data-testid=fault-type] option').nth(40).waitFor({ state: 'attached' });
  const types = await page.locator('[data-testid=fault-type] option').evaluateAll((options) => options.map((option) => [option.value, option.parentElement.label]));
  const known = (await world.server.call('GET', 'fault-types?pageSize=200')).items;
  assert.deepEqual(types.map(([type]) => type).sort(), known.map((type) => type.type).sort());
  assert.ok(types.every(([, family]) => family && family !== 'Others'), 'a type without a family');
  for (const { type, parameters, choosesInstances, takesTarget } of known) {
    await page.getByTestId('fault-type').selectOption(type);
    for (const parameter of parameters) assert.ok(await page.locator(`[data-testid="parameter-${parameter.name}"]`).isVisible(), `${type}: ${parameter.name}`);
    assert.equal(await page.getByTestId('fault-direction').isVisible(), takesTarget, type);
    assert.equal(await page.getByTestId('fault-mode').isVisible(), choosesInstances, type);
  }
});

scene('what the server has against a fault is said at the input that it is about', async ({ page, id }) => {
  await page.getByTestId('tab-faults').click();
  await page.getByTestId('fault-type').selectOption('instance.outage');
  await page.getByTestId('fault-target-typed').first().fill('netflixoss.us-east-1.zoneA.nobody99');
  const wrong = page.locator('[data-testid=fault-form] .part .wrong');
  await wrong.first().waitFor();
  assert.match(await wrong.first().textContent(), /no|not|unknown/i);
  await shot(page, 'fault-wrong');
  assert.deepEqual(await faultsOf(id), []);
  await page.getByTestId('fault-target-typed').first().fill('netflixoss.us-east-1.zoneA.homepage00');
  await untilText(page, 'prediction', /^Hits 1 instance of 1 service/);
  await untilCount(page, '[data-testid=fault-form] .wrong', 0);
});

scene('a fault between two services marks the streams between them', async ({ page, id }) => {
  await page.getByTestId('tab-faults').click();
  await page.getByTestId('fault-type').selectOption('dependency.refuse');
  await page.getByTestId('fault-target').first().selectOption('subscriber');
  await page.getByTestId('fault-other-more').click();
  await page.getByTestId('fault-other').selectOption('cassSubscriber');
  await page.getByTestId('start-fault').click();
  await page.getByTestId('link-mark').first().waitFor();
  const [fault] = await faultsOf(id);
  assert.deepEqual([fault.selector, fault.target], [{ services: ['subscriber'] }, { services: ['cassSubscriber'] }]);
  await shot(page, 'fault-links');
  await page.getByTestId('level-service').click();
  await until(page, 'services', (s) => s.level === 'service');
  await untilCount(page, '[data-testid=link-mark]', 1);
});

scene('a gray zone is marked on the zone, and its button takes it away', async ({ page, id }) => {
  await world.server.call('POST', `simulations/${id}/faults`, { type: 'zone.gray', selector: { zones: ['us-east-1.zoneB'] } });
  await page.locator('.head[data-band="us-east-1.zoneB"] .band-faults', { hasText: '⚡' }).waitFor();
  await untilCount(page, '.lane.faulted', 1);
  await shot(page, 'gray-zone');
  await page.getByTestId('zone-zoneB').click();
  await untilCount(page, '.lane.faulted', 0);
});

scene('a node is taken to the form of faults by its panel', async ({ page }) => {
  await page.locator('g.node[data-service="login"]').first().click();
  await page.getByTestId('node-break').click();
  await until(page, 'an instance', (s) => s.selected !== '');
  await untilText(page, 'prediction', /^Hits 1 instance of 1 service/);
  assert.equal(await page.getByTestId('fault-target-typed').first().inputValue(), (await state(page)).selected);
});

scene('a fault is tried in a copy, and the copy compared', async ({ page, id }) => {
  await until(page, 'some seconds', (s) => s.simTimeMs > 5000);
  await page.getByTestId('tab-faults').click();
  await page.getByTestId('fault-type').selectOption('service.outage');
  await page.getByTestId('fault-target').first().selectOption('subscriber');
  await page.getByTestId('fork-fault').click();
  const copy = await until(page, 'the copy', (s) => s.simulation !== id && s.simulation !== '' && s.nodes === 65);
  assert.deepEqual(await faultsOf(id), [], 'the origin goes on without it');
  assert.equal((await faultsOf(copy.simulation)).length, 1);
  await untilText(page, 'origin', new RegExp(`copy of ${id}`));
  const at = (await state(page)).simTimeMs;
  await until(page, 'time for users to notice', (s) => s.simTimeMs > at + 6000);
  await page.locator('[data-testid=relative] [data-act=Compare]').first().click();
  await untilText(page, 'verdict', /more requests of users failed in/, 60_000);
  await untilText(page, 'first-command', /Start fault service\.outage subscriber/);
  await untilText(page, 'first-event', /^They part at 0:/);
  await page.locator('section.subject[data-subject=users] tr.worse[data-metric=errorShare]').waitFor();
  await page.waitForTimeout(300);
  await shot(page, 'comparison');
  assert.match(page.url(), new RegExp(`compare=${id}\\.\\.`));
  const link = page.url();
  await page.goto('about:blank');
  await page.goto(link);
  await untilText(page, 'verdict', /more requests of users failed in/, 60_000);
  await page.getByTestId('look-at').click();
  const still = await until(page, 'a copy that stands still', (s) => s.simulation !== copy.simulation && s.clock?.state === 'paused');
  assert.ok(still.simTimeMs < at + 3000, `it stands at ${still.simTimeMs}`);
});
