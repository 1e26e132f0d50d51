// Turns frames into RTP packets: encoder, sequence, timestamp, marker, telephone events. RFC 3550 §5.1, RFC 3551 §4.1.
import type { Codec, Encoder, EncoderAdaptation } from '../codec/index.ts';
import { RTP_HEADER_BYTES, TelephoneEventSender, writeRtpHeader } from '../rtp/index.ts';
import type { CodecConfig, SendPosition, SessionStream } from './session-config.ts';
import { SilenceSuppression } from './silence-suppression.ts';

/** Packets that may be on their way to the kernel; a busy buffer is never written to. */
const BUFFERS = 8;
const MAX_PACKET_BYTES = 8192;
/** RFC 6263 §5, §6: how long a way may be silent before something has to go along it. */
const KEEP_ALIVE_MS = 15_000;
const NO_PAYLOAD = new Uint8Array(0);

interface PacketBuffer {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  isBusy: boolean;
}

export interface PacketSenderOptions {
  readonly position: SendPosition;
  /** Hands a packet to the network; `onSent` frees its buffer. */
  readonly send: (packet: Uint8Array, onSent: () => void) => void;
  /** Whether the test line's bad network swallows this packet. */
  readonly isDropped: () => boolean;
  readonly onDigitsSent: () => void;
}

/** One outgoing stream; its SSRC, sequence and clock go on through every change of codec. */
export class PacketSender {
  sentPackets = 0;
  sentOctets = 0;
  readonly #options: PacketSenderOptions;
  readonly #ssrc: number;
  readonly #buffers: PacketBuffer[] = [];
  #sequence: number;
  #timestamp: number;
  #config: CodecConfig | undefined;
  #encoder: Encoder | undefined;
  #frame = new Int16Array(0);
  #filled = 0;
  #ticksPerPacket = 160;
  #sampleRateHz = 8000;
  #packetMs = 20;
  #hasPaused = true;
  #events: TelephoneEventSender | undefined;
  #eventPayloadType = -1;
  #silence: SilenceSuppression | undefined;
  #noisePayloadType = -1;
  #quietMs = 0;
  #keepAlivePayloadType: number | undefined;

  constructor(options: PacketSenderOptions) {
    this.#options = options;
    ({ ssrc: this.#ssrc, sequence: this.#sequence, timestamp: this.#timestamp } = options.position);
  }

  /** Where the stream would go on. */
  get position(): SendPosition {
    return { ssrc: this.#ssrc, sequence: this.#sequence, timestamp: this.#timestamp };
  }

  /** Takes over the codec and event payload type of an exchange; the same codec goes on undisturbed. */
  setStream(stream: SessionStream, codec: Codec): void {
    const [config] = stream.codecs;
    this.#setEvents(stream);
    this.#setSilence(stream, codec);
    this.#keepAlivePayloadType = keepAlivePayloadType(stream);
    if (this.#config && JSON.stringify(this.#config) === JSON.stringify(config)) return;
    this.#encoder?.close();
    this.#encoder = codec.createEncoder();
    this.#config = config;
    this.#sampleRateHz = codec.sampleRateHz;
    this.#packetMs = config.packetMs;
    this.#resize();
  }

  /** RFC 3389 §5.1: noise is described at 8 kHz, so that only codecs of that rate leave silence out in this way. */
  #setSilence({ silenceSuppression, comfortNoisePayloadType }: SessionStream, { sampleRateHz }: Codec): void {
    const isUsed = silenceSuppression === true && comfortNoisePayloadType !== undefined && sampleRateHz === 8000;
    this.#noisePayloadType = comfortNoisePayloadType ?? -1;
    this.#silence = isUsed ? (this.#silence ?? new SilenceSuppression(sampleRateHz)) : undefined;
  }

  /** Follows the network: the encoder at once, the packet time after the packet that is being filled. */
  adapt(adaptation: EncoderAdaptation & { readonly packetMs: number }): void {
    this.#encoder?.adapt?.(adaptation);
    this.#packetMs = adaptation.packetMs;
  }

  #resize(): void {
    this.#filled = 0;
    this.#frame = new Int16Array(Math.round((this.#sampleRateHz * this.#packetMs) / 1000));
    this.#ticksPerPacket = Math.round(((this.#config?.clockRateHz ?? 8000) * this.#packetMs) / 1000);
  }

  /** Queues digits; false when telephone events were not negotiated. */
  queueDigits(digits: string): boolean {
    if (!this.#events) return false;
    this.#events.queue(digits);
    return true;
  }

  /** Adds sound at the codec's rate; each full packet is sent at once, or only counted while `isHeld`. */
  add(samples: Int16Array, isHeld: boolean): void {
    let at = 0;
    while (at < samples.length && this.#frame.length > 0) {
      const count = Math.min(samples.length - at, this.#frame.length - this.#filled);
      this.#frame.set(samples.subarray(at, at + count), this.#filled);
      this.#filled += count;
      at += count;
      if (this.#filled === this.#frame.length) this.#finishPacket(isHeld);
    }
  }

  /** Nothing was sampled for so long: what comes next is later, not late. */
  skip(gapMs: number): void {
    const ticks = Math.round((gapMs * (this.#config?.clockRateHz ?? 8000)) / 1000);
    this.#timestamp = (this.#timestamp + ticks) >>> 0;
    this.#hasPaused = true;
  }

  close(): void {
    this.#encoder?.close();
    this.#encoder = undefined;
    this.#frame = new Int16Array(0);
    this.#events = undefined;
  }

  #setEvents(stream: SessionStream): void {
    const { telephoneEvent } = stream;
    if (!telephoneEvent) {
      if (this.#events?.isBusy) this.#options.onDigitsSent();
      this.#events = undefined;
      return;
    }
    this.#eventPayloadType = telephoneEvent.payloadType;
    this.#events ??= new TelephoneEventSender(telephoneEvent.clockRateHz, this.#options.onDigitsSent);
  }

  #finishPacket(isHeld: boolean): void {
    this.#filled = 0;
    if (isHeld) {
      this.#hasPaused = true;
      this.#keepAlive();
    } else {
      this.#sendPacket();
    }
    this.#timestamp = (this.#timestamp + this.#ticksPerPacket) >>> 0;
    if (this.#frame.length * 1000 !== this.#sampleRateHz * this.#packetMs) this.#resize();
  }

  /** RFC 6263 §4.6: a packet without payload, of a type that nobody agreed on. */
  #keepAlive(): void {
    this.#quietMs += this.#packetMs;
    if (this.#keepAlivePayloadType === undefined || this.#quietMs < KEEP_ALIVE_MS) return;
    this.#write(NO_PAYLOAD, this.#keepAlivePayloadType, false, this.#timestamp);
  }

  #sendPacket(): void {
    const event = this.#events?.next((this.#frame.length * 1000) / this.#sampleRateHz);
    if (event) {
      // INTEROP: peers offer 8000 Hz events beside 48 kHz Opus; the timestamp stays on the stream's own clock.
      const startedTicksAgo = Math.round((event.startedMsAgo * (this.#config?.clockRateHz ?? 8000)) / 1000);
      const timestamp = (this.#timestamp - startedTicksAgo) >>> 0;
      this.#write(event.payload, this.#eventPayloadType, event.hasMarker, timestamp);
      this.#hasPaused = true;
      return;
    }
    const kept = this.#silence?.take(this.#frame, (this.#frame.length * 1000) / this.#sampleRateHz) ?? 'sound';
    if (kept !== 'sound') {
      if (kept !== 'nothing') this.#write(kept, this.#noisePayloadType, false, this.#timestamp);
      this.#hasPaused = true;
      return;
    }
    const payload = this.#encoder?.encode(this.#frame);
    // An encoder with discontinuous transmission leaves packets out; its next one begins a talkspurt.
    if (!payload || payload.length === 0) {
      this.#hasPaused = true;
      return;
    }
    // RFC 3551 §4.1: the first packet after silence is marked.
    this.#write(payload, this.#config?.payloadType ?? 0, this.#hasPaused, this.#timestamp);
    this.#hasPaused = false;
  }

  #write(payload: Uint8Array, payloadType: number, hasMarker: boolean, timestamp: number): void {
    const sequence = this.#sequence;
    this.#sequence = (this.#sequence + 1) & 0xffff;
    if (payload.length + RTP_HEADER_BYTES > MAX_PACKET_BYTES || this.#options.isDropped()) return;
    const buffer = this.#freeBuffer();
    if (!buffer) return;
    writeRtpHeader(buffer.view, { payloadType, hasMarker, sequence, timestamp, ssrc: this.#ssrc });
    buffer.bytes.set(payload, RTP_HEADER_BYTES);
    buffer.isBusy = true;
    this.#quietMs = 0;
    this.sentPackets++;
    this.sentOctets += payload.length;
    this.#options.send(buffer.bytes.subarray(0, RTP_HEADER_BYTES + payload.length), () => (buffer.isBusy = false));
  }

  #freeBuffer(): PacketBuffer | undefined {
    const free = this.#buffers.find((buffer) => !buffer.isBusy);
    if (free || this.#buffers.length >= BUFFERS) return free;
    const bytes = new Uint8Array(MAX_PACKET_BYTES);
    const buffer = { bytes, view: new DataView(bytes.buffer), isBusy: false };
    this.#buffers.push(buffer);
    return buffer;
  }
}

/** undefined where reports share the port, which keep the way open. RFC 6263 §4.6, §5 */
function keepAlivePayloadType(stream: SessionStream): number | undefined {
  const { remoteRtp, remoteRtcp, codecs, telephoneEvent, comfortNoisePayloadType } = stream;
  if (remoteRtp.port === remoteRtcp.port) return undefined;
  const types = codecs.flatMap(({ payloadType, receivePayloadType = payloadType }) => [
    payloadType,
    receivePayloadType,
  ]);
  const taken = new Set([...types, telephoneEvent?.payloadType, comfortNoisePayloadType]);
  return [127, 126, 125].find((type) => !taken.has(type)) ?? 20;
}
