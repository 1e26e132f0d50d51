// Peak limiter behind a mixer: loud sums are turned down instead of clipped.

const CEILING = 32_000;
/** In a block of so many samples all of the missing gain would come back; a shorter one brings its share. */
const RELEASE_SAMPLES = 4800;

/** Turns 32-bit sums into 16-bit samples; gain falls within the frame and recovers over about 200 ms. */
export class Limiter {
  #gain = 1;

  process(sums: Int32Array, output: Int16Array): void {
    let peak = 0;
    for (const sum of sums) {
      const magnitude = sum < 0 ? -sum : sum;
      if (magnitude > peak) peak = magnitude;
    }
    const allowed = peak > CEILING ? CEILING / peak : 1;
    const target = Math.min(allowed, this.#gain + ((1 - this.#gain) * sums.length) / RELEASE_SAMPLES);
    if (target > 0.9999 && this.#gain > 0.9999) {
      this.#gain = 1;
      for (let i = 0; i < sums.length; i++) output[i] = sums[i] ?? 0;
      return;
    }
    this.#ramp(sums, output, target);
  }

  /** Moves from the old gain to the new one; a fall takes a sixth of the frame, so that no click is heard. */
  #ramp(sums: Int32Array, output: Int16Array, target: number): void {
    const steps = target < this.#gain ? Math.ceil(sums.length / 6) : sums.length;
    const step = (target - this.#gain) / steps;
    let gain = this.#gain;
    for (let i = 0; i < sums.length; i++) {
      gain = i < steps ? gain + step : target;
      const sample = Math.round((sums[i] ?? 0) * gain);
      output[i] = sample > 32_767 ? 32_767 : sample < -32_768 ? -32_768 : sample;
    }
    this.#gain = target;
  }
}
