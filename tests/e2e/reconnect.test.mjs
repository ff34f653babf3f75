// The page says when the server is gone and is live again when it is back; and it starts simulations itself.
import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { clean, launch, live, open, shot, state, until, untilText } from './browser.mjs';
import { Server } from './server.mjs';

let browser;
before(async () => {
  browser = await launch();
});
after(async () => {
  await browser?.close();
});

test('reconnecting while the server is gone, live when it is back on the same port', { timeout: 120_000 }, async () => {
  let server = await Server.start();
  const page = await open(browser, server.url, '#simulation=back&level=instance');
  try {
    await untilText(page, 'connection', /reconnecting|not on the server/);
    await server.create('back');
    await live(page, 65);
    await server.stop();
    await untilText(page, 'connection', /^reconnecting/);
    await untilText(page, 'status', /^Reconnecting$/);
    assert.equal((await state(page)).nodes, 65, 'the last picture stays');
    await shot(page, 'reconnecting');
    server = await Server.start(server.port);
    await untilText(page, 'connection', /not on the server/, 20_000);
    await server.create('back');
    await live(page, 65);
    await until(page, 'time goes on', (s) => s.simTimeMs > 500);
    await untilText(page, 'connection', /^live$/);
    clean(page, server.url);
  } finally {
    await page.context().close();
    await server.stop();
  }
});

test('a server with its usual settings opens on netflixoss, every instance in sight', { timeout: 60_000 }, async () => {
  const server = await Server.start(0, false);
  const page = await open(browser, server.url);
  try {
    const seen = await live(page, 65);
    assert.equal(seen.level, 'instance');
    await until(page, 'time goes on', (s) => s.simTimeMs > 500);
    clean(page, server.url);
  } finally {
    await page.context().close();
    await server.stop();
  }
});

test('an architecture is picked and started in the page', { timeout: 60_000 }, async () => {
  const server = await Server.start();
  const page = await open(browser, server.url);
  try {
    const dialog = page.getByRole('dialog');
    await page.waitForTimeout(800);
    if (!(await dialog.isVisible())) await page.getByTestId('new-simulation').click();
    await shot(page, 'start');
    await page.locator('[data-architecture=netflixoss]').click();
    await live(page, 65);
    assert.match(page.url(), /simulation=/);
    const running = await server.call('GET', 'simulations');
    assert.ok(running.items.some((item) => item.id === new URLSearchParams(new URL(page.url()).hash.slice(1)).get('simulation')));
    clean(page, server.url);
  } finally {
    await page.context().close();
    await server.stop();
  }
});
