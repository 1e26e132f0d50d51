// Which packet it is beyond the 16 bits that it says, and whether it was there before. RFC 3711 §3.3.1, §3.3.2.

const SEQUENCES = 65_536;
const HALF = 32_768;
/** RFC 3711 §3.3.2: a window of at least 64 packets. */
export const REPLAY_WINDOW = 64;

/** RFC 3711 §3.3.1: the index nearest to the highest one that has the sequence number; negative when it lies before the first. */
export function guessIndex(sequence: number, highest: number): number {
  const rollover = Math.floor(highest / SEQUENCES);
  const last = highest % SEQUENCES;
  const isBefore = last < HALF && sequence - last > HALF;
  const isAfter = last >= HALF && last - HALF > sequence;
  return (rollover + (isAfter ? 1 : 0) - (isBefore ? 1 : 0)) * SEQUENCES + sequence;
}

/** The last packets of one source. */
export class ReplayWindow {
  readonly #isSeen = new Uint8Array(REPLAY_WINDOW);
  #highest: number;

  /** After `highest` when that is known: then nothing up to it is new, because nobody knows what was seen. */
  constructor(highest?: number) {
    this.#highest = highest ?? -1;
    if (highest !== undefined) this.#isSeen.fill(1);
  }

  /** -1 before the first. */
  get highest(): number {
    return this.#highest;
  }

  isNew(index: number): boolean {
    if (index < 0) return false;
    if (index > this.#highest) return true;
    return index > this.#highest - REPLAY_WINDOW && this.#isSeen[index % REPLAY_WINDOW] === 0;
  }

  /** RFC 3711 §3.3.2: only for a packet that has been authenticated. */
  add(index: number): void {
    // What the window moves over has not been seen.
    const from = Math.max(this.#highest + 1, index - REPLAY_WINDOW + 1);
    for (let passed = from; passed < index; passed++) this.#isSeen[passed % REPLAY_WINDOW] = 0;
    this.#isSeen[index % REPLAY_WINDOW] = 1;
    this.#highest = Math.max(this.#highest, index);
  }
}
