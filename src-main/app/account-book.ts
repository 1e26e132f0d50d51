// The user's accounts on disk: settings in the settings file, passwords in the secret store, never together.
import * as contract from '../../src-shared/contract/index.ts';
import type { AccountConfig } from '../../src-shared/contract/index.ts';
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
  list(): readonly AccountConfig[] {
    const saved = this.#settings.read(SECTION);
    if (!Array.isArray(saved)) return [];
    return saved.flatMap((entry: unknown) => {
      const checked = contract.checkWith(contract.accountSchema, entry);
      return checked.ok ? [this.#withPassword(checked.value)] : [];
    });
  }

  /** Saves under `id`; without a password the saved one stays. */
  save(id: string, account: AccountConfig): AccountConfig {
    const { password, ...rest } = account;
    if (password !== undefined) this.#secrets.write(secretName(id), password);
    const others = this.#entries().filter((entry) => entry.id !== id);
    this.#settings.write(SECTION, [...others, { ...rest, id }]);
    return this.#withPassword({ ...rest, id });
  }

  remove(id: string): void {
    this.#secrets.remove(secretName(id));
    this.#settings.write(
      SECTION,
      this.#entries().filter((entry) => entry.id !== id),
    );
  }

  #entries(): readonly { readonly id?: string }[] {
    const saved = this.#settings.read(SECTION);
    return Array.isArray(saved) ? (saved as { id?: string }[]) : [];
  }

  #withPassword(account: AccountConfig): AccountConfig {
    const password = account.id === undefined ? undefined : this.#secrets.read(secretName(account.id));
    return password === undefined ? account : { ...account, password };
  }
}
