// WebRTC's voice activity detector as WebAssembly: tells speech from everything else, in frames of 10 ms.
import { loadPackage, type WasmHeap } from './wasm-heap.ts';

interface FvadModule extends WasmHeap {
  _fvad_new(): number;
  _fvad_free(state: number): void;
  _fvad_set_mode(state: number, mode: number): number;
  _fvad_set_sample_rate(state: number, rateHz: number): number;
  _fvad_process(state: number, frame: number, samples: number): number;
}

/** Fewest false alarms: a hint to a muted speaker must not come from a keyboard. */
const MODE = 3;
const FRAME_SAMPLES = 480;
/** Quieter than -55 dBov nobody speaks into this microphone. */
const LEAST_POWER = 10 ** (-55 / 10);

/** At 48 kHz; frames have full scale 1. */
export class VoiceDetector {
  readonly #fvad: FvadModule;
  readonly #state: number;
  readonly #buffer: number;
  #isOpen = true;

  private constructor(fvad: FvadModule) {
    this.#fvad = fvad;
    this.#state = fvad._fvad_new();
    this.#buffer = fvad._malloc(FRAME_SAMPLES * 2);
    fvad._fvad_set_sample_rate(this.#state, 48_000);
    fvad._fvad_set_mode(this.#state, MODE);
  }

  static async load(): Promise<VoiceDetector> {
    return new VoiceDetector(await loadPackage<FvadModule>('@echogarden/fvad-wasm'));
  }

  isSpeech(frame: Float32Array): boolean {
    const at = this.#buffer >> 1;
    const heap = this.#fvad.HEAP16;
    let power = 0;
    for (let i = 0; i < FRAME_SAMPLES; i++) {
      const sample = frame[i] ?? 0;
      power += sample * sample;
      heap[at + i] = Math.max(-32_768, Math.min(32_767, Math.round(sample * 32_767)));
    }
    const verdict = this.#fvad._fvad_process(this.#state, this.#buffer, FRAME_SAMPLES);
    return verdict === 1 && power > LEAST_POWER * FRAME_SAMPLES;
  }

  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#fvad._fvad_free(this.#state);
    this.#fvad._free(this.#buffer);
  }
}
