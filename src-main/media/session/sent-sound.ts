// What a session sends: the microphone, a file beside it or in its place, a tone, silence, or the peer's own voice.
import type { ResamplerFactory } from '../dsp/index.ts';
import { createFrameSource, type FrameSource, type LoadedSource } from './session-source.ts';

export interface SentSoundOptions {
  readonly source: LoadedSource;
  readonly resamplers: ResamplerFactory;
  /** A file has been sent whole; told once. */
  readonly onEnded: () => void;
}

export class SentSound {
  readonly #options: SentSoundOptions;
  #source: LoadedSource;
  #frames: FrameSource | undefined;
  #hasEnded = false;
  #rateHz = 8000;
  #frame = new Int16Array(80);

  constructor(options: SentSoundOptions) {
    this.#options = options;
    this.#source = options.source;
  }

  get usesMicrophone(): boolean {
    return this.#source.kind === 'device' || this.#mixesMicrophone;
  }

  get #mixesMicrophone(): boolean {
    return this.#source.kind === 'file' && this.#source.mixesMicrophone === true;
  }

  setSource(source: LoadedSource): void {
    this.#source = source;
    this.#hasEnded = false;
    this.close();
  }

  setRate(rateHz: number): void {
    this.#rateHz = rateHz;
    this.#frame = new Int16Array(rateHz / 100);
    this.close();
  }

  /** The next 10 ms: of the microphone when given, else of the source. Silencing takes away the microphone, not a file beside it. */
  next(captured: Int16Array | undefined, received: Int16Array, isSilenced: boolean): Int16Array {
    if (captured && this.#mixesMicrophone) return this.#withFile(captured, received, isSilenced);
    const live = captured ?? this.#sourceFrame(received);
    // The captured frame belongs to the device; muting must not write to it.
    return isSilenced ? this.#frame.fill(0) : live;
  }

  close(): void {
    this.#frames?.close();
    this.#frames = undefined;
  }

  #withFile(captured: Int16Array, received: Int16Array, isSilenced: boolean): Int16Array {
    const frame = this.#sourceFrame(received);
    if (isSilenced) return frame;
    for (let i = 0; i < frame.length; i++)
      frame[i] = Math.max(-32_768, Math.min(32_767, (frame[i] ?? 0) + (captured[i] ?? 0)));
    return frame;
  }

  #sourceFrame(received: Int16Array): Int16Array {
    const frame = this.#frame;
    if (this.#source.kind === 'echo') {
      frame.set(received);
      return frame;
    }
    this.#frames ??= createFrameSource(this.#source, this.#rateHz, this.#options.resamplers);
    const goesOn = this.#frames?.fill(frame) ?? (frame.fill(0), true);
    if (!goesOn && !this.#hasEnded && this.#source.kind === 'file') {
      this.#hasEnded = true;
      this.#options.onEnded();
    }
    return frame;
  }
}
