// RNNoise as WebAssembly: takes steady and not so steady noise out of speech. One frame of delay.
import { loadPackage, type WasmHeap } from './wasm-heap.ts';

interface RnnoiseModule extends WasmHeap {
  _rnnoise_create(model: number): number;
  _rnnoise_destroy(state: number): void;
  _rnnoise_process_frame(state: number, output: number, input: number): number;
}

const FRAME_SAMPLES = 480;
/** WHY: RNNoise was trained on 16-bit samples and takes them as floats. */
const SCALE = 32_768;

/** Works at 48 kHz on frames of 10 ms with full scale 1. */
export class NoiseSuppressor {
  readonly #rnnoise: RnnoiseModule;
  readonly #state: number;
  readonly #buffer: number;
  #isOpen = true;

  private constructor(rnnoise: RnnoiseModule) {
    this.#rnnoise = rnnoise;
    this.#state = rnnoise._rnnoise_create(0);
    this.#buffer = rnnoise._malloc(FRAME_SAMPLES * 4);
  }

  static async load(): Promise<NoiseSuppressor> {
    return new NoiseSuppressor(await loadPackage<RnnoiseModule>('@echogarden/rnnoise-wasm'));
  }

  /** Takes the noise out, in place. */
  process(frame: Float32Array): void {
    const at = this.#buffer >> 2;
    const heap = this.#rnnoise.HEAPF32;
    for (let i = 0; i < FRAME_SAMPLES; i++) heap[at + i] = (frame[i] ?? 0) * SCALE;
    this.#rnnoise._rnnoise_process_frame(this.#state, this.#buffer, this.#buffer);
    const { HEAPF32 } = this.#rnnoise;
    for (let i = 0; i < FRAME_SAMPLES; i++) frame[i] = (HEAPF32[at + i] ?? 0) / SCALE;
  }

  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#rnnoise._rnnoise_destroy(this.#state);
    this.#rnnoise._free(this.#buffer);
  }
}
