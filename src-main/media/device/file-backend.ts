// WAV files in the place of devices: one is the microphone, looped; the other takes what would be heard.
import { FRAME_SAMPLES, type AudioBackend, type AudioUser } from './audio-backend.ts';
import type { Pacer } from './pacer.ts';

/** Where played sound goes. */
export interface SampleSink {
  write(samples: Int16Array): void;
  close(): Promise<void>;
}

export interface FileBackendOptions {
  /** The microphone's samples at 48 kHz; undefined for silence. */
  readonly captured: Int16Array | undefined;
  /** Takes the loudspeaker's samples; undefined to drop them. Closed by `stop` of the phone, not between calls. */
  readonly sink: SampleSink | undefined;
}

const SILENCE = new Int16Array(FRAME_SAMPLES);

export class FileBackend implements AudioBackend {
  readonly name = 'file';
  readonly #pacer: Pacer;
  readonly #options: FileBackendOptions;
  readonly #played = new Int16Array(FRAME_SAMPLES);
  readonly #captured = new Int16Array(FRAME_SAMPLES);
  #position = 0;
  #stop: (() => void) | undefined;

  constructor(pacer: Pacer, options: FileBackendOptions) {
    this.#pacer = pacer;
    this.#options = options;
  }

  /** Each start hears the file from its beginning. */
  start(user: AudioUser): Promise<undefined> {
    if (this.#stop) return Promise.resolve(undefined);
    this.#position = 0;
    this.#stop = this.#pacer.add(() => {
      user.render(this.#played.fill(0));
      this.#options.sink?.write(this.#played);
      user.onCaptured(this.#nextCaptured());
    });
    return Promise.resolve(undefined);
  }

  stop(): Promise<void> {
    this.#stop?.();
    this.#stop = undefined;
    return Promise.resolve();
  }

  #nextCaptured(): Int16Array {
    const samples = this.#options.captured;
    if (!samples || samples.length === 0) return SILENCE;
    if (this.#position + FRAME_SAMPLES <= samples.length) {
      const frame = samples.subarray(this.#position, this.#position + FRAME_SAMPLES);
      this.#position += FRAME_SAMPLES;
      return frame;
    }
    for (let i = 0; i < FRAME_SAMPLES; i++) {
      this.#captured[i] = samples[this.#position % samples.length] ?? 0;
      this.#position = (this.#position + 1) % samples.length;
    }
    return this.#captured;
  }
}
