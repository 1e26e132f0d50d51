// The master keys of sealed recordings: each in the secret store under its own name, so that no key is ever written over.
import { createHash, randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { err, ok, type Result } from '../base/result.ts';
import { readJsonFile, writeFileAtomically } from './atomic-file.ts';
import type { SecretStore } from './secret-store.ts';

const KEY_BYTES = 32;
const ID = /^[0-9a-f]{16}$/;

export interface MasterKey {
  /** The beginning of the key's SHA-256, in hexadecimal digits. */
  readonly id: string;
  readonly key: Uint8Array;
}

export interface SoundKeyRingOptions {
  /** Asked for when a key is read or made, and not before. */
  readonly secrets: () => SecretStore | Promise<SecretStore>;
  /** Which keys there are: their names, no secret. The newest one is the last. */
  readonly listFile: string;
  /** A key that an administrator keeps: 32 bytes, made with mode 0600 where there is none yet. It goes before all others. */
  readonly keyFile: string | null;
}

export class SoundKeyRing {
  readonly #options: SoundKeyRingOptions;
  readonly #keys: MasterKey[] = [];

  private constructor(options: SoundKeyRingOptions) {
    this.#options = options;
  }

  /** Reads the keys that there are. */
  static async open(options: SoundKeyRingOptions): Promise<SoundKeyRing> {
    const ring = new SoundKeyRing(options);
    await ring.#load();
    return ring;
  }

  /** That by which recordings are sealed comes first. */
  get keys(): readonly MasterKey[] {
    return this.#keys;
  }

  /** Makes a key where none can be read. The failure is a sentence. */
  async ensure(): Promise<Result<void, string>> {
    if (this.#keys.length > 0) return ok(undefined);
    try {
      const made = keyOf(randomBytes(KEY_BYTES));
      const { keyFile, listFile } = this.#options;
      if (keyFile !== null) writeFileSync(keyFile, made.key, { mode: 0o600, flag: 'wx' });
      else {
        const secrets = await this.#options.secrets();
        await secrets.write(nameOf(made.id), Buffer.from(made.key).toString('base64'));
        // What cannot be read back would be lost at the next start.
        if ((await secrets.read(nameOf(made.id))) === undefined) return err('The key cannot be kept on this machine.');
        writeFileAtomically(listFile, JSON.stringify([...this.#listed(), made.id]));
      }
      this.#keys.unshift(made);
      return ok(undefined);
    } catch (error) {
      return err(`The key cannot be kept: ${(error as Error).message}`);
    }
  }

  async #load(): Promise<void> {
    const { keyFile } = this.#options;
    const fromFile = keyFile === null ? undefined : readKeyFile(keyFile);
    if (fromFile) this.#keys.push(fromFile);
    const listed = this.#listed();
    if (listed.length === 0) return;
    const secrets = await this.#options.secrets();
    for (const id of [...listed].reverse()) {
      const key = keyOf(Buffer.from((await secrets.read(nameOf(id))) ?? '', 'base64'));
      if (key.id === id) this.#keys.push(key);
    }
  }

  #listed(): readonly string[] {
    const read = readJsonFile(this.#options.listFile);
    return Array.isArray(read) ? read.filter((id): id is string => typeof id === 'string' && ID.test(id)) : [];
  }
}

const nameOf = (id: string): string => `recordings/${id}`;

const keyOf = (key: Buffer): MasterKey => ({
  id: createHash('sha256').update(key).digest('hex').slice(0, 16),
  key,
});

function readKeyFile(file: string): MasterKey | undefined {
  try {
    const key = readFileSync(file);
    return key.length === KEY_BYTES ? keyOf(key) : undefined;
  } catch {
    return undefined;
  }
}
