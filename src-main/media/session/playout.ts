// Pulls sound out of the jitter buffer: decode, conceal, stretch towards the target, comfort noise, resample.
import type { Codec, Decoder } from '../codec/index.ts';
import {
  ComfortNoise,
  Concealment,
  GONE_MS,
  levelDbov,
  TimeScale,
  type Resampler,
  type ResamplerFactory,
} from '../dsp/index.ts';
import type { BufferedPacket, JitterBuffer, Taken } from '../jitter/index.ts';
import { DelayControl } from './delay-control.ts';
import { PullGrid } from './pull-grid.ts';
import { SampleFifo } from './sample-fifo.ts';

/** Quieter frames may be stretched anywhere without being heard. */
const SILENT_DBOV = -45;
/** More delay than this beyond the target is cut even where it is heard. */
const HARD_EXCESS_MS = 200;
/** An Opus frame of so few bytes says that the encoder sends no sound for now. */
const DTX_BYTES = 2;
/** A decoder is asked for its background in pieces of this. */
const QUIET_MS = 10;

interface ActiveDecoder {
  readonly payloadType: number;
  readonly codec: Codec;
  readonly decoder: Decoder;
  readonly concealment: Concealment;
  readonly timeScale: TimeScale;
  readonly resampler: Resampler;
}

export interface PlayoutOptions {
  readonly buffer: JitterBuffer;
  /** Rate at which frames are pulled. */
  readonly rateHz: number;
  readonly codecOf: (payloadType: number) => Codec | undefined;
  readonly isComfortNoise: (payloadType: number) => boolean;
  readonly resamplers: ResamplerFactory;
}

/** One incoming stream as an endless row of frames. */
export class Playout {
  concealedMs = 0;
  readonly #options: PlayoutOptions;
  readonly #fifo = new SampleFifo();
  readonly #control = new DelayControl();
  readonly #grid = new PullGrid();
  readonly #noise: ComfortNoise;
  #noiseFrame = new Int16Array(0);
  #active: ActiveDecoder | undefined;
  /** Invented since the last packet. */
  #inventedMs = 0;
  /** Invented while it is not known whether sound is late or the peer silent. */
  #doubtfulMs = 0;
  #isPeerQuiet = false;

  constructor(options: PlayoutOptions) {
    this.#options = options;
    this.#noise = new ComfortNoise(options.rateHz);
  }

  /** Milliseconds that are decoded but not pulled. */
  get waitingMs(): number {
    return (this.#fifo.length * 1000) / this.#options.rateHz;
  }

  get grownMs(): number {
    return this.#control.grownMs;
  }

  get shrunkMs(): number {
    return this.#control.shrunkMs;
  }

  /** Fills `frame` with what is to be heard now. */
  pull(frame: Int16Array, nowMs: number): void {
    const { buffer, rateHz } = this.#options;
    this.#grid.pull(nowMs, (frame.length * 1000) / rateHz);
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
        this.#settleDoubt(taken.isAfterSilence);
        if (this.#options.isComfortNoise(taken.packet.payloadType)) this.#startNoise(taken.packet.payload);
        else this.#playPacket(taken.packet, nowMs);
        break;
      case 'lost':
        this.#settleDoubt(false);
        this.concealedMs += taken.durationMs;
        this.#conceal(taken.durationMs, taken.next);
        break;
      case 'notYet':
        this.#wait(this.#options.buffer.packetMs);
        break;
      case 'pause':
        this.#beSilent(frameSamples - this.#fifo.length);
        break;
    }
  }

  /** What was invented before silence that was not sent is no loss. */
  #settleDoubt(wasSilence: boolean): void {
    if (!wasSilence) this.concealedMs += this.#doubtfulMs;
    this.#doubtfulMs = 0;
  }

  #playPacket({ payloadType, payload }: BufferedPacket, nowMs: number): void {
    const active = this.#activate(payloadType);
    if (!active) return;
    const samples = active.decoder.decode(payload);
    if (samples.length === 0) return;
    this.#noise.stop();
    this.#inventedMs = 0;
    this.#isPeerQuiet = payload.length <= DTX_BYTES;
    active.concealment.receive(samples);
    const packetMs = (samples.length * 1000) / active.codec.sampleRateHz;
    // The buffer speaks of the packet after this one.
    const slackMs = this.#options.buffer.excessMs(nowMs) + packetMs;
    if (slackMs > HARD_EXCESS_MS) {
      this.#control.changed(-packetMs);
      return;
    }
    this.#fifo.push(active.resampler.process(this.#stretch(active, samples, slackMs, packetMs)));
  }

  #stretch(active: ActiveDecoder, samples: Int16Array, slackMs: number, packetMs: number): Int16Array {
    const request = this.#control.next({
      slackMs,
      packetMs,
      aheadMs: this.waitingMs + this.#grid.pulledMs,
      gridMs: this.#grid.stepMs,
      isSilent: levelDbov(samples) < SILENT_DBOV,
    });
    if (!request) {
      active.timeScale.remember(samples);
      return samples;
    }
    const scaled = active.timeScale.scale(samples, request);
    const byMs = ((scaled.length - samples.length) * 1000) / active.codec.sampleRateHz;
    if (byMs !== 0) this.#control.changed(byMs);
    return scaled;
  }

  /** Nothing is there in time: late, lost, or the peer has fallen silent. */
  #wait(durationMs: number): void {
    if (this.#noise.isOn) {
      this.#makeNoise((durationMs * this.#options.rateHz) / 1000);
      return;
    }
    this.#doubtfulMs += this.#isPeerQuiet ? 0 : durationMs;
    this.#conceal(durationMs, undefined);
  }

  #beSilent(count: number): void {
    if (this.#noise.isOn) {
      this.#makeNoise(count);
    } else if (this.#active && (this.#isPeerQuiet || this.#inventedMs < GONE_MS)) {
      // The decoder of a silent peer goes on with the background that it knows; what broke off fades to its end.
      this.#conceal(QUIET_MS, undefined);
    } else {
      this.#fifo.pushSilence(count);
    }
  }

  #conceal(durationMs: number, next: BufferedPacket | undefined): void {
    const active = this.#active;
    if (!active) {
      this.#fifo.pushSilence(Math.round((durationMs * this.#options.rateHz) / 1000));
      return;
    }
    const samples = this.#invent(
      active,
      durationMs,
      next?.payloadType === active.payloadType ? next.payload : undefined,
    );
    this.#inventedMs += durationMs;
    active.timeScale.remember(samples);
    this.#fifo.push(active.resampler.process(samples));
  }

  #invent(active: ActiveDecoder, durationMs: number, after: Uint8Array | undefined): Int16Array {
    const { codec, decoder, concealment } = active;
    const count = Math.round((durationMs * codec.sampleRateHz) / 1000);
    const samples = decoder.conceal(count, after);
    const isCopy = after !== undefined && codec.repeatsBefore?.(after) === true;
    const ahead = after && !isCopy ? decoder.lookAhead?.(after) : undefined;
    // WHY: libopus is silent after a packet or two, in the middle of a word; what it made of the first goes on longer.
    const isSpent = this.#inventedMs > 0 && !isCopy && !this.#isPeerQuiet;
    if (!samples || isSpent) return concealment.conceal(count, ahead);
    if (ahead) concealment.receiveInvented(samples, ahead);
    else concealment.receive(samples);
    return samples;
  }

  #startNoise(payload: Uint8Array): void {
    const isNew = !this.#noise.isOn;
    this.#noise.describe(payload);
    // The last sound goes on and fades while the noise rises.
    const durationMs = this.#options.buffer.packetMs;
    if (isNew && this.#active) this.#conceal(durationMs, undefined);
    else this.#makeNoise((durationMs * this.#options.rateHz) / 1000);
  }

  #makeNoise(count: number): void {
    const samples = Math.max(1, Math.round(count));
    if (this.#noiseFrame.length < samples) this.#noiseFrame = new Int16Array(samples);
    const frame = this.#noiseFrame.subarray(0, samples).fill(0);
    this.#noise.addTo(frame);
    this.#fifo.push(frame);
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
      timeScale: new TimeScale(codec.sampleRateHz),
      resampler: this.#options.resamplers.create(codec.sampleRateHz, this.#options.rateHz),
    };
    return this.#active;
  }
}
