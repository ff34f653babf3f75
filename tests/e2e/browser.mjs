// A headless Chromium and what the tests ask of a page.
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const { chromium } = createRequire(new URL('../../web/package.json', import.meta.url))('playwright-core');
const output = fileURLToPath(new URL('output/', import.meta.url));
const flags = ['--headless', '--no-sandbox', '--disable-quic', '--disable-background-networking', '--use-angle=swiftshader', '--enable-unsafe-swiftshader'];

export const launch = () => chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: flags });

/** A page on the dashboard that remembers every address it asked for and every error it met. */
export async function open(browser, url, hash = '', options = {}) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, colorScheme: 'dark', ...options });
  const page = await context.newPage();
  page.requested = [];
  page.errors = [];
  page.on('request', (request) => page.requested.push(request.url()));
  page.on('websocket', (socket) => page.requested.push(socket.url()));
  page.on('pageerror', (error) => page.errors.push(error.stack ?? String(error)));
  page.on('console', (message) => {
    // A browser logs every answer of 400 and up and every refused socket; what counts is an error of the page itself.
    if (message.type() === 'error' && !/Failed to load resource|WebSocket connection/.test(message.text())) page.errors.push(message.text());
  });
  await page.goto(`${url}${hash}`);
  return page;
}

export const state = (page) => page.evaluate(() => window.__simianviz.state());

/** Asks again and again until `check(state)` holds; says what it last saw when it never does. */
export async function until(page, what, check, timeoutMs = 15_000) {
  const deadline = Date.now() + timeoutMs;
  let last;
  for (;;) {
    last = await state(page);
    if (check(last)) return last;
    if (Date.now() > deadline) {
      await shot(page, `failed-${what.replace(/[^a-z0-9]+/gi, '-')}`);
      delete last.states;
      assert.fail(`not within ${timeoutMs} ms: ${what}; the page has ${JSON.stringify(last)}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 40));
  }
}

export const live = (page, nodes) => until(page, `live with ${nodes} nodes`, (s) => s.connection === 'live' && s.nodes === nodes);

export async function textOf(page, testId) {
  return (await page.getByTestId(testId).first().textContent()) ?? '';
}

export async function untilText(page, testId, pattern, timeoutMs = 15_000) {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const text = await textOf(page, testId);
    if (pattern.test(text)) return text;
    if (Date.now() > deadline) assert.fail(`not within ${timeoutMs} ms: ${testId} matches ${pattern}; it says "${text}"`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Drawing follows the state by a frame: waits until as many elements are there. */
export async function untilCount(page, selector, wanted, timeoutMs = 15_000) {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const count = await page.locator(selector).count();
    if (count === wanted) return;
    if (Date.now() > deadline) assert.fail(`not within ${timeoutMs} ms: ${wanted} of ${selector}; there are ${count}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** The traffic layer's pixels: how many are painted, and a copy to compare with. */
export const pixels = (page) => page.evaluate(() => {
  const canvas = document.querySelector('canvas.traffic');
  const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  let painted = 0;
  const alpha = [];
  for (let i = 3; i < data.length; i += 4) {
    if (data[i] > 40) painted += 1;
    if (i % 12 === 3) alpha.push(data[i] > 40 ? 1 : 0);
  }
  return { painted, alpha: alpha.join('') };
});

export function differing(a, b) {
  let count = 0;
  for (let i = 0; i < a.length; i += 1) if (a[i] !== b[i]) count += 1;
  return count;
}

export async function shot(page, name) {
  mkdirSync(output, { recursive: true });
  await page.screenshot({ path: `${output}${name}.png` });
}

/** No request left the server that the page came from, and the page met no error. */
export function clean(page, url) {
  const host = new URL(url).host;
  const foreign = page.requested.filter((address) => !/^(data|blob):/.test(address) && new URL(address).host !== host);
  assert.deepEqual(foreign, [], 'requests to other hosts');
  assert.ok(page.requested.some((address) => address.startsWith('ws:')), 'the stream was opened');
  assert.deepEqual(page.errors, [], 'errors of the page');
}
