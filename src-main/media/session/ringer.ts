// Rings on a device of its own; where that does not work, whoever asked rings on the loudspeaker.
import { DEVICE_RATE_HZ, type OutputUser } from '../device/index.ts';
import { createTone, type SignalGenerator } from '../dsp/index.ts';
import type { ToneName } from './session-config.ts';

/** A loudspeaker alone, whoever opens it. */
export interface RingerOutput {
  start(user: OutputUser): boolean;
  stop(): Promise<void>;
}

export class Ringer {
  readonly #output: RingerOutput;
  #tone: SignalGenerator | undefined;

  constructor(output: RingerOutput) {
    this.#output = output;
  }

  /** Rings until another tone or none is set; `onLost` is called once when the device goes meanwhile. False: it cannot. */
  play(tone: ToneName, onLost: () => void): boolean {
    this.#tone = createTone(tone, DEVICE_RATE_HZ);
    return this.#output.start({
      onRender: (frame) => void this.#tone?.fill(frame),
      onLost: () => {
        void this.stop();
        onLost();
      },
    });
  }

  async stop(): Promise<void> {
    this.#tone = undefined;
    await this.#output.stop();
  }
}
