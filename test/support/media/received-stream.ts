// One incoming stream on a line of its own: packets with the delay that a test says, and what is heard of them.
import { CodecLibrary, type Codec } from '../../../src-main/media/codec/index.ts';
import { loadResamplerFactory, type ResamplerFactory } from '../../../src-main/media/dsp/index.ts';
import { PacketReceiver, type ReceiveSettings } from '../../../src-main/media/session/packet-receiver.ts';
import { codecConfig } from './call-fixture.ts';
import type { CodecName } from '../../../src-main/media/index.ts';

interface Line {
  /** How long packet `i` travels; undefined when it never arrives. */
  readonly delayMs: (i: number) => number | undefined;
  /** How much faster than ours the sender's clock runs, in parts per million. */
  readonly driftPpm?: number;
  readonly packetMs?: number;
  /** As much is pulled at once: 10 ms where nothing else is said. */
  readonly frameMs?: number;
  /** How much too late the clock that pulls frame `i` wakes; the frames after it are pulled in time. */
  readonly wakesLateMs?: (i: number) => number;
}

interface Arrival {
  readonly atMs: number;
  readonly index: number;
  readonly payload: Uint8Array;
}

/** What was heard, and what was counted up to then. */
export interface Heard {
  readonly samples: Int16Array;
  readonly receiver: PacketReceiver;
  readonly figuresAfterFirstSecond: PacketReceiver['figures'];
  readonly highestTargetMs: number;
  /** When sound was made shorter or longer. */
  readonly adjustmentsAtMs: readonly number[];
}

/** A codec and the receive side of a session, without sockets. */
export class ReceivedStream {
  readonly codec: Codec;
  readonly #settings: ReceiveSettings;
  readonly #resamplers: ResamplerFactory;

  private constructor(codec: Codec, settings: ReceiveSettings, resamplers: ResamplerFactory) {
    this.codec = codec;
    this.#settings = settings;
    this.#resamplers = resamplers;
  }

  /** `remoteParameters` are those that the receiver has told the sender. */
  static async create(
    name: CodecName,
    extra: Partial<ReceiveSettings> = {},
    remoteParameters = codecConfig(name).remoteParameters,
  ): Promise<ReceivedStream> {
    const config = { ...codecConfig(name), remoteParameters };
    const codec = (await CodecLibrary.load()).create(config);
    const settings = {
      clockRateHz: config.clockRateHz,
      rateHz: codec.sampleRateHz,
      codecs: new Map([[config.payloadType, codec]]),
      eventPayloadType: undefined,
      ...extra,
    };
    return new ReceivedStream(codec, settings, await loadResamplerFactory());
  }

  createReceiver(): PacketReceiver {
    return new PacketReceiver(this.#settings, this.#resamplers, { onDigit: () => {}, onFirstPacket: () => {} });
  }

  /** A packet as it would be parsed from the wire. */
  packet(index: number, payload: Uint8Array, packetMs = 20, extra: Readonly<Record<string, number>> = {}) {
    const [payloadType = 0] = this.#settings.codecs.keys();
    const ticks = (this.#settings.clockRateHz * packetMs) / 1000;
    const sequence = (65_000 + index) & 0xffff;
    return { payloadType, hasMarker: false, sequence, timestamp: (index * ticks) >>> 0, ssrc: 7, payload, ...extra };
  }

  /** Sends `sound` over `line` and listens until it is over. */
  hear(sound: Int16Array, line: Line): Heard {
    const { packetMs = 20, driftPpm = 0, frameMs = 10 } = line;
    const receiver = this.createReceiver();
    const rateHz = this.codec.sampleRateHz;
    const arrivals = this.#arrivals(sound, line);
    const frames = Math.floor(((arrivals.at(-1)?.index ?? 0) * packetMs) / (1 + driftPpm / 1e6) / frameMs);
    const samples = new Int16Array((frames * rateHz * frameMs) / 1000);
    const frame = new Int16Array((rateHz * frameMs) / 1000);
    let figuresAfterFirstSecond = receiver.figures;
    let highestTargetMs = 0;
    let adjustedMs = 0;
    const adjustmentsAtMs: number[] = [];
    arrivals.sort((a, b) => a.atMs - b.atMs);
    let next = 0;
    for (let i = 0; i < frames; i++) {
      const nowMs = i * frameMs + (line.wakesLateMs?.(i) ?? 0);
      for (; (arrivals[next]?.atMs ?? Infinity) <= nowMs; next++) {
        const { index, payload, atMs } = arrivals[next] ?? { index: 0, payload: new Uint8Array(0), atMs: 0 };
        receiver.receive(this.packet(index, payload, packetMs), atMs);
      }
      receiver.pull(frame, nowMs);
      samples.set(frame, i * frame.length);
      if (i * frameMs === 1000) figuresAfterFirstSecond = receiver.figures;
      const { grownMs, shrunkMs } = receiver.figures;
      if (grownMs + shrunkMs > adjustedMs) adjustmentsAtMs.push(i * frameMs);
      adjustedMs = grownMs + shrunkMs;
      highestTargetMs = Math.max(highestTargetMs, receiver.targetMs);
    }
    return { samples, receiver, figuresAfterFirstSecond, highestTargetMs, adjustmentsAtMs };
  }

  #arrivals(sound: Int16Array, { packetMs = 20, driftPpm = 0, delayMs }: Line): Arrival[] {
    const encoder = this.codec.createEncoder();
    const frameSamples = (this.codec.sampleRateHz * packetMs) / 1000;
    const arrivals: Arrival[] = [];
    for (let index = 0; (index + 1) * frameSamples <= sound.length; index++) {
      const payload = encoder.encode(sound.subarray(index * frameSamples, (index + 1) * frameSamples)).slice();
      const delay = delayMs(index);
      if (delay !== undefined)
        arrivals.push({ atMs: (index * packetMs) / (1 + driftPpm / 1e6) + delay, index, payload });
    }
    encoder.close();
    return arrivals;
  }
}
