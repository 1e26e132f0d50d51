// Takes what the loudspeaker plays out of what the microphone hears: WebRTC's AEC3 as WebAssembly, and a linear canceller for double talk.
import { LinearEchoCanceller } from './linear-echo-canceller.ts';
import { NearSpeech } from './near-speech.ts';
import { PlayedQueue } from './played-queue.ts';
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

const RATE_HZ = 48_000;
const FRAME = 480;
/** What goes in comes out of AEC3 so much later, measured; the linear canceller's sound waits for it. */
const AEC3_DELAY_SAMPLES = 430;

/**
 * AEC3 takes out all of an echo, and with it much of a near speaker who talks at the same time. The linear canceller leaves the speaker as
 * he is, and some echo, which he covers: its sound is sent while he speaks. 48 kHz, frames of 10 ms with full scale 1.
 */
export class EchoCanceller {
  readonly #aec3: Aec3;
  readonly #linear = new LinearEchoCanceller();
  readonly #queue = new PlayedQueue(FRAME);
  readonly #near = new NearSpeech();
  readonly #suppressed = new Float32Array(FRAME * 2);
  /** The linear canceller's last sound, the newest frame at the end. */
  readonly #linearSound = new Float32Array(FRAME * 2);
  #nearShare = 1;
  #isOpen = true;

  private constructor(aec3: Aec3) {
    this.#aec3 = aec3;
  }

  static async load(): Promise<EchoCanceller> {
    const module = await loadPackage<Aec3Module>('@ennuicastr/webrtcaec3.js');
    return new EchoCanceller(new module.AEC3(RATE_HZ, 1, 1));
  }

  /** A frame that is about to be played. */
  addPlayed(frame: Float32Array): void {
    this.#aec3.analyze([frame]);
    this.#queue.add(frame);
  }

  /** Takes the echo out of a captured frame, in place. */
  process(frame: Float32Array): void {
    if (this.#aec3.processSize([frame]) > this.#suppressed.length) return;
    this.#aec3.process([this.#suppressed], [frame]);
    this.#cancelLinearly(frame);
    this.#blend(frame);
  }

  close(): void {
    if (this.#isOpen) this.#aec3.free();
    this.#isOpen = false;
  }

  #cancelLinearly(frame: Float32Array): void {
    const { frames, shiftFrames } = this.#queue.take();
    for (const played of frames) this.#linear.addPlayed(played);
    if (shiftFrames !== 0) this.#linear.realign(shiftFrames);
    this.#linear.process(frame);
    this.#linearSound.copyWithin(0, FRAME);
    this.#linearSound.set(frame, FRAME);
  }

  /** Writes AEC3's sound or the linear canceller's, or some of both, into `frame`. */
  #blend(frame: Float32Array): void {
    const linear = this.#linearSound.subarray(FRAME - AEC3_DELAY_SAMPLES);
    const before = this.#nearShare;
    const { excessDb, expectsEcho } = this.#linear;
    const [leftPower, passedPower] = [meanSquare(linear), meanSquare(this.#suppressed)];
    this.#nearShare = this.#near.next({ excessDb, expectsEcho, leftPower, passedPower });
    for (let i = 0; i < FRAME; i++) {
      const share = before + ((this.#nearShare - before) * (i + 1)) / FRAME;
      frame[i] = share * (linear[i] ?? 0) + (1 - share) * (this.#suppressed[i] ?? 0);
    }
  }
}

function meanSquare(samples: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < FRAME; i++) sum += (samples[i] ?? 0) ** 2;
  return sum / FRAME;
}
