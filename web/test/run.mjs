// Compiles test/*.test.ts and runs them with node's own test runner.
import { build } from 'esbuild';
import { spawnSync } from 'node:child_process';
import { readdirSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const out = here('../node_modules/.cache/simianviz-tests');
rmSync(out, { recursive: true, force: true });
const tests = readdirSync(here('.')).filter((file) => file.endsWith('.test.ts'));
await build({
  entryPoints: tests.map((file) => here(file)),
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node18',
  sourcemap: 'inline',
  outdir: out,
  outExtension: { '.js': '.mjs' },
  logLevel: 'warning',
});
const files = tests.map((file) => `${out}/${file.replace(/\.ts$/, '.mjs')}`);
const run = spawnSync(process.execPath, ['--enable-source-maps', '--test', ...files], {
  stdio: 'inherit',
  env: { ...process.env, SIMIANVIZ_ROOT: here('../..') },
});
process.exit(run.status ?? 1);
