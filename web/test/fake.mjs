// Compiles and runs the fake server: node test/fake.mjs --web dist --port 8080
import { build } from 'esbuild';
import { fileURLToPath } from 'node:url';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const out = here('../node_modules/.cache/simianviz-fake/server.mjs');
await build({ entryPoints: [here('fake-server.ts')], bundle: true, platform: 'node', format: 'esm', target: 'node18', outfile: out, external: ['ws'], logLevel: 'warning' });
await import(out);
