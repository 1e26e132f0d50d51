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

/** Finds the delay between loudspeaker and microphone by itself, up to about half a second. */
export class EchoCanceller {
  readonly #aec: Aec3;
  readonly #output: Float32Array;
  #isOpen = true;

  private constructor(aec: Aec3, frameSamples: number) {
    this.#aec = aec;
    this.#output = new Float32Array(frameSamples * 2);
  }

  static async load(rateHz: number): Promise<EchoCanceller> {
    const module = await loadPackage<Aec3Module>('@ennuicastr/webrtcaec3.js');
    return new EchoCanceller(new module.AEC3(rateHz, 1, 1), rateHz / 100);
  }

  /** A frame that is about to be played. */
  addPlayed(frame: Float32Array): void {
    this.#aec.analyze([frame]);
  }

  /** Takes the echo out of a captured frame, in place. */
  process(frame: Float32Array): void {
    const size = this.#aec.processSize([frame]);
    if (size > this.#output.length) return;
    this.#aec.process([this.#output], [frame]);
    frame.set(this.#output.subarray(0, Math.min(size, frame.length)));
  }

  close(): void {
    if (this.#isOpen) this.#aec.free();
    this.#isOpen = false;
  }
}
