// Bundles the dashboard into dist/: index.html, app.js, app.css, favicon.svg. Nothing in it refers to another host.
import { build } from 'esbuild';
import { cp, mkdir, rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

await rm(here('dist'), { recursive: true, force: true });
await mkdir(here('dist'), { recursive: true });
await build({
  entryPoints: { app: here('src/main.ts') },
  bundle: true,
  minify: true,
  sourcemap: false,
  format: 'esm',
  target: 'es2021',
  legalComments: 'none',
  outdir: here('dist'),
  logLevel: 'warning',
});
await build({ entryPoints: { app: here('src/style/app.css') }, bundle: true, minify: true, outdir: here('dist'), logLevel: 'warning' });
for (const file of ['index.html', 'favicon.svg']) await cp(here(`src/${file}`), here(`dist/${file}`));
console.log('built dist/');
