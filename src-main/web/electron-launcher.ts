// Finds Electron's binary and runs the app in it. Does not import electron: its package may be here without the binary.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** `tell` is given a sentence when something takes time. */
export async function findElectron(
  tell: (text: string) => void,
): Promise<{ readonly binary: string } | { readonly reason: string }> {
  const folder = packageFolder();
  if (folder === undefined) return { reason: 'Electron is not installed' };
  const found = binaryIn(folder) ?? (await fetchBinary(folder, tell));
  return found === undefined ? { reason: "Electron's binary is not here and could not be fetched" } : { binary: found };
}

export function runElectron(binary: string, args: readonly string[]): Promise<number> {
  const entry = join(dirname(fileURLToPath(import.meta.url)), 'shell', 'main.js');
  const child = spawn(binary, [entry, ...args], { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal));
  return new Promise((resolve) => {
    child.on('error', () => resolve(1));
    child.on('exit', (code) => resolve(code ?? 1));
  });
}

function packageFolder(): string | undefined {
  try {
    return dirname(createRequire(import.meta.url).resolve('electron/package.json'));
  } catch {
    return undefined;
  }
}

function binaryIn(folder: string): string | undefined {
  const override = process.env['ELECTRON_OVERRIDE_DIST_PATH'];
  const pathFile = join(folder, 'path.txt');
  if (!existsSync(pathFile)) return undefined;
  const name = readFileSync(pathFile, 'utf8').trim();
  const binary = join(override ?? join(folder, 'dist'), name);
  return existsSync(binary) ? binary : undefined;
}

const FETCH_LIMIT_MS = 120_000;

/** The package brings an installer that fetches the binary when it is first needed. */
function fetchBinary(folder: string, tell: (text: string) => void): Promise<string | undefined> {
  const installer = join(folder, 'install.js');
  if (!existsSync(installer) || process.env['ELECTRON_SKIP_BINARY_DOWNLOAD']) return Promise.resolve(undefined);
  tell("Looking for Electron's binary; this may take a moment the first time …");
  const child = spawn(process.execPath, [installer], { cwd: folder, stdio: 'ignore', timeout: FETCH_LIMIT_MS });
  return new Promise((resolve) => {
    child.on('error', () => resolve(undefined));
    child.on('exit', () => resolve(binaryIn(folder)));
  });
}
