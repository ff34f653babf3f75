// Scenes: tests that have a simulation and a page of their own on one server and one browser, and leave nothing behind.
import test, { after, before } from 'node:test';
import { clean, launch, live, open } from './browser.mjs';
import { Server } from './server.mjs';

/** There while tests run. */
export const world = { server: null, browser: null };
let count = 0;

before(async () => {
  world.server = await Server.start();
  world.browser = await launch();
});
after(async () => {
  await world.browser?.close();
  await world.server?.stop();
});

export function scene(name, work, { hash = '', options = {}, over = {}, nodes = 65 } = {}) {
  test(name, { timeout: 120_000 }, async (t) => {
    count += 1;
    const id = `e2e-${count}`;
    await world.server.create(id, over);
    const page = await open(world.browser, world.server.url, `#simulation=${id}&level=instance${hash}`, options);
    try {
      await live(page, nodes);
      await work({ page, id, t });
      clean(page, world.server.url);
    } finally {
      await page.context().close();
      const { items } = await world.server.call('GET', 'simulations?pageSize=200');
      for (const simulation of items) await world.server.call('DELETE', `simulations/${simulation.id}`);
    }
  });
}
