// From datagram to frame: source tracking, telephone events, jitter buffer, playout. RFC 3550 §8, RFC 4733 §2.5.2.
import type { Codec } from '../codec/index.ts';
import type { ResamplerFactory } from '../dsp/index.ts';
import { JitterBuffer, type JitterSettings } from '../jitter/index.ts';
import { BurstGapMeter, parseRtpPacket, SourceTracker, TelephoneEventReceiver, type RtpPacket } from '../rtp/index.ts';
import { Playout } from './playout.ts';
import { PullClock } from './pull-clock.ts';

export interface ReceiveSettings {
  /** RTP clock of the codec in use. */
  readonly clockRateHz: number;
  /** Rate at which frames are pulled. */
  readonly rateHz: number;
  /** Payload types of sound that may arrive. */
  readonly codecs: ReadonlyMap<number, Codec>;
  readonly eventPayloadType: number | undefined;
  readonly comfortNoisePayloadType?: number | undefined;
  /** How deep the buffer may be; what is missing takes the default. */
  readonly jitter?: Partial<JitterSettings> | undefined;
}

/** What happened to the sound on its way through the buffer and the playout. */
export interface PlayoutFigures {
  readonly concealedMs: number;
  readonly latePackets: number;
  readonly duplicatePackets: number;
  readonly reorderedPackets: number;
  /** By how much sound was made longer and shorter to follow the line. */
  readonly grownMs: number;
  readonly shrunkMs: number;
}

export const NO_FIGURES: PlayoutFigures = {
  concealedMs: 0,
  latePackets: 0,
  duplicatePackets: 0,
  reorderedPackets: 0,
  grownMs: 0,
  shrunkMs: 0,
};

export interface PacketReceiverEvents {
  readonly onDigit: (digit: string) => void;
  readonly onFirstPacket: () => void;
}

/** One incoming stream; created at the first exchange and adjusted by later ones. */
export class PacketReceiver {
  readonly tracker = new SourceTracker();
  readonly losses = new BurstGapMeter();
  readonly #events: PacketReceiverEvents;
  readonly #resamplers: ResamplerFactory;
  readonly #clock = new PullClock();
  #settings: ReceiveSettings;
  #buffer: JitterBuffer;
  #playout: Playout;
  #digits = new TelephoneEventReceiver();
  /** Of the buffers and playouts before a change of clock. */
  #before = NO_FIGURES;

  constructor(settings: ReceiveSettings, resamplers: ResamplerFactory, events: PacketReceiverEvents) {
    this.#settings = settings;
    this.#resamplers = resamplers;
    this.#events = events;
    this.#buffer = this.#createBuffer();
    this.#playout = this.#createPlayout();
  }

  /** Everything up to now. */
  get figures(): PlayoutFigures {
    const { latePackets, duplicatePackets, reorderedPackets } = this.#buffer;
    const { concealedMs, grownMs, shrunkMs } = this.#playout;
    const before = this.#before;
    return {
      concealedMs: before.concealedMs + concealedMs,
      latePackets: before.latePackets + latePackets,
      duplicatePackets: before.duplicatePackets + duplicatePackets,
      reorderedPackets: before.reorderedPackets + reorderedPackets,
      grownMs: before.grownMs + grownMs,
      shrunkMs: before.shrunkMs + shrunkMs,
    };
  }

  get bufferMs(): number {
    return this.#buffer.bufferedMs + this.#playout.waitingMs;
  }

  /** How long a packet that came as fast as the fastest should wait. */
  get targetMs(): number {
    return this.#buffer.targetMs;
  }

  get jitterMs(): number {
    return (this.tracker.jitterTicks * 1000) / this.#settings.clockRateHz;
  }

  /** Takes over an exchange; what is buffered survives unless clock or rate change. */
  adjust(settings: ReceiveSettings): void {
    const { clockRateHz, rateHz } = this.#settings;
    this.#settings = settings;
    if (clockRateHz === settings.clockRateHz && rateHz === settings.rateHz) return;
    this.#before = this.figures;
    this.#playout.close();
    this.#buffer = this.#createBuffer();
    this.#playout = this.#createPlayout();
  }

  /** Whether a datagram is a packet of this session; only then its source may be believed. */
  parse(bytes: Uint8Array): RtpPacket | undefined {
    const packet = parseRtpPacket(bytes);
    if (!packet) return undefined;
    const { codecs, eventPayloadType, comfortNoisePayloadType } = this.#settings;
    const { payloadType } = packet;
    const isOurs = codecs.has(payloadType) || payloadType === eventPayloadType;
    // RFC 6263 §4.6: a packet without payload keeps the way open and is a part of the stream.
    const isKeepAlive = packet.payload.length === 0 && packet.ssrc === this.tracker.ssrc;
    return isOurs || isKeepAlive || payloadType === comfortNoisePayloadType ? packet : undefined;
  }

  /** Takes in a parsed packet that arrived at `nowMs`. */
  receive(packet: RtpPacket, nowMs: number): void {
    const verdict = this.tracker.receive(packet, (nowMs * this.#settings.clockRateHz) / 1000);
    if (verdict === 'ignored') return;
    if (verdict === 'first') this.#events.onFirstPacket();
    if (verdict === 'newSource') {
      this.#buffer.reset();
      this.losses.restart();
      this.#digits = new TelephoneEventReceiver();
    }
    const lateBefore = this.#buffer.latePackets;
    if (packet.payload.length === 0) this.#buffer.skip(packet.sequence, packet.timestamp);
    else if (packet.payloadType === this.#settings.eventPayloadType) this.#receiveEvent(packet);
    else this.#buffer.put(packet, nowMs, this.#clock.earliestMs(nowMs));
    this.losses.add(packet.sequence, this.#buffer.latePackets > lateBefore);
  }

  /** The next frame to hear. */
  pull(frame: Int16Array, nowMs: number): void {
    this.#playout.pull(frame, this.#clock.next(nowMs, (frame.length * 1000) / this.#settings.rateHz));
  }

  close(): void {
    this.#playout.close();
    this.#buffer.reset();
  }

  #receiveEvent(packet: RtpPacket): void {
    this.#buffer.skip(packet.sequence, packet.timestamp);
    const digit = this.#digits.receive(packet.payload, packet.timestamp);
    if (digit !== undefined) this.#events.onDigit(digit);
  }

  #createBuffer(): JitterBuffer {
    return new JitterBuffer({
      ...this.#settings.jitter,
      clockRateHz: this.#settings.clockRateHz,
      isSound: (payloadType) => payloadType !== this.#settings.comfortNoisePayloadType,
      mendsBefore: ({ payloadType }) => this.#settings.codecs.get(payloadType)?.looksAhead === true,
    });
  }

  #createPlayout(): Playout {
    return new Playout({
      buffer: this.#buffer,
      rateHz: this.#settings.rateHz,
      codecOf: (payloadType) => this.#settings.codecs.get(payloadType),
      isComfortNoise: (payloadType) => payloadType === this.#settings.comfortNoisePayloadType,
      resamplers: this.#resamplers,
    });
  }
}
