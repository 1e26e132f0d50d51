// The user's accounts on disk: settings in the settings file, passwords in the secret store, never together.
import { accountSchema, checkWith, type AccountConfig } from '../../src-shared/contract/index.ts';
import type { SecretStore, SettingsStore } from '../storage/index.ts';

const SECTION = 'accounts';
const secretName = (accountId: string): string => `account/${accountId}`;

export class AccountBook {
  readonly #settings: SettingsStore;
  readonly #secrets: SecretStore;

  constructor(settings: SettingsStore, secrets: SecretStore) {
    this.#settings = settings;
    this.#secrets = secrets;
  }

  /** Every saved account with its password; what does not fit the schema any more is left out. */
  async list(): Promise<readonly AccountConfig[]> {
    const saved = this.#settings.read(SECTION);
    if (!Array.isArray(saved)) return [];
    const checked = saved.map((entry: unknown) => checkWith(accountSchema, entry));
    return Promise.all(checked.flatMap((account) => (account.ok ? [this.#withPassword(account.value)] : [])));
  }

  /** Saves under `id`; without a password the saved one stays. */
  async save(id: string, account: AccountConfig): Promise<AccountConfig> {
    const { password, ...rest } = account;
    if (password !== undefined) await this.#secrets.write(secretName(id), password);
    const others = this.#entries().filter((entry) => entry.id !== id);
    this.#settings.write(SECTION, [...others, { ...rest, id }]);
    return this.#withPassword({ ...rest, id });
  }

  async remove(id: string): Promise<void> {
    await this.#secrets.remove(secretName(id));
    this.#settings.write(
      SECTION,
      this.#entries().filter((entry) => entry.id !== id),
    );
  }

  #entries(): readonly { readonly id?: string }[] {
    const saved = this.#settings.read(SECTION);
    return Array.isArray(saved) ? (saved as { id?: string }[]) : [];
  }

  async #withPassword(account: AccountConfig): Promise<AccountConfig> {
    const password = account.id === undefined ? undefined : await this.#secrets.read(secretName(account.id));
    return password === undefined ? account : { ...account, password };
  }
}
