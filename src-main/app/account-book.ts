// The user's accounts on disk: settings in the settings file, passwords in the secret store, never together.
import { accountSchema, checkWith, type AccountConfig } from '../../src-shared/contract/index.ts';
import type { SecretStore, SettingsStore } from '../storage/index.ts';

const SECTION = 'accounts';
const secretName = (accountId: string): string => `account/${accountId}`;
const relaySecretName = (accountId: string): string => `account/${accountId}/relay`;

export class AccountBook {
  readonly #settings: SettingsStore;
  readonly #secrets: SecretStore;

  constructor(settings: SettingsStore, secrets: SecretStore) {
    this.#settings = settings;
    this.#secrets = secrets;
  }

  /** Every saved account with its passwords; what does not fit the schema any more is left out. */
  async list(): Promise<readonly AccountConfig[]> {
    const saved = this.#settings.read(SECTION);
    if (!Array.isArray(saved)) return [];
    const checked = saved.map((entry: unknown) => checkWith(accountSchema, entry));
    return Promise.all(checked.flatMap((account) => (account.ok ? [this.#withPasswords(account.value)] : [])));
  }

  /** Saves under `id`; without a password the saved one stays, of the relay too. */
  async save(id: string, account: AccountConfig): Promise<AccountConfig> {
    const { password, turnPassword, ...rest } = account;
    if (password !== undefined) await this.#secrets.write(secretName(id), password);
    if (turnPassword !== undefined) await this.#secrets.write(relaySecretName(id), turnPassword);
    const others = this.#entries().filter((entry) => entry.id !== id);
    this.#settings.write(SECTION, [...others, { ...rest, id }]);
    return this.#withPasswords({ ...rest, id });
  }

  async remove(id: string): Promise<void> {
    await this.#secrets.remove(secretName(id));
    await this.#secrets.remove(relaySecretName(id));
    this.#settings.write(
      SECTION,
      this.#entries().filter((entry) => entry.id !== id),
    );
  }

  #entries(): readonly { readonly id?: string }[] {
    const saved = this.#settings.read(SECTION);
    return Array.isArray(saved) ? (saved as { id?: string }[]) : [];
  }

  async #withPasswords(account: AccountConfig): Promise<AccountConfig> {
    if (account.id === undefined) return account;
    const password = await this.#secrets.read(secretName(account.id));
    const turnPassword = await this.#secrets.read(relaySecretName(account.id));
    return {
      ...account,
      ...(password !== undefined && { password }),
      ...(turnPassword !== undefined && { turnPassword }),
    };
  }
}
