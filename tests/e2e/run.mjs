// Runs every browser test of this folder with node's own runner: npm run e2e, in web/.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
mkdirSync(here('output'), { recursive: true });
const only = process.argv.slice(2);
const tests = readdirSync(here('.')).filter((file) => file.endsWith('.test.mjs') && (only.length === 0 || only.some((word) => file.includes(word))));
// One file at a time: the tests measure times, and share the machine with the server and a browser that draws in software.
const run = tests.map((file) => spawnSync(process.execPath, ['--test', here(file)], { stdio: 'inherit' }).status ?? 1);
process.exit(tests.length === 0 ? 1 : Math.max(...run));
