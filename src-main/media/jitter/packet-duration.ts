// How long the sound in a stream's packets is, from the steps of their timestamps. RFC 3550 §5.1 (the timestamp).

/** The packets' duration in ticks; 20 ms until two steps agree on another one. */
export class PacketDuration {
  ticks: number;
  readonly #mostTicks: number;
  #candidateTicks = 0;

  constructor(ticksPerMs: number, mostMs: number) {
    this.ticks = 20 * ticksPerMs;
    this.#mostTicks = mostMs * ticksPerMs;
  }

  /** WHY: one step of the timestamp may hold silence that was not sent, two equal ones are the packets' duration. */
  learn(stepTicks: number): void {
    if (stepTicks <= 0 || stepTicks > this.#mostTicks) return;
    if (stepTicks === this.#candidateTicks || stepTicks < this.ticks) this.ticks = stepTicks;
    this.#candidateTicks = stepTicks;
  }
}
