// How many sockets of one listener each source may hold, those in a handshake included. RFC 3261 §26.1.5.
import { sourceOf } from './source.ts';

/** WHY: a socket in a handshake is no connection yet, so that one source could take every place of a listener with silent ones. */
export class SocketQuota {
  readonly #limit: number;
  readonly #counts = new Map<string, number>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Sources that hold sockets now. */
  get sourceCount(): number {
    return this.#counts.size;
  }

  /** Takes a place for `address`; false when it has all of its places. What was taken is given back by `release`. */
  take(address: string): boolean {
    const source = sourceOf(address);
    const count = this.#counts.get(source) ?? 0;
    if (count >= this.#limit) return false;
    this.#counts.set(source, count + 1);
    return true;
  }

  release(address: string): void {
    const source = sourceOf(address);
    const left = (this.#counts.get(source) ?? 0) - 1;
    if (left > 0) this.#counts.set(source, left);
    else this.#counts.delete(source);
  }
}
