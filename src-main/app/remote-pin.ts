// The PIN by which the owner hears messages from afar: in the secret store, or in the config file for one run.
import type { SecretStore } from '../storage/index.ts';

const NAME = 'away/pin';

export class RemotePin {
  readonly #secrets: SecretStore;
  #value: string;

  constructor(secrets: SecretStore, configured: string | null) {
    this.#secrets = secrets;
    this.#value = configured ?? '';
    void this.#load();
  }

  /** Empty: there is none. */
  get value(): string {
    return this.#value;
  }

  /** What was saved goes before what the config file says. */
  async #load(): Promise<void> {
    this.#value = (await this.#secrets.read(NAME)) ?? this.#value;
  }

  async set(pin: string): Promise<void> {
    this.#value = pin;
    await (pin === '' ? this.#secrets.remove(NAME) : this.#secrets.write(NAME, pin));
  }
}
