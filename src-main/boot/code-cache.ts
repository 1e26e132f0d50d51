// The file in which compiled code is kept beside its bundle: a digest over source and code, then what V8 wrote.
import { createHash } from 'node:crypto';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import type { Script } from 'node:vm';

const DIGEST = 'sha256';
const DIGEST_BYTES = 32;

/**
 * The compiled code for just this source; undefined when there is none or it is damaged.
 * WHY: V8 itself compares its version, its flags and the length of the source, but trusts the rest: a torn file ends the process.
 */
export function readCodeCache(file: string, source: Buffer): Buffer | undefined {
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch {
    return undefined;
  }
  const code = bytes.subarray(DIGEST_BYTES);
  return digestOf(source, code).equals(bytes.subarray(0, DIGEST_BYTES)) ? code : undefined;
}

/** How often what was compiled by then is written. */
const WRITE_EVERY_MS = 250;

/** What this program sets when it runs (`storage/database.ts`, and here), with what it implies, as it is when a program starts. */
const FLAGS_AT_START = ['--flush-bytecode', '--no-liftoff-only', '--wasm-tier-up', '--wasm-dynamic-tiering'];

/**
 * Writes all that is compiled, again and again while the program runs: whoever wants the cache may kill it at any time.
 * A folder that cannot be written stays without.
 */
export function keepCode(script: Script, source: Buffer, file: string): void {
  const writeOnce = (): void => {
    try {
      writeCode(codeOf(script), source, file);
    } catch {
      return;
    }
    keepCode(script, source, file);
  };
  // Else V8 drops what has not run for a while.
  setFlagsFromString('--no-flush-bytecode');
  setTimeout(writeOnce, WRITE_EVERY_MS).unref();
}

/** WHY: V8 refuses code from other flags than those that hold when it is read, which are those of the start. */
function codeOf(script: Script): Buffer {
  for (const flag of FLAGS_AT_START) setFlagsFromString(flag);
  return script.createCachedData();
}

/** Under another name first: no reader sees half of it. */
function writeCode(code: Buffer, source: Buffer, file: string): void {
  const unfinished = `${file}.${process.pid}`;
  writeFileSync(unfinished, Buffer.concat([digestOf(source, code), code]));
  renameSync(unfinished, file);
}

const digestOf = (source: Buffer, code: Buffer): Buffer => createHash(DIGEST).update(source).update(code).digest();
