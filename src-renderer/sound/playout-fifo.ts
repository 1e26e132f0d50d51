// Sound that waits to be heard: as little as the way from the phone allows, from 20 to 60 ms.

const RATE_PER_MS = 48;
const LEAST_MS = 20;
const MOST_MS = 60;
/** More than this is never kept: it would only be heard late. */
const LIMIT_MS = 120;
const STEP_MS = 10;
/** What was never used within this time was too much. */
const WATCH_MS = 2000;
/** So much may lie unused. */
const SLACK_MS = 12;
const FADE_SAMPLES = 240;

/** A ring of fixed size; made once, allocates nothing afterwards. */
export class PlayoutFifo {
  readonly #ring = new Float32Array(LIMIT_MS * RATE_PER_MS * 2);
  #start = 0;
  #length = 0;
  #targetMs = LEAST_MS;
  #isFilling = true;
  #watched = 0;
  #least = Infinity;
  underruns = 0;

  get waitingMs(): number {
    return this.#length / RATE_PER_MS;
  }

  get targetMs(): number {
    return this.#targetMs;
  }

  push(samples: Int16Array): void {
    for (const sample of samples) {
      if (this.#length === this.#ring.length) break;
      this.#ring[(this.#start + this.#length) % this.#ring.length] = sample / 32_768;
      this.#length++;
    }
    if (this.waitingMs > LIMIT_MS) this.#skip(this.#length - this.#targetMs * RATE_PER_MS);
  }

  /** Fills `output`; what is not there is silence. */
  pull(output: Float32Array): void {
    if (this.#isFilling && this.waitingMs >= this.#targetMs) this.#isFilling = false;
    if (this.#isFilling || this.#length < output.length) {
      if (!this.#isFilling) this.#runDry();
      output.fill(0);
      return;
    }
    for (let i = 0; i < output.length; i++) output[i] = this.#ring[(this.#start + i) % this.#ring.length] ?? 0;
    this.#advance(output.length);
    this.#watch(output.length);
  }

  clear(): void {
    this.#start = this.#length = 0;
    this.#isFilling = true;
  }

  /** The way is more uneven than was thought: more has to wait. */
  #runDry(): void {
    this.underruns++;
    this.#isFilling = true;
    this.#targetMs = Math.min(MOST_MS, this.#targetMs + STEP_MS);
    this.#least = Infinity;
    this.#watched = 0;
  }

  #watch(count: number): void {
    this.#least = Math.min(this.#least, this.#length);
    this.#watched += count;
    if (this.#watched < WATCH_MS * RATE_PER_MS) return;
    const unused = this.#least - SLACK_MS * RATE_PER_MS;
    if (unused > STEP_MS * RATE_PER_MS) {
      this.#skip(STEP_MS * RATE_PER_MS);
      this.#targetMs = Math.max(LEAST_MS, this.#targetMs - STEP_MS);
    }
    this.#least = Infinity;
    this.#watched = 0;
  }

  /** Leaves out `count` samples; what is before fades into what is behind. */
  #skip(count: number): void {
    if (count <= 0 || this.#length < count + FADE_SAMPLES) return;
    const size = this.#ring.length;
    for (let i = 0; i < FADE_SAMPLES; i++) {
      const share = i / FADE_SAMPLES;
      const before = this.#ring[(this.#start + i) % size] ?? 0;
      const at = (this.#start + count + i) % size;
      this.#ring[at] = before * (1 - share) + (this.#ring[at] ?? 0) * share;
    }
    this.#advance(count);
  }

  #advance(count: number): void {
    this.#start = (this.#start + count) % this.#ring.length;
    this.#length -= count;
  }
}
