// Starts the server under test and talks to its REST interface. The only file that knows how the server is started.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const startMs = 20_000;

const command = (port, own) => {
  const binary = process.env.SIMIANVIZ_SERVER ?? 'build/release/server/simianviz';
  const flags = ['--host', '127.0.0.1', '--port', String(port), '--web', 'web/dist', '--architectures', 'json_arch', '--config', 'config/server.json', ...(own ? ['--no-start'] : [])];
  return binary.endsWith('.mjs') ? [process.execPath, [binary, ...flags]] : [binary, flags];
};

export class Server {
  /** With nothing running, unless `own` is false: then with the simulation that a server starts with by itself. */
  static async start(port = 0, own = true) {
    const [binary, flags] = command(port, own);
    const child = spawn(binary, flags, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
    const server = new Server(child);
    server.url = await server.ready();
    server.port = Number(new URL(server.url).port);
    return server;
  }

  constructor(child) {
    this.child = child;
    this.output = [];
  }

  ready() {
    return new Promise((resolve, reject) => {
      const fail = (why) => reject(new Error(`${why}\n${this.output.join('\n')}`));
      const timer = setTimeout(() => fail('the server did not say that it is listening'), startMs);
      const line = (text) => {
        this.output.push(text);
        const found = /listening on (http:\/\/127\.0\.0\.1:\d+\/)/.exec(text);
        if (found) {
          clearTimeout(timer);
          resolve(found[1]);
        }
      };
      createInterface({ input: this.child.stdout }).on('line', line);
      createInterface({ input: this.child.stderr }).on('line', line);
      this.child.once('error', (error) => fail(`the server cannot be started: ${error.message}`));
      this.child.once('exit', (code) => fail(`the server ended with ${code} before it listened`));
    });
  }

  async stop(signal = 'SIGTERM') {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const ended = once(this.child, 'exit');
    this.child.kill(signal);
    const timer = setTimeout(() => this.child.kill('SIGKILL'), 10_000);
    await ended;
    clearTimeout(timer);
  }

  async call(method, path, body) {
    const response = await fetch(new URL(`api/v1/${path}`, this.url), {
      method, headers: { 'Content-Type': 'application/json' }, ...(body ? { body: JSON.stringify(body) } : {}),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return text === '' ? null : JSON.parse(text);
  }

  create(id, over = {}) {
    return this.call('POST', 'simulations', { architecture: 'netflixoss', id, seed: 7, ...over });
  }
}
