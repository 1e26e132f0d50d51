// G.722 to the bit beside an independent implementation: SpanDSP 0.0.6 has made these digests from the same signals, none of which it clips
// (it lets samples wrap round where ITU-T G.722 has them saturate, as ours do). ITU-T G.722
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { g722Codec } from '../../../../src-main/media/codec/g722.ts';

const SECOND = 16_000;
const FRAME = 320;

/** Whole numbers only, so that every machine has the same. */
function signalOf(kind: string): Int16Array {
  let seed = 1;
  const random = (): number => (seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0) >>> 16;
  const triangle = (at: number, period: number, peak: number): number =>
    Math.round((peak * (Math.abs((at % period) - period / 2) * 4 - period)) / period);
  const sampleAt: Readonly<Record<string, (at: number) => number>> = {
    noise: () => Math.round((random() - 32_768) * 0.6),
    quietNoise: () => (random() >> 8) - 128,
    triangle: (at) => triangle(at, 40, 15_000),
    bursts: (at) => (at % 4000 < 2000 ? triangle(at, 36, 24_000) : 0),
    square: (at) => (at % 400 < 200 ? 14_000 : -14_000),
    silence: () => 0,
  };
  return Int16Array.from({ length: SECOND }, (_, at) => sampleAt[kind]?.(at) ?? 0);
}

const digestOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex').slice(0, 32);

function encoded(samples: Int16Array): Buffer {
  const encoder = g722Codec().createEncoder();
  const frames = Array.from({ length: samples.length / FRAME }, (_, at) =>
    Buffer.from(encoder.encode(samples.subarray(at * FRAME, (at + 1) * FRAME))),
  );
  return Buffer.concat(frames);
}

function decoded(bytes: Buffer): Buffer {
  const decoder = g722Codec().createDecoder();
  const frames = Array.from({ length: (bytes.length * 2) / FRAME }, (_, at) => {
    const samples = decoder.decode(bytes.subarray((at * FRAME) / 2, ((at + 1) * FRAME) / 2));
    return Buffer.from(Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength));
  });
  return Buffer.concat(frames);
}

describe('G.722 beside another implementation — ITU-T G.722, RFC 3551 §4.5.2', () => {
  it.each([
    ['noise', '3bc4f3b721cc24947b97766b575614c4', '85101b69f51b8c3c6a9c0a73c3cbc061'],
    ['quietNoise', '23a80fb6a81a10bc534719c5151fbe99', '98529ac78d70936b1373227dd3a2e3d0'],
    ['triangle', 'e1058df05552c212be926ae3a2ba5c46', '6b2605f5c01873380e82470693f9a7f5'],
    ['bursts', '3de602516a8cd87880fcf81737a27eee', 'c22c8b21793d653a8ba0e6e8656c048d'],
    ['square', '526db736886e8c47809fdd4b1536f855', '99a1065d36a6a9c70429b2ce22512aae'],
    ['silence', '9c0b9b2330c2fa6b38a5799a186bfcec', '67f04dfd3801f7a0b3f52d52e00fcb9d'],
  ])('%s: every byte encoded and every sample decoded is the same', (kind, encodedDigest, decodedDigest) => {
    const bytes = encoded(signalOf(kind));
    expect(digestOf(bytes)).toBe(encodedDigest);
    expect(digestOf(decoded(bytes))).toBe(decodedDigest);
  });
});
