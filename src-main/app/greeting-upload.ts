// A WAV file that a window sends in parts, for what one command may carry is little.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { err, ok, type Result } from '../base/result.ts';
import type { Runtime, Timer } from '../base/runtime.ts';

const MAX_BYTES = 60_000_000;

/** A window that sends nothing for so long has given up. */
const IDLE_MS = 60_000;

/** One at a time: another one begins anew. */
export class GreetingUpload {
  readonly #runtime: Runtime;
  #idle: Timer | undefined;
  #id: string | undefined;
  #parts: Buffer[] = [];
  #sizeBytes = 0;

  constructor(runtime: Runtime) {
    this.#runtime = runtime;
  }

  /** The failure is a sentence for people. */
  take(uploadId: string, base64: string): Result<void, string> {
    if (uploadId !== this.#id) this.#begin(uploadId);
    this.#idle?.cancel();
    this.#idle = this.#runtime.setTimer(IDLE_MS, () => this.#begin(undefined), true);
    const part = Buffer.from(base64, 'base64');
    this.#sizeBytes += part.length;
    if (this.#sizeBytes > MAX_BYTES) {
      this.#begin(undefined);
      return err('This file is too large for a greeting.');
    }
    this.#parts.push(part);
    return ok(undefined);
  }

  /** What came until now as a file, for as long as `use` takes. */
  async finish<T>(use: (file: string) => Promise<T>): Promise<T> {
    const folder = mkdtempSync(join(tmpdir(), 'nightjar-'));
    const file = join(folder, 'greeting.wav');
    try {
      writeFileSync(file, Buffer.concat(this.#parts));
      return await use(file);
    } finally {
      this.#begin(undefined);
      rmSync(folder, { recursive: true, force: true });
    }
  }

  #begin(uploadId: string | undefined): void {
    this.#idle?.cancel();
    this.#id = uploadId;
    this.#parts = [];
    this.#sizeBytes = 0;
  }
}
