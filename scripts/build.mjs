// Builds dist/: the phone's processes with esbuild, the window with Vite. `--if-needed` builds only when a source is newer.
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ensureInstalled, ROOT } from './ensure-installed.mjs';

ensureInstalled();
const { build } = await import('esbuild');
const { warmCodeCache } = await import('./warm-code-cache.mjs');
const STAMP = join(ROOT, 'dist', 'built');
const SOURCES = [
  'src-main',
  'src-shared',
  'src-renderer',
  'assets',
  'package.json',
  'scripts/build.mjs',
  'scripts/warm-code-cache.mjs',
  'scripts/warm-up-peer.mjs',
  'vite.config.mjs',
];

/** Loaded at every start: as part of the bundle only what is used of them is read. The others keep their own files. */
const BUNDLED = ['sdp-transform', 'valibot'];

function externalPackages() {
  const { dependencies, optionalDependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  const names = Object.keys({ ...dependencies, ...optionalDependencies, electron: '' });
  return names.filter((name) => !BUNDLED.includes(name));
}

function newest(path) {
  const { mtimeMs } = statSync(path);
  if (!statSync(path).isDirectory()) return mtimeMs;
  return readdirSync(path).reduce((latest, name) => Math.max(latest, newest(join(path, name))), mtimeMs);
}

/** The cache of compiled code is for one version of Node. */
const isFresh = () =>
  existsSync(STAMP) &&
  readFileSync(STAMP, 'utf8') === process.version &&
  Math.max(...SOURCES.map((path) => newest(join(ROOT, path)))) <= statSync(STAMP).mtimeMs;

/**
 * The programs as one CommonJS file each: only of such a file V8 keeps the code that it compiled (`src-main/boot`).
 * What is imported late inside it becomes a function that is called late.
 */
async function buildPrograms(common) {
  const importModule = {
    name: 'import-module',
    setup: ({ onResolve }) =>
      onResolve({ filter: /\/import-module\.ts$/ }, ({ kind }) =>
        kind === 'entry-point' ? undefined : { path: './import-module.cjs', external: true },
      ),
  };
  const programs = {
    phone: `export const startHeadless = () => import('./src-main/headless/main.ts');
            export const startWeb = () => import('./src-main/web/main.ts');`,
    media: `import './src-main/media/process/main.ts';`,
  };
  for (const [name, contents] of Object.entries(programs)) {
    await build({
      ...common,
      format: 'cjs',
      stdin: { contents, resolveDir: ROOT, sourcefile: `${name}.ts`, loader: 'ts' },
      plugins: [importModule],
      define: { 'import.meta.url': 'importMetaUrl', 'import.meta.dirname': '__dirname' },
      banner: { js: "const importMetaUrl = require('node:url').pathToFileURL(__filename).href;" },
      outfile: `dist/main/${name}.cjs`,
    });
  }
  await build({
    ...common,
    format: 'cjs',
    entryPoints: ['src-main/base/import-module.ts'],
    outfile: 'dist/main/import-module.cjs',
  });
}

async function buildAll() {
  rmSync(join(ROOT, 'dist'), { recursive: true, force: true });
  const common = {
    absWorkingDir: ROOT,
    bundle: true,
    platform: 'node',
    target: 'node20',
    external: externalPackages(),
    // Names stay: they are what a stack trace says.
    minifyWhitespace: true,
    minifySyntax: true,
    sourcemap: true,
    logLevel: 'warning',
  };
  await buildPrograms(common);
  await build({
    ...common,
    format: 'esm',
    splitting: true,
    entryPoints: {
      headless: 'src-main/boot/headless.ts',
      web: 'src-main/boot/web.ts',
      'media-process': 'src-main/boot/media-process.ts',
      'speech-process': 'src-main/features/away/transcripts/speech-process.ts',
      'calendar-worker': 'src-main/features/away/calendar/worker.ts',
      'shell/main': 'src-main/shell/main.ts',
    },
    outdir: 'dist/main',
  });
  // A sandboxed preload script must be one CommonJS file.
  await build({
    ...common,
    external: ['electron'],
    format: 'cjs',
    entryPoints: ['src-main/shell/preload.ts'],
    outfile: 'dist/main/shell/preload.cjs',
  });
  const { build: buildWindow } = await import('vite');
  await buildWindow({ configFile: join(ROOT, 'vite.config.mjs'), logLevel: 'warn' });
  const failure = await warmCodeCache();
  if (failure) console.log(`built without a code cache: ${failure}; the phone starts a little slower`);
  writeFileSync(STAMP, process.version);
}

if (!process.argv.includes('--if-needed') || !isFresh()) {
  const startedMs = performance.now();
  await buildAll();
  console.log(`built in ${((performance.now() - startedMs) / 1000).toFixed(1)} s`);
}
