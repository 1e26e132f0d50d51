// What a session sends when it is not the microphone: files, tones, silence, the peer's own voice.
import { createTone, type Resampler, type ResamplerFactory } from '../dsp/index.ts';
import type { WavSamples } from '../recording/index.ts';
import type { ToneName } from './session-config.ts';
import { SampleFifo } from './sample-fifo.ts';

/** A source whose file has been read. */
export type LoadedSource =
  | { readonly kind: 'device' | 'echo' | 'silence' }
  | { readonly kind: 'tone'; readonly tone: ToneName }
  | {
      readonly kind: 'file';
      readonly wav: WavSamples;
      readonly isLooped: boolean;
      readonly mixesMicrophone?: boolean;
    };

/** Writes frames at the session's rate; false when a file has been sent whole. */
export interface FrameSource {
  fill(frame: Int16Array): boolean;
  close(): void;
}

class FileSource implements FrameSource {
  readonly #wav: WavSamples;
  readonly #isLooped: boolean;
  readonly #resampler: Resampler;
  readonly #fifo = new SampleFifo();
  readonly #chunkSamples: number;
  #position = 0;

  constructor(source: Extract<LoadedSource, { kind: 'file' }>, rateHz: number, resamplers: ResamplerFactory) {
    this.#wav = source.wav;
    this.#isLooped = source.isLooped && source.wav.samples.length > 0;
    this.#resampler = resamplers.create(source.wav.sampleRateHz, rateHz);
    this.#chunkSamples = Math.ceil(source.wav.sampleRateHz / 100);
  }

  fill(frame: Int16Array): boolean {
    const { samples } = this.#wav;
    while (this.#fifo.length < frame.length) {
      if (this.#position >= samples.length) {
        if (!this.#isLooped) break;
        this.#position = 0;
      }
      const chunk = samples.subarray(this.#position, this.#position + this.#chunkSamples);
      this.#position += chunk.length;
      this.#fifo.push(this.#resampler.process(chunk));
    }
    this.#fifo.take(frame);
    return this.#isLooped || this.#position < samples.length || this.#fifo.length > 0;
  }

  close(): void {
    this.#resampler.close();
  }
}

/** The frames of `source` at `rateHz`; undefined for the microphone and the echo, which come from elsewhere. */
export function createFrameSource(
  source: LoadedSource,
  rateHz: number,
  resamplers: ResamplerFactory,
): FrameSource | undefined {
  switch (source.kind) {
    case 'file':
      return new FileSource(source, rateHz, resamplers);
    case 'tone': {
      const tone = createTone(source.tone, rateHz);
      return { fill: (frame) => tone.fill(frame), close: () => {} };
    }
    case 'silence':
      return { fill: (frame) => (frame.fill(0), true), close: () => {} };
    case 'device':
    case 'echo':
      return undefined;
  }
}
