import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MemorySecrets, SecretFile, SoundKeyRing, type SecretStore } from '../../../src-main/storage/index.ts';

let folder: string;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'nightjar-keys-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const ring = (secrets: SecretStore, keyFile: string | null = null): Promise<SoundKeyRing> =>
  SoundKeyRing.open({ secrets: () => secrets, listFile: join(folder, 'sound-keys.json'), keyFile });
const fileSecrets = (): SecretStore => new SecretFile(join(folder, 'secrets.json'), join(folder, 'secrets.key'));

describe('the keys of encrypted messages', () => {
  it('are made once, kept sealed, and there again after a restart', async () => {
    const first = await ring(fileSecrets());
    expect(first.keys).toEqual([]);
    expect(await first.ensure()).toEqual({ ok: true, value: undefined });
    await first.ensure();
    const again = await ring(fileSecrets());
    expect(again.keys.map(({ id }) => id)).toEqual(first.keys.map(({ id }) => id));
    const [key] = first.keys;
    expect(Buffer.from(again.keys[0]?.key ?? [])).toEqual(key?.key);
    for (const name of ['secrets.json', 'sound-keys.json'])
      expect(readFileSync(join(folder, name)).includes(Buffer.from(key?.key ?? []).toString('base64'))).toBe(false);
  });

  it('are never written over: a store that is shut for a while costs nothing', async () => {
    const secrets = fileSecrets();
    const before = await ring(secrets);
    await before.ensure();
    const shut = await ring(emptyStore());
    expect(shut.keys).toEqual([]);
    const meanwhile = await ring(secretsThatForget(secrets));
    await meanwhile.ensure();
    const after = await ring(secrets);
    expect(after.keys.map(({ id }) => id)).toContain(before.keys[0]?.id);
    expect(after.keys).toHaveLength(2);
    // New messages are sealed by the newest.
    expect(after.keys[0]?.id).toBe(meanwhile.keys[0]?.id);
  });

  it('are refused where the store does not keep them', async () => {
    const keys = await ring(emptyStore());
    expect(await keys.ensure()).toEqual({ ok: false, error: 'The key cannot be kept on this machine.' });
    expect(keys.keys).toEqual([]);
  });

  it('may be in a file of their own, which nobody else can read', async () => {
    const keyFile = join(folder, 'phone.key');
    const made = await ring(new MemorySecrets(), keyFile);
    await made.ensure();
    expect(statSync(keyFile)).toMatchObject({ size: 32 });
    expect(statSync(keyFile).mode & 0o777).toBe(0o600);
    expect((await ring(new MemorySecrets(), keyFile)).keys[0]?.id).toBe(made.keys[0]?.id);
    // What is no key is not written over.
    writeFileSync(keyFile, 'short');
    expect(await (await ring(new MemorySecrets(), keyFile)).ensure()).toMatchObject({ ok: false });
    expect(readFileSync(keyFile, 'utf8')).toBe('short');
  });
});

const emptyStore = (): SecretStore => ({
  read: () => Promise.resolve(undefined),
  write: () => Promise.resolve(),
  remove: () => Promise.resolve(),
});

/** Nothing that was written before can be read. */
function secretsThatForget(store: SecretStore): SecretStore {
  const written = new Set<string>();
  return {
    read: (name) => (written.has(name) ? store.read(name) : Promise.resolve(undefined)),
    write: (name, secret) => {
      written.add(name);
      return store.write(name, secret);
    },
    remove: (name) => store.remove(name),
  };
}
