// G.711 A-law and µ-law by tables. ITU-T G.711, RFC 3551 §4.5.14.
import { MAX_PACKET_MS, type Codec } from './codec.ts';

const SAMPLE_RATE_HZ = 8000;
const MAX_SAMPLES = (SAMPLE_RATE_HZ / 1000) * MAX_PACKET_MS;
/** Beyond this magnitude both laws saturate. */
const CLIP = 32635;
/** Makes every µ-law segment start at a power of two. */
const MULAW_BIAS = 132;

/** Position of the segment of `magnitude` when its lowest segment ends below `2^firstBits`. */
const segmentOf = (magnitude: number, firstBits: number): number => Math.max(0, 32 - Math.clz32(magnitude) - firstBits);

/** One sample to its µ-law byte. */
export function encodeMulawSample(sample: number): number {
  const sign = sample < 0 ? 0x80 : 0;
  const magnitude = Math.min(Math.abs(sample), CLIP) + MULAW_BIAS;
  const segment = segmentOf(magnitude, 8);
  const step = (magnitude >> (segment + 3)) & 0x0f;
  return ~(sign | (segment << 4) | step) & 0xff;
}

/** One µ-law byte to its sample. */
export function decodeMulawSample(code: number): number {
  const inverted = ~code & 0xff;
  const segment = (inverted >> 4) & 0x07;
  const magnitude = ((((inverted & 0x0f) << 3) + MULAW_BIAS) << segment) - MULAW_BIAS;
  return (inverted & 0x80) === 0 ? magnitude : -magnitude;
}

/** One sample to its A-law byte. */
export function encodeAlawSample(sample: number): number {
  const sign = sample < 0 ? 0 : 0x80;
  const magnitude = Math.min(Math.abs(sample), CLIP);
  const segment = segmentOf(magnitude, 8);
  const step = (segment === 0 ? magnitude >> 4 : magnitude >> (segment + 3)) & 0x0f;
  // ITU-T G.711 §3.2: the even bits travel inverted, so that silence is not a row of equal bits.
  return (sign | (segment << 4) | step) ^ 0x55;
}

/** One A-law byte to its sample. */
export function decodeAlawSample(code: number): number {
  const plain = code ^ 0x55;
  const segment = (plain >> 4) & 0x07;
  const step = ((plain & 0x0f) << 4) + 8;
  const magnitude = segment === 0 ? step : (step + 0x100) << (segment - 1);
  return (plain & 0x80) === 0 ? -magnitude : magnitude;
}

interface Tables {
  /** Indexed by the low 16 bits of the sample. */
  readonly encode: Uint8Array;
  readonly decode: Int16Array;
}

function buildTables(encodeSample: (sample: number) => number, decodeSample: (code: number) => number): Tables {
  const encode = new Uint8Array(65_536);
  for (let sample = -32_768; sample < 32_768; sample++) encode[sample & 0xffff] = encodeSample(sample);
  return { encode, decode: Int16Array.from({ length: 256 }, (_, code) => decodeSample(code)) };
}

const MULAW = buildTables(encodeMulawSample, decodeMulawSample);
const ALAW = buildTables(encodeAlawSample, decodeAlawSample);

/** PCMU or PCMA: a byte a sample at 8 kHz. */
export function g711Codec(law: 'mulaw' | 'alaw'): Codec {
  const tables = law === 'mulaw' ? MULAW : ALAW;
  return {
    sampleRateHz: SAMPLE_RATE_HZ,
    looksAhead: true,
    createEncoder: () => {
      const payload = new Uint8Array(MAX_SAMPLES);
      return {
        encode: (frame) => {
          const count = Math.min(frame.length, MAX_SAMPLES);
          for (let i = 0; i < count; i++) payload[i] = tables.encode[(frame[i] ?? 0) & 0xffff] ?? 0;
          return payload.subarray(0, count);
        },
        close: () => {},
      };
    },
    createDecoder: () => {
      const samples = new Int16Array(MAX_SAMPLES);
      const decode = (payload: Uint8Array): Int16Array => {
        const count = Math.min(payload.length, MAX_SAMPLES);
        for (let i = 0; i < count; i++) samples[i] = tables.decode[payload[i] ?? 0] ?? 0;
        return samples.subarray(0, count);
      };
      return {
        decode,
        lookAhead: decode,
        conceal: () => undefined,
        close: () => {},
      };
    },
  };
}
