// Brings speech to one level whatever the microphone: slow gain that only speech moves, and a limiter behind it.

/** Speech goes to this level: what loud and clear telephones send. */
const TARGET_DBOV = -20;
const MOST_GAIN_DB = 24;
const LEAST_GAIN_DB = -12;
/** Speed: 6 dB a second upward, faster downward, so that the first loud word is the last one. */
const UP_DB_PER_FRAME = 0.06;
const DOWN_DB_PER_FRAME = 0.2;
/** Speech within this range of the target is left alone. */
const DEAD_ZONE_DB = 1;
/** The level of speech is followed over about 400 ms of it. */
const SMOOTHING = 0.025;
/** Frames much below the followed level are pauses between syllables. */
const PAUSE_DB = 15;
const CEILING = 0.97;
/** Share of the missing gain that the limiter gives back each frame. */
const RELEASE = 0.1;

const toDb = (power: number): number => 10 * Math.log10(Math.max(power, 1e-12));

/** Works in place on frames of 10 ms with full scale 1. */
export class AutomaticGain {
  #gainDb = 0;
  #limit = 1;
  #applied = 1;
  #speechPower: number | undefined;

  /** Gain at present, without what the limiter takes. */
  get gainDb(): number {
    return this.#gainDb;
  }

  process(frame: Float32Array, isSpeech: boolean): void {
    let power = 0;
    let peak = 0;
    for (const sample of frame) {
      power += sample * sample;
      peak = Math.max(peak, Math.abs(sample));
    }
    if (isSpeech) this.#follow(power / frame.length);
    const gain = 10 ** (this.#gainDb / 20);
    const allowed = peak * gain > CEILING ? CEILING / (peak * gain) : 1;
    this.#limit = Math.min(allowed, this.#limit + (1 - this.#limit) * RELEASE);
    this.#ramp(frame, gain * this.#limit);
  }

  #follow(power: number): void {
    this.#speechPower ??= power;
    if (toDb(power) < toDb(this.#speechPower) - PAUSE_DB) return;
    this.#speechPower += (power - this.#speechPower) * SMOOTHING;
    const wantedDb = Math.max(LEAST_GAIN_DB, Math.min(MOST_GAIN_DB, TARGET_DBOV - toDb(this.#speechPower)));
    const offDb = wantedDb - this.#gainDb;
    if (Math.abs(offDb) < DEAD_ZONE_DB) return;
    this.#gainDb += Math.max(-DOWN_DB_PER_FRAME, Math.min(UP_DB_PER_FRAME, offDb));
  }

  /** From the gain of the last frame to the new one, a fall at once: no sample may clip. */
  #ramp(frame: Float32Array, target: number): void {
    const steps = target < this.#applied ? Math.ceil(frame.length / 8) : frame.length;
    const step = (target - this.#applied) / steps;
    for (let i = 0; i < frame.length; i++) {
      const gain = i < steps ? this.#applied + step * (i + 1) : target;
      frame[i] = Math.max(-1, Math.min(1, (frame[i] ?? 0) * gain));
    }
    this.#applied = target;
  }
}
