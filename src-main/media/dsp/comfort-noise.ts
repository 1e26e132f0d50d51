// The background that a peer describes while it sends no sound. RFC 3389 §3 (payload), §5 (what to make of it).

/** More coefficients than this do not change what is heard; a longer payload is cut. */
const MAX_ORDER = 12;
/** A new description takes over in steps of this share a frame, so that nobody hears it begin. */
const FADE_MS = 60;
const HALF_SCALE = 32_768;

/** White noise through the spectrum that the latest description names. */
export class ComfortNoise {
  readonly #rateHz: number;
  readonly #reflection = new Float64Array(MAX_ORDER);
  readonly #backward = new Float64Array(MAX_ORDER + 1);
  #order = 0;
  #targetGain = 0;
  #gain = 0;
  #seed: number;
  #isOn = false;

  constructor(sampleRateHz: number, seed = 1) {
    this.#rateHz = sampleRateHz;
    this.#seed = seed;
  }

  /** Whether the peer is silent and said how. */
  get isOn(): boolean {
    return this.#isOn;
  }

  /** Takes a payload over; an empty one changes nothing. */
  describe(payload: Uint8Array): void {
    const [level] = payload;
    if (level === undefined) return;
    if (!this.#isOn) this.#gain = 0;
    this.#isOn = true;
    this.#order = Math.min(MAX_ORDER, payload.length - 1);
    let energy = 1;
    for (let i = 0; i < this.#order; i++) {
      // RFC 3389 §3.2: a reflection coefficient is a byte, 127 is none, within -1 and 1.
      const coefficient = ((payload[i + 1] ?? 127) - 127) / 128;
      this.#reflection[i] = Math.max(-0.98, Math.min(0.98, coefficient));
      energy /= 1 - (this.#reflection[i] ?? 0) ** 2;
    }
    // RFC 3389 §3.1: the level is in -dBov; the filter amplifies by its own energy, and even noise has a third of a square's.
    const rms = HALF_SCALE * 10 ** (-(level & 0x7f) / 20);
    this.#targetGain = (rms * Math.sqrt(3)) / Math.sqrt(energy);
  }

  /** Sound is back. */
  stop(): void {
    this.#isOn = false;
    this.#backward.fill(0);
  }

  /** Adds the noise to `output`. */
  addTo(output: Int16Array): void {
    const step = 1 / ((this.#rateHz * FADE_MS) / 1000 / 3);
    for (let i = 0; i < output.length; i++) {
      this.#gain += (this.#targetGain - this.#gain) * step;
      const sample = (output[i] ?? 0) + this.#filter(this.#white()) * this.#gain;
      output[i] = Math.max(-HALF_SCALE, Math.min(HALF_SCALE - 1, Math.round(sample)));
    }
  }

  /** An all-pole lattice: stable as long as every coefficient is within -1 and 1. */
  #filter(input: number): number {
    const backward = this.#backward;
    let forward = input;
    for (let i = this.#order; i > 0; i--) {
      const k = this.#reflection[i - 1] ?? 0;
      forward -= k * (backward[i - 1] ?? 0);
      backward[i] = (backward[i - 1] ?? 0) + k * forward;
    }
    backward[0] = forward;
    return forward;
  }

  /** Between -1 and 1; no secret, so a linear congruence is random enough. */
  #white(): number {
    this.#seed = (Math.imul(this.#seed, 1_664_525) + 1_013_904_223) >>> 0;
    return this.#seed / 2 ** 31 - 1;
  }
}
