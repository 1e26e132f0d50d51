// Streaming sample rate conversion by the Speex resampler.
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { importModule } from '../../base/import-module.ts';
import { InvariantError } from '../../base/result.ts';

/** What is used of the WebAssembly build, which brings no types; pointers are byte offsets into its memory. */
interface SpeexModule {
  /** Replaced when the memory grows: read it again after every call. */
  readonly HEAP16: Int16Array;
  readonly HEAPU32: Uint32Array;
  _malloc(sizeBytes: number): number;
  _free(pointer: number): void;
  _speex_resampler_init(channels: number, fromHz: number, toHz: number, quality: number, error: number): number;
  _speex_resampler_destroy(state: number): void;
  _speex_resampler_process_int: (
    ...pointers: [state: number, channel: number, input: number, inputSize: number, output: number, outputSize: number]
  ) => number;
}

/** Converts one stream; keeps the filter's memory between calls. */
export interface Resampler {
  /** All samples that `input` yields; the view is valid until the next call. */
  process(input: Int16Array): Int16Array;
  close(): void;
}

/** Makes resamplers for any pair of rates. */
export interface ResamplerFactory {
  create(fromHz: number, toHz: number): Resampler;
}

/**
 * WHY: a longer filter is no clearer for speech and is heard as delay: 3 ms from or to 8 kHz, half of it at 16 kHz. A step more
 * takes 4 ms and is no nearer to the speech, a step less is farther from it.
 */
const QUALITY = 3;
/** Longest input that is converted in one go; longer input is converted in pieces. */
const MAX_INPUT_SAMPLES = 5760;

class SpeexResampler implements Resampler {
  readonly #speex: SpeexModule;
  readonly #state: number;
  readonly #input: number;
  readonly #output: number;
  readonly #sizes: number;
  readonly #maxOutput: number;
  #result: Int16Array;
  #isOpen = true;

  constructor(speex: SpeexModule, fromHz: number, toHz: number) {
    this.#speex = speex;
    this.#maxOutput = Math.ceil((MAX_INPUT_SAMPLES * toHz) / fromHz) + 16;
    this.#sizes = speex._malloc(8);
    this.#state = speex._speex_resampler_init(1, fromHz, toHz, QUALITY, this.#sizes);
    this.#input = speex._malloc(MAX_INPUT_SAMPLES * 2);
    this.#output = speex._malloc(this.#maxOutput * 2);
    if (this.#state === 0 || this.#output === 0) throw new InvariantError(`no resampler from ${fromHz} to ${toHz} Hz`);
    this.#result = new Int16Array(Math.ceil((960 * toHz) / fromHz) + 16);
  }

  process(input: Int16Array): Int16Array {
    let count = 0;
    for (let at = 0; at < input.length; at += MAX_INPUT_SAMPLES) {
      count += this.#convert(input.subarray(at, at + MAX_INPUT_SAMPLES), count);
    }
    return this.#result.subarray(0, count);
  }

  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#speex._speex_resampler_destroy(this.#state);
    for (const pointer of [this.#input, this.#output, this.#sizes]) this.#speex._free(pointer);
  }

  #convert(input: Int16Array, at: number): number {
    const speex = this.#speex;
    const sizes = this.#sizes >> 2;
    speex.HEAP16.set(input, this.#input >> 1);
    speex.HEAPU32[sizes] = input.length;
    speex.HEAPU32[sizes + 1] = this.#maxOutput;
    speex._speex_resampler_process_int(this.#state, 0, this.#input, this.#sizes, this.#output, this.#sizes + 4);
    const count = speex.HEAPU32[sizes + 1] ?? 0;
    if (this.#result.length < at + count) {
      const grown = new Int16Array((at + count) * 2);
      grown.set(this.#result);
      this.#result = grown;
    }
    this.#result.set(speex.HEAP16.subarray(this.#output >> 1, (this.#output >> 1) + count), at);
    return count;
  }
}

const unchanged: Resampler = { process: (input) => input, close: () => {} };

/** Loads the WebAssembly once; equal rates cost nothing. */
export async function loadResamplerFactory(): Promise<ResamplerFactory> {
  const file = createRequire(import.meta.url).resolve('@echogarden/speex-resampler-wasm/simd');
  const { default: load } = (await importModule(pathToFileURL(file).href)) as { default: () => Promise<SpeexModule> };
  const speex = await load();
  return { create: (fromHz, toHz) => (fromHz === toHz ? unchanged : new SpeexResampler(speex, fromHz, toHz)) };
}
