// Rings while a call from outside waits for a person.
import type { MediaEngine } from '../../../media/index.ts';
import type { CallInfo } from '../call-info.ts';

export class RingTone {
  readonly #engine: MediaEngine;
  #isOn = false;

  constructor(engine: MediaEngine) {
    this.#engine = engine;
  }

  get isOn(): boolean {
    return this.#isOn;
  }

  update(calls: readonly CallInfo[]): void {
    const isDue = calls.some(
      ({ direction, phase, ringsThrough }) =>
        (direction === 'incoming' && phase === 'ringing') || (ringsThrough === true && phase === 'connected'),
    );
    if (isDue === this.#isOn) return;
    this.#isOn = isDue;
    void (isDue ? this.#engine.playTone('ringer', 'ring') : this.#engine.stopTone('ringer'));
  }
}
