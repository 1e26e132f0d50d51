// One secret of the phone: in the secret store, or from the config file for one run.
import type { SecretStore } from '../storage/index.ts';

export class Secret {
  readonly #secrets: SecretStore;
  readonly #name: string;
  #value: string;

  /** What was saved goes before what the config file says. */
  constructor(secrets: SecretStore, name: string, configured: string) {
    this.#secrets = secrets;
    this.#name = name;
    this.#value = configured;
    void this.#load();
  }

  /** Empty: there is none. */
  get value(): string {
    return this.#value;
  }

  async set(value: string): Promise<void> {
    this.#value = value;
    await (value === '' ? this.#secrets.remove(this.#name) : this.#secrets.write(this.#name, value));
  }

  async #load(): Promise<void> {
    this.#value = (await this.#secrets.read(this.#name)) ?? this.#value;
  }
}
