// Passwords at rest. Electron brings the platform's own store; this one is for plain Node: AES-256-GCM under a key file of mode 0600.
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { readJsonFile, writeFileAtomically } from './atomic-file.ts';

export interface SecretStore {
  /** undefined when there is none, or it cannot be opened any more. */
  read(name: string): Promise<string | undefined>;
  write(name: string, secret: string): Promise<void>;
  remove(name: string): Promise<void>;
}

const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const KEY_BYTES = 32;

export class SecretFile implements SecretStore {
  readonly #file: string;
  readonly #key: Buffer;

  constructor(file: string, keyFile: string) {
    this.#file = file;
    this.#key = openKey(keyFile);
  }

  read(name: string): Promise<string | undefined> {
    const sealed = this.#entries()[name];
    return Promise.resolve(sealed === undefined ? undefined : unseal(this.#key, Buffer.from(sealed, 'base64')));
  }

  write(name: string, secret: string): Promise<void> {
    return this.#save({ ...this.#entries(), [name]: seal(this.#key, secret).toString('base64') });
  }

  remove(name: string): Promise<void> {
    return this.#save(Object.fromEntries(Object.entries(this.#entries()).filter(([key]) => key !== name)));
  }

  #entries(): Record<string, string> {
    const read = readJsonFile(this.#file);
    return typeof read === 'object' && read !== null ? (read as Record<string, string>) : {};
  }

  #save(entries: Record<string, string>): Promise<void> {
    writeFileAtomically(this.#file, JSON.stringify(entries));
    return Promise.resolve();
  }
}

/** Secrets of a run that must leave nothing on disk. */
export class MemorySecrets implements SecretStore {
  readonly #secrets = new Map<string, string>();

  read(name: string): Promise<string | undefined> {
    return Promise.resolve(this.#secrets.get(name));
  }

  write(name: string, secret: string): Promise<void> {
    this.#secrets.set(name, secret);
    return Promise.resolve();
  }

  remove(name: string): Promise<void> {
    this.#secrets.delete(name);
    return Promise.resolve();
  }
}

function openKey(keyFile: string): Buffer {
  try {
    const key = readFileSync(keyFile);
    if (key.length === KEY_BYTES) return key;
  } catch {
    // The first start: there is no key yet.
  }
  const key = randomBytes(KEY_BYTES);
  writeFileSync(keyFile, key, { mode: 0o600 });
  return key;
}

function seal(key: Buffer, secret: string): Buffer {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  const text = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), text]);
}

function unseal(key: Buffer, sealed: Buffer): string | undefined {
  if (sealed.length < NONCE_BYTES + TAG_BYTES) return undefined;
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, NONCE_BYTES));
    decipher.setAuthTag(sealed.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
    return Buffer.concat([decipher.update(sealed.subarray(NONCE_BYTES + TAG_BYTES)), decipher.final()]).toString(
      'utf8',
    );
  } catch {
    // A wrong key or a changed file: the secret is lost, not the phone.
    return undefined;
  }
}
