// Tells when nobody speaks, by how much louder the sound is than the quietest of the last seconds. RFC 3551 §4.1, RFC 3389 §4.
import { levelDbov } from './level.ts';

/** So much over the background is voice. */
const MARGIN_DB = 9;
/** Louder than this is sound whatever the background is, quieter than the other is none. */
const SURELY_SOUND_DBOV = -35;
const SURELY_SILENCE_DBOV = -65;
/** How long after the last voice silence begins: ends of words are quiet. */
const HANGOVER_MS = 240;
/** A background that grows is believed this fast. */
const FLOOR_RISE_DB_PER_SEC = 5;
/** No background is quieter; a muted microphone is none to compare others with. */
const QUIETEST_DBOV = -70;

export class PauseDetector {
  #floorDbov = -50;
  #quietMs = 0;

  /** Whether nobody speaks any more; `frame` is what is sent next. */
  isSilent(frame: Int16Array, frameMs: number): boolean {
    const level = levelDbov(frame);
    this.#floorDbov = Math.max(
      QUIETEST_DBOV,
      Math.min(level, this.#floorDbov + (FLOOR_RISE_DB_PER_SEC * frameMs) / 1000),
    );
    const threshold = Math.min(SURELY_SOUND_DBOV, Math.max(SURELY_SILENCE_DBOV, this.#floorDbov + MARGIN_DB));
    this.#quietMs = level >= threshold ? 0 : this.#quietMs + frameMs;
    return this.#quietMs > HANGOVER_MS;
  }
}
