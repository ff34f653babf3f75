// A real Prometheus scrapes the real server, and its answers are the server's own figures. The last line is "N passed, N failed".
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Server } from './server.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const directory = mkdtempSync(join(tmpdir(), 'simianviz-prometheus-'));
const simulation = 'prometheus-test';
const children = [];
let passed = 0;
let failed = 0;

const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

function check(name, good, detail = '') {
  if (good) passed += 1;
  else failed += 1;
  console.log(`${good ? 'ok' : 'NOT OK'} ${name}${good ? '' : `: ${detail}`}`);
}

function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.on('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

function start(command, args) {
  const child = spawn(command, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  const keep = (chunk) => { output = (output + chunk).slice(-10_000); };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  child.on('error', (error) => keep(String(error)));
  const started = { child, output: () => output, ended: new Promise((resolve) => { child.on('close', resolve); }) };
  children.push(started);
  return started;
}

async function until(what, seconds, condition) {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    try {
      const value = await condition();
      if (value) return value;
    } catch (error) {
      if (Date.now() > end) throw new Error(`${what}: ${error.message}`);
    }
    if (Date.now() > end) throw new Error(`${what}: not within ${seconds} s`);
    await sleep(200);
  }
}

async function get(url) {
  const response = await fetch(url);
  const text = await response.text();
  if (!response.ok) throw new Error(`GET ${url}: ${response.status} ${text}`);
  return text;
}

/** Prometheus text format as a map from "name{labels, sorted}" to its value. */
function samples(text) {
  const result = new Map();
  for (const line of text.split('\n')) {
    const found = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$/.exec(line);
    if (!found) continue;
    const labels = Object.fromEntries([...(found[2] ?? '').matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map((m) => [m[1], m[2]]));
    result.set(seriesKey(found[1], labels), Number(found[3].replace('Inf', 'Infinity')));
  }
  return result;
}

function seriesKey(name, labels) {
  const own = Object.entries(labels).filter(([label, value]) => value !== '' && !['job', 'instance', '__name__'].includes(label));
  const parts = own.map(([label, value]) => `${label}="${value}"`);
  return `${name}{${parts.sort().join(',')}}`;
}

async function query(base, expression) {
  const answer = JSON.parse(await get(`${base}/api/v1/query?query=${encodeURIComponent(expression)}`));
  if (answer.status !== 'success') throw new Error(JSON.stringify(answer));
  return answer.data.result;
}

/** config/prometheus.yml as it is, but for the port it scrapes and how often. */
function configuration(port) {
  const original = readFileSync(join(root, 'config/prometheus.yml'), 'utf8');
  const changed = original
    .replace(/(targets:\s*(?:\[|-)?\s*["']?[\w.-]+:)\d+/, `$1${port}`)
    .replace(/scrape_interval:\s*\S+/g, 'scrape_interval: 1s')
    .replace(/scrape_timeout:\s*\S+/g, 'scrape_timeout: 1s');
  check('config/prometheus.yml names a target', changed.includes(`:${port}`), original);
  const path = join(directory, 'prometheus.yml');
  writeFileSync(path, changed);
  return path;
}

function promtool(args, input = '') {
  const run = spawnSync('promtool', args, { input, encoding: 'utf8', cwd: root });
  check(`promtool ${args.slice(0, 2).join(' ')}`, run.status === 0, `${run.stdout}${run.stderr}${run.error ?? ''}`);
}

/** Runs for a while, then stands still, so that every later scrape has the same figures. */
async function runSimulation(server) {
  await server.create(simulation, { speed: 10 });
  await sleep(4000);
  await server.call('PUT', `simulations/${simulation}/clock`, { state: 'paused' });
  await sleep(1500);
}

async function startPrometheus(port) {
  const config = configuration(port);
  promtool(['check', 'config', 'config/prometheus.yml']);
  promtool(['check', 'config', config]);
  const own = await freePort();
  const prometheus = start('prometheus', [`--config.file=${config}`, `--storage.tsdb.path=${join(directory, 'data')}`, `--web.listen-address=127.0.0.1:${own}`, '--log.level=warn']);
  const base = `http://127.0.0.1:${own}`;
  await until('Prometheus has scraped', 60, async () => (await query(base, 'up')).some((one) => one.value[1] === '1'))
    .catch((error) => { throw new Error(`${error.message}\n${prometheus.output()}`); });
  await sleep(2500);
  return base;
}

/** Every series of the simulation that stands still is in Prometheus with the value that the server shows. */
async function compareSeries(server, prometheus) {
  const page = await get(new URL('metrics', server));
  promtool(['check', 'metrics'], page);
  const shown = new Map([...samples(page)].filter(([key]) => key.includes(`"${simulation}"`)));
  check('the page has series of the simulation', shown.size > 100, `${shown.size}`);
  const collected = new Map((await query(prometheus, '{__name__=~"simianviz_.+"}')).map((one) => [seriesKey(one.metric.__name__, one.metric), Number(one.value[1].replace('Inf', 'Infinity'))]));
  const different = [...shown].filter(([key, value]) => !Object.is(collected.get(key), value)).map(([key, value]) => `${key}: shown ${value}, collected ${collected.get(key)}`);
  check(`all ${shown.size} series are collected as shown`, different.length === 0, different.slice(0, 5).join('; '));
}

const figure = async (prometheus, expression) => Number((await query(prometheus, expression))[0]?.value[1]);

/** What Prometheus computes is what the server's own REST interface says. */
async function compareFigures(server, prometheus) {
  const summary = await server.call('GET', `simulations/${simulation}/metrics/summary`);
  const { requests, counts, simTimeMs } = await server.call('GET', `simulations/${simulation}`);
  const users = summary.entries.find((entry) => entry.service === 'www')?.run;
  const of = (metric, more = '') => `sum(${metric}{simulation="${simulation}"${more}})`;
  const same = async (expression, expected) => {
    const found = await figure(prometheus, expression);
    check(`${expression} is ${expected}`, found === expected, `it is ${found}`);
  };
  check('users were served', requests.succeeded > 1000 && users.requests > 1000, JSON.stringify({ requests, users }));
  await same(of('simianviz_requests_total', ', service="www"'), users.requests);
  await same(of('simianviz_request_errors_total', ', service="www"'), users.errors);
  await same(of('simianviz_user_requests_total', ', outcome="succeeded"'), requests.succeeded);
  await same(of('simianviz_user_requests_total', ', outcome="failed"'), requests.failed);
  await same(of('simianviz_instances', ', state="up"'), counts.instances);
  await same(`count(count by (service) (simianviz_instances{simulation="${simulation}"}))`, counts.services);
  await same(`round(1000 * ${of('simianviz_simulated_time_seconds')})`, Math.round(simTimeMs));
  for (const [share, ms] of [[0.5, users.p50Ms], [0.95, users.p95Ms], [0.99, users.p99Ms]]) await compareQuantile(prometheus, share, ms / 1000);
}

/** Prometheus knows a quantile as well as its buckets are narrow: both have to lie in the same one, or at its edge. */
async function compareQuantile(prometheus, share, expected) {
  const buckets = `simianviz_request_duration_seconds_bucket{simulation="${simulation}", service="www"}`;
  const estimate = await figure(prometheus, `histogram_quantile(${share}, sum by (le) (${buckets}))`);
  const bounds = (await query(prometheus, `count by (le) (${buckets})`)).map((one) => Number(one.metric.le.replace('+Inf', 'Infinity'))).sort((a, b) => a - b);
  const upper = bounds.find((bound) => bound >= estimate);
  const lower = bounds[bounds.indexOf(upper) - 1] ?? 0;
  check(`quantile ${share} is ${expected} s`, expected >= lower * 0.99 && expected <= upper * 1.01, `${estimate} s is between ${lower} and ${upper}`);
}

async function stopAll(server) {
  await server?.stop();
  for (const { child } of children) child.kill('SIGTERM');
  const patience = setTimeout(() => { for (const { child } of children) child.kill('SIGKILL'); }, 10_000);
  await Promise.all(children.map((one) => one.ended));
  clearTimeout(patience);
  rmSync(directory, { recursive: true, force: true });
}

let server;
try {
  server = await Server.start();
  await runSimulation(server);
  const prometheus = await startPrometheus(server.port);
  await compareSeries(server.url, prometheus);
  await compareFigures(server, prometheus);
} catch (error) {
  check('the test runs to its end', false, error.message);
}
await stopAll(server);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
