// Sound for the local ear only: call progress tones, ringing, and playback of messages.
import { DEVICE_RATE_HZ, FRAME_SAMPLES } from '../device/index.ts';
import { createTone, type ResamplerFactory, type SignalGenerator } from '../dsp/index.ts';
import type { WavSamples } from '../recording/index.ts';
import type { ToneName } from './session-config.ts';
import type { MixBus } from './mixer.ts';
import { FilePlayback } from './file-playback.ts';
import type { PlayOptions } from './media-engine.ts';
import type { FrameSource } from './session-source.ts';

type ToneRole = 'speaker' | 'ringer';

interface Playback {
  readonly source: FrameSource;
  readonly onEnded: () => void;
}

/** Adds whatever is being played to the loudspeaker's sum. */
export class LocalPlayer {
  readonly #resamplers: ResamplerFactory;
  readonly #tones = new Map<ToneRole, SignalGenerator>();
  readonly #frame = new Int16Array(FRAME_SAMPLES);
  #playback: Playback | undefined;

  constructor(resamplers: ResamplerFactory) {
    this.#resamplers = resamplers;
  }

  get isPlaying(): boolean {
    return this.#tones.size > 0 || this.#playback !== undefined;
  }

  setTone(role: ToneRole, tone: ToneName | undefined): void {
    if (tone === undefined) this.#tones.delete(role);
    else this.#tones.set(role, createTone(tone, DEVICE_RATE_HZ));
  }

  /** Replaces what is played; resolves when it is over or stopped. */
  play(wav: WavSamples, options: PlayOptions, onJumped: (positionMs: number) => void): Promise<void> {
    this.stop();
    const source = new FilePlayback(wav, DEVICE_RATE_HZ, this.#resamplers, options, onJumped);
    return new Promise((resolve) => (this.#playback = { source, onEnded: resolve }));
  }

  stop(): void {
    const playback = this.#playback;
    this.#playback = undefined;
    playback?.source.close();
    playback?.onEnded();
  }

  /** Adds the next so many samples, a frame or a half; returns whether something has just come to its end. */
  render(bus: MixBus, count: number): boolean {
    const frame = this.#frame.subarray(0, count);
    let hasEnded = false;
    for (const [role, tone] of this.#tones) {
      if (!tone.fill(frame)) hasEnded = this.#tones.delete(role);
      bus.add(frame);
    }
    if (!this.#playback) return hasEnded;
    const goesOn = this.#playback.source.fill(frame);
    bus.add(frame);
    if (goesOn) return hasEnded;
    this.stop();
    return true;
  }
}
