// A queue of samples between things that work in blocks of different length.

/** Grows to what it needs once and then allocates no more. */
export class SampleFifo {
  #samples = new Int16Array(4096);
  #start = 0;
  #end = 0;

  /** Samples that wait. */
  get length(): number {
    return this.#end - this.#start;
  }

  push(samples: Int16Array): void {
    this.#makeRoom(samples.length);
    this.#samples.set(samples, this.#end);
    this.#end += samples.length;
  }

  pushSilence(count: number): void {
    this.#makeRoom(count);
    this.#samples.fill(0, this.#end, this.#end + count);
    this.#end += count;
  }

  /** Fills `output` from the front; what is missing is silence. */
  take(output: Int16Array): void {
    const count = Math.min(output.length, this.length);
    output.set(this.#samples.subarray(this.#start, this.#start + count));
    output.fill(0, count);
    this.#start += count;
  }

  clear(): void {
    this.#start = this.#end = 0;
  }

  #makeRoom(count: number): void {
    if (this.#end + count <= this.#samples.length) return;
    const waiting = this.#samples.subarray(this.#start, this.#end);
    if (waiting.length + count > this.#samples.length) {
      const grown = new Int16Array((waiting.length + count) * 2);
      grown.set(waiting);
      this.#samples = grown;
    } else {
      this.#samples.copyWithin(0, this.#start, this.#end);
    }
    this.#end -= this.#start;
    this.#start = 0;
  }
}
