// The keys of sealed recordings, as the engine was given them.
import type { SoundKey } from '../recording/index.ts';

export class SoundKeys {
  #all: readonly SoundKey[] = [];

  get all(): readonly SoundKey[] {
    return this.#all;
  }

  /** By which new recordings are sealed. */
  get current(): SoundKey | undefined {
    return this.#all[0];
  }

  set(keys: readonly SoundKey[]): void {
    this.#all = keys;
  }
}
