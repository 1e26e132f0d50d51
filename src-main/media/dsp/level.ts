// Levels in dBov and the question whether there is anything to hear. RFC 6464 §3 (the unit).

/** What is reported for digital silence. */
export const SILENCE_DBOV = -100;

/** Sum of the squares of all samples. */
export function energyOf(samples: Int16Array): number {
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  return sum;
}

/** Level of `energy` over `count` samples relative to overload, from -100 to 0. */
export function energyToDbov(energy: number, count: number): number {
  if (energy <= 0 || count === 0) return SILENCE_DBOV;
  return Math.max(SILENCE_DBOV, 10 * Math.log10(energy / count / 32_768 ** 2));
}

/** Level of a block of samples in dBov. */
export const levelDbov = (samples: Int16Array): number => energyToDbov(energyOf(samples), samples.length);

/** Collects frames into one level for display. */
export class LevelMeter {
  #energy = 0;
  #count = 0;

  add(samples: Int16Array): void {
    this.#energy += energyOf(samples);
    this.#count += samples.length;
  }

  /** Level since the last call; -100 when nothing was added. */
  takeDbov(): number {
    const level = energyToDbov(this.#energy, this.#count);
    this.#energy = 0;
    this.#count = 0;
    return level;
  }
}

/** Follows how long it has been quiet, against a threshold that hangs above the noise floor. */
export class SilenceDetector {
  /** Uninterrupted silence up to now. */
  silentMs = 0;
  /** Everything so far that was not silence. */
  activeMs = 0;
  #floorDbov = -60;

  /** Adds one frame of `frameMs`; returns whether it is silent. */
  add(samples: Int16Array, frameMs: number): boolean {
    const level = levelDbov(samples);
    // The floor falls at once and rises by 3 dB a second, so that speech does not lift it.
    this.#floorDbov = level < this.#floorDbov ? level : Math.min(-50, this.#floorDbov + (3 * frameMs) / 1000);
    const isSilent = level < Math.max(-55, this.#floorDbov + 8);
    if (isSilent) {
      this.silentMs += frameMs;
    } else {
      this.silentMs = 0;
      this.activeMs += frameMs;
    }
    return isSilent;
  }
}
