import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { Script } from 'node:vm';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { readCodeCache } from '../../../src-main/boot/code-cache.ts';
import { CODE_CACHE_VARIABLE, runBundle } from '../../../src-main/boot/run-bundle.ts';

const SOURCE = `'use strict';
const { join } = require('node:path');
exports.place = join(__dirname, 'x');
exports.file = __filename;
exports.sum = (a, b) => a + b;
exports.fail = () => { throw new Error('on purpose'); };
`;
const WRITE_WITHIN_MS = 1000;
/** Where V8's own header says which version wrote it, after our digest. */
const VERSION_AT = 32 + 4;

interface Demo {
  readonly place: string;
  readonly file: string;
  readonly sum: (a: number, b: number) => number;
  readonly fail: () => never;
}

let folder: string;
let cacheFile: string;
beforeEach(() => {
  vi.useFakeTimers();
  folder = mkdtempSync(join(tmpdir(), 'nightjar-boot-'));
  cacheFile = join(folder, 'demo.cache');
  writeFileSync(join(folder, 'demo.cjs'), SOURCE);
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

const run = () => runBundle(folder, 'demo') as Demo;

/** As the build does it. */
function writeCache(): Buffer {
  vi.stubEnv(CODE_CACHE_VARIABLE, 'write');
  run().sum(1, 2);
  vi.advanceTimersByTime(WRITE_WITHIN_MS);
  vi.stubEnv(CODE_CACHE_VARIABLE, undefined);
  setFlagsFromString('--flush-bytecode');
  return readFileSync(cacheFile);
}

const wrapped = (source: string) => `(function (exports, require, module, __filename, __dirname) {\n${source}\n})`;

/** What of the cache is handed to V8. */
const taken = () => readCodeCache(cacheFile, readFileSync(join(folder, 'demo.cjs')));

describe('a bundle', () => {
  it('runs where no code is kept for it, and knows its own place', () => {
    expect(run().sum(1, 2)).toBe(3);
    expect(run().file).toBe(join(folder, 'demo.cjs'));
    expect(run().place).toBe(join(folder, 'x'));
  });

  it('keeps the lines and columns of its file in a stack trace', () => {
    expect(() => run().fail()).toThrow('on purpose');
    try {
      run().fail();
    } catch (error) {
      expect((error as Error).stack).toContain(`${join(folder, 'demo.cjs')}:6:30`);
    }
  });

  it('passes on what it throws itself', () => {
    writeFileSync(join(folder, 'demo.cjs'), "throw new Error('broken');");
    expect(run).toThrow('broken');
  });
});

describe('the code cache of a bundle', () => {
  it('is written by a run that is asked for it, and V8 takes it in a later one', () => {
    writeCache();
    const code = taken();
    expect(code).toBeDefined();
    expect(new Script(wrapped(SOURCE), { cachedData: code }).cachedDataRejected).toBe(false);
    expect(run().sum(1, 2)).toBe(3);
  });

  it('is written only when it is asked for', () => {
    run();
    vi.advanceTimersByTime(WRITE_WITHIN_MS);
    expect(() => readFileSync(cacheFile)).toThrow('ENOENT');
  });

  it.each([
    ['torn', (whole: Buffer) => whole.subarray(0, whole.length >> 1)],
    ['empty', () => Buffer.alloc(0)],
    ['shorter than a digest', (whole: Buffer) => whole.subarray(0, 10)],
    ['something else', () => Buffer.alloc(5000, 'x')],
    [
      'damaged in one byte',
      (whole: Buffer) => {
        const damaged = Buffer.from(whole);
        damaged.writeUInt8(damaged.readUInt8(whole.length >> 1) ^ 0xff, whole.length >> 1);
        return damaged;
      },
    ],
  ])('is left alone when it is %s', (_name, change) => {
    writeFileSync(cacheFile, change(writeCache()));
    expect(taken()).toBeUndefined();
    expect(run().sum(1, 2)).toBe(3);
  });

  it('is left alone when the bundle is another one of the same length', () => {
    writeCache();
    writeFileSync(join(folder, 'demo.cjs'), SOURCE.replace('a + b', 'a * b'));
    expect(run().sum(2, 5)).toBe(10);
  });

  it('is refused by another version of V8, and the bundle runs all the same', () => {
    const written = writeCache();
    written.writeUInt32LE(written.readUInt32LE(VERSION_AT) ^ 1, VERSION_AT);
    const foreign = written.subarray(32);
    const digest = createHash('sha256').update(SOURCE).update(foreign).digest();
    writeFileSync(cacheFile, Buffer.concat([digest, foreign]));
    expect(taken()).toEqual(foreign);
    expect(new Script(wrapped(SOURCE), { cachedData: foreign }).cachedDataRejected).toBe(true);
    expect(run().sum(1, 2)).toBe(3);
  });

  it('is done without where the folder cannot be written', () => {
    mkdirSync(`${cacheFile}.${process.pid}`);
    expect(writeCache).toThrow('ENOENT');
    vi.stubEnv(CODE_CACHE_VARIABLE, undefined);
    expect(run().sum(1, 2)).toBe(3);
  });
});
