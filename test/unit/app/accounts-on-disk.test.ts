import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AccountBook } from '../../../src-main/app/account-book.ts';
import { MemorySecrets, SettingsFile } from '../../../src-main/storage/index.ts';
import { accountSchema, checkWith, type AccountConfig } from '../../../src-shared/contract/index.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'nightjar-accounts-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function account(input: object): AccountConfig {
  const checked = checkWith(accountSchema, input);
  if (!checked.ok) throw new Error(checked.message);
  return checked.value;
}

describe('saved accounts', () => {
  it('keep the password apart from the settings', async () => {
    const file = join(folder, 's.json');
    const secrets = new MemorySecrets();
    await new AccountBook(new SettingsFile(file), secrets).save(
      'alice',
      account({ address: 'alice@example.com', password: 'geheim' }),
    );

    expect(readFileSync(file, 'utf8')).not.toContain('geheim');
    const [saved] = await new AccountBook(new SettingsFile(file), secrets).list();
    expect(saved).toMatchObject({ id: 'alice', address: 'alice@example.com', password: 'geheim' });
  });

  it('keep the password that is there when none is given', async () => {
    const book = new AccountBook(new SettingsFile(join(folder, 's.json')), new MemorySecrets());
    await book.save('alice', account({ address: 'alice@example.com', password: 'geheim' }));

    const saved = await book.save('alice', account({ address: 'alice@example.com', displayName: 'Alice' }));

    expect(saved).toMatchObject({ displayName: 'Alice', password: 'geheim' });
    expect(await book.list()).toHaveLength(1);
  });

  it('keep the password at the relay apart, too', async () => {
    const file = join(folder, 's.json');
    const book = new AccountBook(new SettingsFile(file), new MemorySecrets());
    const relay = { turnServer: 'turn:relay.example.com', turnUsername: 'alice' };
    await book.save('alice', account({ address: 'alice@example.com', ...relay, turnPassword: 'geheim' }));
    await book.save('alice', account({ address: 'alice@example.com', ...relay }));

    expect(readFileSync(file, 'utf8')).not.toContain('geheim');
    expect(await book.list()).toMatchObject([{ ...relay, turnPassword: 'geheim' }]);
  });

  it('are gone with their passwords once removed', async () => {
    const secrets = new MemorySecrets();
    const book = new AccountBook(new SettingsFile(join(folder, 's.json')), secrets);
    const passwords = { password: 'geheim', turnPassword: 'auch geheim' };
    await book.save('alice', account({ address: 'alice@example.com', ...passwords }));
    await book.remove('alice');

    expect(await book.list()).toEqual([]);
    expect(await secrets.read('account/alice')).toBeUndefined();
    expect(await secrets.read('account/alice/relay')).toBeUndefined();
  });
});
