// Ties a session to the device: from the codec's sample rate to the device's and back.
import { DEVICE_RATE_HZ, FRAME_SAMPLES } from '../device/index.ts';
import type { Resampler, ResamplerFactory } from '../dsp/index.ts';
import type { MediaSession } from './media-session.ts';

/** Both directions of one session at 48 kHz. */
export class DeviceLink {
  readonly session: MediaSession;
  readonly #resamplers: ResamplerFactory;
  #rateHz = 0;
  #toDevice: Resampler | undefined;
  #fromDevice: Resampler | undefined;

  constructor(session: MediaSession, resamplers: ResamplerFactory) {
    this.session = session;
    this.#resamplers = resamplers;
  }

  /** So many samples of the peer, a frame or a half; the view is valid until the next call. */
  receive(count = FRAME_SAMPLES): Int16Array {
    const frame = this.session.receiveFrame((count * 1000) / DEVICE_RATE_HZ);
    this.#follow();
    return this.#toDevice?.process(frame) ?? frame;
  }

  /** Sends 10 ms, of the microphone or as a conference has mixed them. */
  send(frame: Int16Array, isMixed = false): void {
    this.#follow();
    this.session.sendFrame(this.#fromDevice?.process(frame) ?? frame, isMixed);
  }

  close(): void {
    this.#toDevice?.close();
    this.#fromDevice?.close();
    this.#rateHz = 0;
  }

  /** A new codec may bring a new rate. */
  #follow(): void {
    const { rateHz } = this.session;
    if (rateHz === this.#rateHz) return;
    this.close();
    this.#rateHz = rateHz;
    this.#toDevice = this.#resamplers.create(rateHz, DEVICE_RATE_HZ);
    this.#fromDevice = this.#resamplers.create(DEVICE_RATE_HZ, rateHz);
  }
}
