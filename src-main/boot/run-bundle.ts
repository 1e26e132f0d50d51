// Runs a built program, one CommonJS file, with the code that V8 compiled for it in an earlier run, where there is any that fits.
import { readFileSync } from 'node:fs';
import Module, { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Script } from 'node:vm';
import { keepCode, readCodeCache } from './code-cache.ts';

/** What the file of CommonJS gets from its surroundings; the newline leaves the columns of its first line as they are. */
const WRAPPER = ['(function (exports, require, module, __filename, __dirname) {\n', '\n})'] as const;

type Wrapped = (
  exports: unknown,
  require: NodeJS.Require,
  module: { readonly exports: unknown },
  file: string,
  folder: string,
) => void;

/** Set to `write` by the build: the run then takes no cache and leaves one behind. */
export const CODE_CACHE_VARIABLE = 'NIGHTJAR_CODE_CACHE';

/** What the bundle exports. It may throw what the bundle throws, but nothing because of its cache. */
export function runBundle(folder: string, name: string): unknown {
  const file = join(folder, `${name}.cjs`);
  // WHY: only Node's own loader reads source maps; and Electron has a V8 of its own, for which the build cannot compile.
  if (process.sourceMapsEnabled || 'electron' in process.versions) return loadByNode(file);
  const source = readFileSync(file);
  const cacheFile = join(folder, `${name}.cache`);
  const isWriting = process.env[CODE_CACHE_VARIABLE] === 'write';
  const script = new Script(WRAPPER.join(textOf(source)), {
    filename: file,
    lineOffset: -1,
    cachedData: isWriting ? undefined : readCodeCache(cacheFile, source),
  });
  if (isWriting) keepCode(script, source, cacheFile);
  const module = new Module(file);
  (script.runInThisContext() as Wrapped)(module.exports, createRequire(file), module, file, dirname(file));
  return module.exports;
}

/** Where Node keeps compiled code itself, it does so in the folder that NODE_COMPILE_CACHE names (`shell/main.ts`). */
function loadByNode(file: string): unknown {
  const { enableCompileCache } = Module as { readonly enableCompileCache?: () => unknown };
  if (process.env['NODE_COMPILE_CACHE'] !== undefined) enableCompileCache?.();
  return createRequire(file)(file);
}

/** The bundler writes ASCII, which V8 keeps in half the memory when it is told so. */
const textOf = (source: Buffer): string => source.toString('latin1');
