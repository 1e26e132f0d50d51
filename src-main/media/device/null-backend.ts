// No sound card: silence comes in, sound goes nowhere, time passes as if there were one.
import { FRAME_SAMPLES, type AudioBackend, type AudioUser } from './audio-backend.ts';
import type { Pacer } from './pacer.ts';

const SILENCE = new Int16Array(FRAME_SAMPLES);

export class NullBackend implements AudioBackend {
  readonly name = 'null';
  readonly #pacer: Pacer;
  readonly #frame = new Int16Array(FRAME_SAMPLES);
  #stop: (() => void) | undefined;

  constructor(pacer: Pacer) {
    this.#pacer = pacer;
  }

  start(user: AudioUser): Promise<undefined> {
    this.#stop ??= this.#pacer.add(() => {
      user.render(this.#frame.fill(0));
      user.onCaptured(SILENCE);
    });
    return Promise.resolve(undefined);
  }

  stop(): Promise<void> {
    this.#stop?.();
    this.#stop = undefined;
    return Promise.resolve();
  }
}
