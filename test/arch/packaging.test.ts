import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '..', '..');
const { listPackage } = createRequire(import.meta.url)('@electron/asar') as {
  listPackage: (file: string, options: object) => string[];
};

let folder: string;
let resources: string;
let packed: readonly string[];

/** Packs with a stub in Electron's place: the rules of what goes in are the same. */
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'nightjar-pack-'));
  const stub = join(folder, 'electron');
  mkdirSync(join(stub, 'resources'), { recursive: true });
  mkdirSync(join(stub, 'locales'));
  writeFileSync(join(stub, 'electron'), '#!/bin/sh\n', { mode: 0o755 });
  writeFileSync(join(stub, 'version'), '45.4.1');
  const output = join(folder, 'out');
  const args = ['--linux', '--dir', `-c.electronDist=${stub}`, `-c.directories.output=${output}`];
  execFileSync(process.execPath, [join(ROOT, 'node_modules/electron-builder/cli.js'), ...args], {
    cwd: ROOT,
    stdio: 'pipe',
  });
  resources = join(output, 'linux-unpacked', 'resources');
  packed = listPackage(join(resources, 'app.asar'), {});
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the packed app', () => {
  it('has the phone, the media process, the window and the preload script', () => {
    for (const file of [
      '/dist/main/shell/main.js',
      '/dist/main/shell/preload.cjs',
      '/dist/main/media-process.js',
      '/dist/main/media.cjs',
      '/dist/main/import-module.cjs',
      '/dist/main/calendar-worker.js',
      '/assets/icons/tray.png',
      '/assets/icons/tray-news@2x.png',
      '/dist/renderer/index.html',
    ]) {
      expect(packed).toContain(file);
    }
  });

  it('starts at the shell', () => {
    expect(packed).toContain('/package.json');
    expect(readFileSync(join(ROOT, 'electron-builder.yml'), 'utf8')).toContain('main: dist/main/shell/main.js');
  });

  it('leaves sources, tests and tools out', () => {
    expect(packed.filter((file) => /^\/(src-|test|scripts|docs|bench)/.test(file))).toEqual([]);
    expect(
      packed.filter((file) => /node_modules\/(vitest|electron|typescript|esbuild|playwright-core)\//.test(file)),
    ).toEqual([]);
    expect(packed.filter((file) => file.endsWith('.map') || file.endsWith('.cache'))).toEqual([]);
  });

  it('carries what it needs at run time', () => {
    for (const name of ['@evan/opus', 'opus-decoder', 'node-sqlite3-wasm', 'ws', 'valibot', 'sdp-transform']) {
      expect(packed).toContain(`/node_modules/${name}/package.json`);
    }
  });

  it('keeps native code and sounds outside the archive', () => {
    expect(existsSync(join(resources, 'app.asar.unpacked', 'assets', 'audio', 'greeting.wav'))).toBe(true);
    const hasDriver = existsSync(join(ROOT, 'node_modules', 'naudiodon', 'build', 'Release', 'naudiodon.node'));
    const unpacked = join(
      resources,
      'app.asar.unpacked',
      'node_modules',
      'naudiodon',
      'build',
      'Release',
      'naudiodon.node',
    );
    expect(existsSync(unpacked)).toBe(hasDriver);
  });
});
