// Takes a machine's inputs one after another, also when performing one brings the next.

/** While `step` runs, further inputs wait; so a send that fails at once cannot overtake the actions after it. */
export class StepQueue<Input> {
  readonly #waiting: Input[] = [];
  readonly #step: (input: Input) => void;
  #isRunning = false;

  constructor(step: (input: Input) => void) {
    this.#step = step;
  }

  push(input: Input): void {
    this.#waiting.push(input);
    if (this.#isRunning) return;
    this.#isRunning = true;
    try {
      for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) this.#step(next);
    } finally {
      this.#isRunning = false;
    }
  }
}
