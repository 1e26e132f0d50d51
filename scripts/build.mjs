// Builds dist/: the phone's processes with esbuild, the window with Vite. `--if-needed` builds only when a source is newer.
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ensureInstalled, ROOT } from './ensure-installed.mjs';

ensureInstalled();
const { build } = await import('esbuild');
const STAMP = join(ROOT, 'dist', 'built');
const SOURCES = [
  'src-main',
  'src-shared',
  'src-renderer',
  'assets',
  'package.json',
  'scripts/build.mjs',
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

const isFresh = () =>
  existsSync(STAMP) && Math.max(...SOURCES.map((path) => newest(join(ROOT, path)))) <= statSync(STAMP).mtimeMs;

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
  await build({
    ...common,
    format: 'esm',
    splitting: true,
    entryPoints: {
      headless: 'src-main/headless/main.ts',
      web: 'src-main/web/main.ts',
      'media-process': 'src-main/media/process/main.ts',
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
  writeFileSync(STAMP, '');
}

if (!process.argv.includes('--if-needed') || !isFresh()) {
  const startedMs = performance.now();
  await buildAll();
  console.log(`built in ${((performance.now() - startedMs) / 1000).toFixed(1)} s`);
}
