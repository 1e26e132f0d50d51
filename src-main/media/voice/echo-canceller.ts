// WebRTC's echo canceller AEC3 as WebAssembly: takes what the loudspeaker plays out of what the microphone hears.
import { loadPackage } from './wasm-heap.ts';

interface Aec3 {
  analyze(played: readonly Float32Array[]): void;
  process(output: readonly Float32Array[], captured: readonly Float32Array[]): void;
  processSize(captured: readonly Float32Array[]): number;
  free(): void;
}

interface Aec3Module {
  readonly AEC3: new (rateHz: number, renderChannels: number, captureChannels: number) => Aec3;
}

/**
 * How loud AEC3 gets to hear both sides. WHY: it takes no settings, but what it takes for inaudible depends on the level:
 * with less of it, it spares the near speaker 0.6 to 1 dB more when both talk, and still takes out 44 dB and more.
 */
const PLAYED_GAIN = 0.5;
const CAPTURED_GAIN = 0.25;

/** Finds the delay between loudspeaker and microphone by itself, up to about half a second. */
export class EchoCanceller {
  readonly #aec: Aec3;
  readonly #output: Float32Array;
  readonly #played: Float32Array;
  #isOpen = true;

  private constructor(aec: Aec3, frameSamples: number) {
    this.#aec = aec;
    this.#output = new Float32Array(frameSamples * 2);
    this.#played = new Float32Array(frameSamples);
  }

  static async load(rateHz: number): Promise<EchoCanceller> {
    const module = await loadPackage<Aec3Module>('@ennuicastr/webrtcaec3.js');
    return new EchoCanceller(new module.AEC3(rateHz, 1, 1), rateHz / 100);
  }

  /** A frame that is about to be played. */
  addPlayed(frame: Float32Array): void {
    const played = this.#played;
    for (let i = 0; i < played.length; i++) played[i] = (frame[i] ?? 0) * PLAYED_GAIN;
    this.#aec.analyze([played]);
  }

  /** Takes the echo out of a captured frame, in place. */
  process(frame: Float32Array): void {
    const size = this.#aec.processSize([frame]);
    if (size > this.#output.length) return;
    for (let i = 0; i < frame.length; i++) frame[i] = (frame[i] ?? 0) * CAPTURED_GAIN;
    this.#aec.process([this.#output], [frame]);
    for (let i = 0; i < frame.length; i++) {
      const cleaned = i < size ? this.#output[i] : frame[i];
      frame[i] = (cleaned ?? 0) / CAPTURED_GAIN;
    }
  }

  close(): void {
    if (this.#isOpen) this.#aec.free();
    this.#isOpen = false;
  }
}
