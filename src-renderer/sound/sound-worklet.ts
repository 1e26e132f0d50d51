// Runs in the browser's sound thread: the phone's clock. Every 10 ms it hands over what was captured, and plays what has come.
import { PlayoutFifo } from './playout-fifo.ts';

/** What the sound thread's global scope has; TypeScript's library for pages does not know it. */
declare abstract class AudioWorkletProcessor {
  readonly port: MessagePort;
}
declare function registerProcessor(name: string, processor: new () => AudioWorkletProcessor): void;

const FRAME_SAMPLES = 480;

class SoundProcessor extends AudioWorkletProcessor {
  readonly #fifos = { speaker: new PlayoutFifo(), ringer: new PlayoutFifo() };
  #frame = new Int16Array(FRAME_SAMPLES);
  #filled = 0;

  constructor() {
    super();
    this.port.onmessage = ({ data }: MessageEvent<{ place: 'speaker' | 'ringer'; samples: Int16Array }>) =>
      this.#fifos[data.place].push(data.samples);
  }

  process(inputs: readonly Float32Array[][], outputs: readonly Float32Array[][]): boolean {
    const speaker = outputs[0]?.[0];
    if (speaker) this.#fifos.speaker.pull(speaker);
    const ringer = outputs[1]?.[0];
    if (ringer) this.#fifos.ringer.pull(ringer);
    this.#capture(inputs[0]?.[0], speaker?.length ?? 128);
    return true;
  }

  /** Without a microphone it is silence that is captured: time passes all the same. */
  #capture(input: Float32Array | undefined, count: number): void {
    for (let i = 0; i < count; i++) {
      const sample = Math.max(-1, Math.min(1, input?.[i] ?? 0));
      this.#frame[this.#filled++] = Math.round(sample * 32_767);
      if (this.#filled < FRAME_SAMPLES) continue;
      this.port.postMessage(this.#frame, [this.#frame.buffer]);
      this.#frame = new Int16Array(FRAME_SAMPLES);
      this.#filled = 0;
    }
  }
}

registerProcessor('nightjar-sound', SoundProcessor);
