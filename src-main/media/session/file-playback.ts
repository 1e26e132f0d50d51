// A file on the loudspeaker: from any place, faster or slower with its pitch kept, without its pauses.
import { PauseDetector, SpeedChange, type Resampler, type ResamplerFactory } from '../dsp/index.ts';
import type { WavSamples } from '../recording/index.ts';
import type { PlayOptions } from './media-engine.ts';
import { SampleFifo } from './sample-fifo.ts';
import type { FrameSource } from './session-source.ts';

const CHUNK_MS = 10;
/** So much of a pause is left before the voice. */
const LEFT_MS = 60;
/** How much of a pause is looked through for one chunk of sound, so that a long one takes no time from others. */
const LOOK_MS = 5000;
/** Shorter jumps are not worth telling. */
const TOLD_MS = 100;

/** `wav` begins at `options.fromMs` already. */
export class FilePlayback implements FrameSource {
  readonly #wav: WavSamples;
  readonly #options: PlayOptions;
  readonly #onJumped: (positionMs: number) => void;
  readonly #speed: SpeedChange;
  readonly #resampler: Resampler;
  readonly #pauses = new PauseDetector();
  readonly #fifo = new SampleFifo();
  readonly #chunkSamples: number;
  /** The next sample to be read. */
  #position = 0;
  #isFinished = false;

  constructor(
    wav: WavSamples,
    rateHz: number,
    resamplers: ResamplerFactory,
    options: PlayOptions,
    onJumped: (positionMs: number) => void,
  ) {
    this.#wav = wav;
    this.#options = options;
    this.#onJumped = onJumped;
    this.#speed = new SpeedChange(wav.sampleRateHz, options.speed ?? 1);
    this.#resampler = resamplers.create(wav.sampleRateHz, rateHz);
    this.#chunkSamples = Math.ceil((wav.sampleRateHz * CHUNK_MS) / 1000);
  }

  fill(frame: Int16Array): boolean {
    while (this.#fifo.length < frame.length && !this.#isFinished) {
      if (this.#options.skipsSilence === true) this.#skipPause();
      this.#isFinished = this.#position >= this.#wav.samples.length;
      const sound = this.#isFinished ? this.#speed.finish() : this.#speed.process(this.#read());
      this.#fifo.push(this.#resampler.process(sound));
    }
    this.#fifo.take(frame);
    return !this.#isFinished || this.#fifo.length > 0;
  }

  close(): void {
    this.#resampler.close();
  }

  #read(): Int16Array {
    const chunk = this.#chunkAt(this.#position);
    this.#position += chunk.length;
    return chunk;
  }

  /** Goes to shortly before the next voice when a pause has begun. */
  #skipPause(): void {
    const start = this.#position;
    const last = start + this.#samplesOf(LOOK_MS);
    const { length } = this.#wav.samples;
    let at = start;
    while (at < Math.min(last, length) && this.#pauses.isSilent(this.#chunkAt(at), CHUNK_MS)) at += this.#chunkSamples;
    this.#position =
      at >= Math.min(last, length) ? Math.min(at, length) : Math.max(start, at - this.#samplesOf(LEFT_MS));
    if (this.#position - start < this.#samplesOf(TOLD_MS)) return;
    this.#onJumped((this.#options.fromMs ?? 0) + (this.#position * 1000) / this.#wav.sampleRateHz);
  }

  #chunkAt(position: number): Int16Array {
    return this.#wav.samples.subarray(position, position + this.#chunkSamples);
  }

  #samplesOf(ms: number): number {
    return Math.round((this.#wav.sampleRateHz * ms) / 1000);
  }
}
