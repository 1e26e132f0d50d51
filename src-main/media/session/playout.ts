// Pulls sound out of the jitter buffer: decode, conceal, shorten and lengthen in silence, resample.
import type { Codec, Decoder } from '../codec/index.ts';
import { Concealment, levelDbov, shorten, type Resampler, type ResamplerFactory } from '../dsp/index.ts';
import type { JitterBuffer, Taken } from '../jitter/index.ts';
import { SampleFifo } from './sample-fifo.ts';

/** Quieter frames may be left out or doubled without being heard. */
const SILENT_DBOV = -45;
/** More delay than this beyond the target is cut even where it is heard. */
const HARD_EXCESS_MS = 200;
/** Silence is cut or doubled when the delay is off by this share of a packet. */
const SILENT_SHARE = 0.75;
/** A period may be taken out of speech that resembles itself so much. */
const LEAST_SIMILARITY = 0.75;

interface ActiveDecoder {
  readonly payloadType: number;
  readonly codec: Codec;
  readonly decoder: Decoder;
  readonly concealment: Concealment;
  readonly resampler: Resampler;
}

export interface PlayoutOptions {
  readonly buffer: JitterBuffer;
  /** Rate at which frames are pulled. */
  readonly rateHz: number;
  readonly codecOf: (payloadType: number) => Codec | undefined;
  readonly resamplers: ResamplerFactory;
}

/** One incoming stream as an endless row of frames. */
export class Playout {
  concealedMs = 0;
  readonly #options: PlayoutOptions;
  readonly #fifo = new SampleFifo();
  #active: ActiveDecoder | undefined;

  constructor(options: PlayoutOptions) {
    this.#options = options;
  }

  /** Milliseconds that are decoded but not pulled. */
  get waitingMs(): number {
    return (this.#fifo.length * 1000) / this.#options.rateHz;
  }

  /** Fills `frame` with what is to be heard now. */
  pull(frame: Int16Array, nowMs: number): void {
    const { buffer } = this.#options;
    // The bound is for a flood of empty packets: each turn takes one from the buffer.
    for (let turn = 0; this.#fifo.length < frame.length && turn < 64; turn++) {
      this.#play(buffer.take(nowMs), frame.length, nowMs);
    }
    this.#fifo.take(frame);
  }

  close(): void {
    this.#active?.decoder.close();
    this.#active?.resampler.close();
    this.#active = undefined;
  }

  #play(taken: Taken, frameSamples: number, nowMs: number): void {
    switch (taken.kind) {
      case 'packet':
        this.#playPacket(taken.packet.payloadType, taken.packet.payload, nowMs);
        break;
      case 'lost':
        this.#conceal(taken.durationMs, taken.next?.payload);
        break;
      case 'notYet':
        this.#conceal(this.#options.buffer.packetMs, undefined);
        break;
      case 'pause':
        this.#fifo.pushSilence(frameSamples - this.#fifo.length);
        break;
    }
  }

  #playPacket(payloadType: number, payload: Uint8Array, nowMs: number): void {
    const active = this.#activate(payloadType);
    if (!active) return;
    const samples = active.decoder.decode(payload);
    if (samples.length === 0) return;
    active.concealment.receive(samples);
    const packetMs = (samples.length * 1000) / active.codec.sampleRateHz;
    // The buffer speaks of the packet after this one, and what is decoded already is heard first.
    const excessMs = this.#options.buffer.excessMs(nowMs) + packetMs + this.waitingMs;
    const isSilent = Math.abs(excessMs) > packetMs * SILENT_SHARE && levelDbov(samples) < SILENT_DBOV;
    if (excessMs > HARD_EXCESS_MS || (excessMs > 0 && isSilent)) return;
    const isTooLate = excessMs > packetMs;
    const rest = isTooLate ? shorten(samples, active.codec.sampleRateHz, LEAST_SIMILARITY) : samples;
    const output = active.resampler.process(rest);
    this.#fifo.push(output);
    if (excessMs < 0 && isSilent) this.#fifo.push(output);
  }

  #conceal(durationMs: number, nextPayload: Uint8Array | undefined): void {
    const active = this.#active;
    if (!active) {
      this.#fifo.pushSilence(Math.round((durationMs * this.#options.rateHz) / 1000));
      return;
    }
    this.concealedMs += durationMs;
    const count = Math.round((durationMs * active.codec.sampleRateHz) / 1000);
    const samples = active.decoder.conceal(count, nextPayload) ?? active.concealment.conceal(count);
    this.#fifo.push(active.resampler.process(samples));
  }

  #activate(payloadType: number): ActiveDecoder | undefined {
    if (this.#active?.payloadType === payloadType) return this.#active;
    const codec = this.#options.codecOf(payloadType);
    if (!codec) return undefined;
    this.close();
    this.#active = {
      payloadType,
      codec,
      decoder: codec.createDecoder(),
      concealment: new Concealment(codec.sampleRateHz),
      resampler: this.#options.resamplers.create(codec.sampleRateHz, this.#options.rateHz),
    };
    return this.#active;
  }
}
