// Opus for calls: in-band redundancy out, redundancy and concealment in. RFC 6716, RFC 7587.
import { InvariantError } from '../../base/result.ts';
import { MAX_PACKET_MS, type Codec, type Decoder, type Encoder, type EncoderAdaptation } from './codec.ts';
import { effortStep, FULL_EFFORT } from './encoding-effort.ts';
import { allocate, type OpusExports } from './opus-library.ts';
import { carriesRedundancy } from './opus-redundancy.ts';

const SAMPLE_RATE_HZ = 48_000;
const MAX_SAMPLES = (SAMPLE_RATE_HZ / 1000) * MAX_PACKET_MS;
const MAX_PAYLOAD_BYTES = 1275;
const APPLICATION_VOIP = 2048;

const SET = {
  bitrate: 4002,
  bandwidthMax: 4004,
  vbr: 4006,
  complexity: 4010,
  fec: 4012,
  loss: 4014,
  dtx: 4016,
} as const;

/** What is sent without redundancy, and with it: what it costs comes on top, so that the sound stays as it is. */
const PLAIN_BPS = 48_000;
const REDUNDANT_BPS = 64_000;
/** The more loss libopus expects, the more bits go into the copy and the fewer into the sound: no more than it takes to have a copy. */
const EXPECTED_PERCENT = 5;
/** WHY: with fewer bits than this libopus makes a copy only from 10 % of expected loss on. */
const SCARCE_BPS = 40_000;
const EXPECTED_PERCENT_WHEN_SCARCE = 10;

/** What the peer's format parameters ask of our encoder. RFC 7587 §6.1 */
export interface OpusSettings {
  readonly bitrateBps: number;
  readonly usesFec: boolean;
  readonly usesDtx: boolean;
  readonly isConstantBitrate: boolean;
  readonly maxPlaybackRateHz: number;
}

/** Reads the peer's parameters; what is missing or senseless takes the default. */
export function opusSettings(parameters: Readonly<Record<string, string>>): OpusSettings {
  const number = (name: string, fallback: number, least: number, most: number): number => {
    const value = Number(parameters[name] ?? '');
    return value >= least && value <= most ? value : fallback;
  };
  // RFC 7587 §6.1: useinbandfec says that the peer can make use of redundancy.
  const usesFec = parameters['useinbandfec'] === '1';
  return {
    // RFC 7587 §6.1: maxaveragebitrate limits what we may send.
    bitrateBps: Math.min(usesFec ? REDUNDANT_BPS : PLAIN_BPS, number('maxaveragebitrate', 510_000, 6000, 510_000)),
    usesFec,
    usesDtx: parameters['usedtx'] === '1',
    isConstantBitrate: parameters['cbr'] === '1',
    maxPlaybackRateHz: number('maxplaybackrate', SAMPLE_RATE_HZ, 8000, SAMPLE_RATE_HZ),
  };
}

/** libopus' name for the widest band that a playback rate can carry. */
function bandwidth(rateHz: number): number {
  const widths: readonly (readonly [rateHz: number, name: number])[] = [
    [8000, 1101],
    [12_000, 1102],
    [16_000, 1103],
    [24_000, 1104],
  ];
  return widths.find(([most]) => rateHz <= most)?.[1] ?? 1105;
}

export interface OpusParts {
  readonly opus: OpusExports;
  /** The time that encoding takes is measured with it. */
  readonly nowMs: () => number;
}

class OpusEncoder implements Encoder {
  readonly #opus: OpusExports;
  readonly #state: number;
  readonly #samples: number;
  readonly #payload: number;
  readonly #settings: OpusSettings;
  readonly #nowMs: () => number;
  #effort = FULL_EFFORT;
  #isOpen = true;

  constructor({ opus, nowMs }: OpusParts, settings: OpusSettings) {
    this.#opus = opus;
    this.#nowMs = nowMs;
    this.#settings = settings;
    this.#state = allocate(opus, opus.opus_encoder_get_size(1));
    this.#samples = allocate(opus, MAX_SAMPLES * 2);
    this.#payload = allocate(opus, MAX_PAYLOAD_BYTES);
    if (opus.opus_encoder_init(this.#state, SAMPLE_RATE_HZ, 1, APPLICATION_VOIP) < 0)
      throw new InvariantError('libopus refused an encoder');
    this.#set(SET.complexity, this.#effort.complexity);
    this.#set(SET.bandwidthMax, bandwidth(settings.maxPlaybackRateHz));
    this.#set(SET.vbr, settings.isConstantBitrate ? 0 : 1);
    this.#set(SET.dtx, settings.usesDtx ? 1 : 0);
    this.adapt(settings);
  }

  encode(frame: Int16Array): Uint8Array {
    const opus = this.#opus;
    const startedMs = this.#nowMs();
    new Int16Array(opus.memory.buffer, this.#samples, frame.length).set(frame);
    const size = opus.opus_encode(this.#state, this.#samples, frame.length, this.#payload, MAX_PAYLOAD_BYTES);
    this.#adjustEffort(((this.#nowMs() - startedMs) * SAMPLE_RATE_HZ) / 1000 / frame.length);
    // RFC 7587 §3.1.3: with discontinuous transmission a frame of two bytes or less is not sent
    const isLeftOut = this.#settings.usesDtx && size <= 2;
    return new Uint8Array(opus.memory.buffer, this.#payload, isLeftOut ? 0 : Math.max(0, size));
  }

  adapt({ bitrateBps, usesFec }: EncoderAdaptation): void {
    this.#set(SET.bitrate, bitrateBps);
    // Redundancy that the peer cannot use would only cost.
    const sendsFec = usesFec && this.#settings.usesFec;
    const expected = bitrateBps < SCARCE_BPS ? EXPECTED_PERCENT_WHEN_SCARCE : EXPECTED_PERCENT;
    this.#set(SET.fec, sendsFec ? 1 : 0);
    this.#set(SET.loss, sendsFec ? expected : 0);
  }

  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    for (const pointer of [this.#state, this.#samples, this.#payload]) this.#opus.free(pointer);
  }

  #adjustEffort(share: number): void {
    const { complexity } = this.#effort;
    this.#effort = effortStep(this.#effort, share);
    if (this.#effort.complexity !== complexity) this.#set(SET.complexity, this.#effort.complexity);
  }

  #set(request: number, value: number): void {
    this.#opus.opus_encoder_ctl_set(this.#state, request, value);
  }
}

class OpusDecoder implements Decoder {
  readonly #opus: OpusExports;
  readonly #state: number;
  readonly #payload: number;
  readonly #samples: number;
  readonly #stateBytes: number;
  readonly #stateBefore: number;
  readonly #samplesAhead: number;
  #isOpen = true;

  constructor(opus: OpusExports) {
    this.#opus = opus;
    this.#stateBytes = opus.opus_decoder_get_size(1);
    this.#state = allocate(opus, this.#stateBytes);
    this.#stateBefore = allocate(opus, this.#stateBytes);
    this.#payload = allocate(opus, MAX_PAYLOAD_BYTES * 6);
    this.#samples = allocate(opus, MAX_SAMPLES * 2);
    this.#samplesAhead = allocate(opus, MAX_SAMPLES * 2);
    if (opus.opus_decoder_init(this.#state, SAMPLE_RATE_HZ, 1) < 0)
      throw new InvariantError('libopus refused a decoder');
  }

  decode(payload: Uint8Array): Int16Array {
    return this.#run(payload, MAX_SAMPLES, false);
  }

  /** WHY: libopus keeps a decoder in one block, and whatever that points to is constant: a copy of it takes back what was decoded. */
  lookAhead(payload: Uint8Array): Int16Array {
    this.#copy(this.#state, this.#stateBefore);
    const samples = this.#run(payload, MAX_SAMPLES, false, this.#samplesAhead);
    this.#copy(this.#stateBefore, this.#state);
    return samples;
  }

  /** From the next packet's redundancy when it carries some (RFC 6716 §2.1.7), else from what was heard before. */
  conceal(samples: number, nextPayload?: Uint8Array): Int16Array {
    return this.#run(nextPayload, Math.min(samples, MAX_SAMPLES), nextPayload !== undefined);
  }

  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    const blocks = [this.#state, this.#stateBefore, this.#payload, this.#samples, this.#samplesAhead];
    for (const pointer of blocks) this.#opus.free(pointer);
  }

  #copy(from: number, to: number): void {
    new Uint8Array(this.#opus.memory.buffer).copyWithin(to, from, from + this.#stateBytes);
  }

  #run(payload: Uint8Array | undefined, samples: number, isFec: boolean, output = this.#samples): Int16Array {
    const opus = this.#opus;
    const bytes = payload?.length ?? 0;
    if (payload && (bytes === 0 || bytes > MAX_PAYLOAD_BYTES * 6)) return new Int16Array(0);
    if (payload) new Uint8Array(opus.memory.buffer, this.#payload, bytes).set(payload);
    const pointer = payload ? this.#payload : 0;
    const count = opus.opus_decode(this.#state, pointer, bytes, output, samples, isFec ? 1 : 0);
    return new Int16Array(opus.memory.buffer, output, Math.max(0, count));
  }
}

/** Opus, one channel, at 48 kHz. */
export const opusCodec = (parts: OpusParts, parameters: Readonly<Record<string, string>>, usesDtx = false): Codec => ({
  sampleRateHz: SAMPLE_RATE_HZ,
  createEncoder: () => {
    const settings = opusSettings(parameters);
    return new OpusEncoder(parts, { ...settings, usesDtx: usesDtx || settings.usesDtx });
  },
  createDecoder: () => new OpusDecoder(parts.opus),
  repeatsBefore: carriesRedundancy,
  looksAhead: true,
});
