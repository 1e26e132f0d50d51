// What the notifiers of one watched person last said: a forked SUBSCRIBE reaches several of their phones. RFC 3856 §6
import type { PresenceState } from '../../sip/usage/index.ts';

/** Notifiers whose word is kept: a person's phones, with room for ones that came back under another tag. */
const MAX_NOTIFIERS = 16;

export class PresenceBook {
  /** The one that was silent longest first. */
  readonly #states = new Map<string, PresenceState>();

  get size(): number {
    return this.#states.size;
  }

  /** RFC 3856 §6: several notifiers: who is open anywhere can be reached. Undefined while nobody has said anything. */
  get state(): PresenceState | undefined {
    return [...this.#states.values()].sort((a, b) => Number(b.isOpen) - Number(a.isOpen))[0];
  }

  note(source: string, state: PresenceState): void {
    this.#states.delete(source);
    const [oldest] = this.#states.keys();
    if (oldest !== undefined && this.#states.size >= MAX_NOTIFIERS) this.#states.delete(oldest);
    this.#states.set(source, state);
  }

  forget(source: string): void {
    this.#states.delete(source);
  }

  clear(): void {
    this.#states.clear();
  }
}
