import { alaw, mulaw } from 'alawmulaw';
import { describe, expect, it } from 'vitest';
import {
  decodeAlawSample,
  decodeMulawSample,
  encodeAlawSample,
  encodeMulawSample,
  g711Codec,
} from '../../../../src-main/media/codec/g711.ts';

const allSamples = Array.from({ length: 65_536 }, (_, i) => i - 32_768);
const allCodes = Array.from({ length: 256 }, (_, code) => code);

describe('G.711 — ITU-T G.711, RFC 3551 §4.5.14', () => {
  it('encodes every sample in µ-law as another implementation does', () => {
    expect(allSamples.filter((sample) => encodeMulawSample(sample) !== (mulaw.encodeSample(sample) & 0xff))).toEqual(
      [],
    );
  });

  it('encodes every sample in A-law as another implementation does', () => {
    const differing = allSamples.filter((sample) => encodeAlawSample(sample) !== alaw.encodeSample(sample));

    expect(differing).toEqual([]);
  });

  it('decodes every code as another implementation does', () => {
    expect(allCodes.filter((code) => decodeMulawSample(code) !== mulaw.decodeSample(code))).toEqual([]);
    expect(allCodes.filter((code) => decodeAlawSample(code) !== alaw.decodeSample(code))).toEqual([]);
  });

  it('gives a code back when its value is encoded again, but for the second zero of µ-law', () => {
    expect(allCodes.filter((code) => encodeMulawSample(decodeMulawSample(code)) !== code)).toEqual([0x7f]);
    expect(allCodes.filter((code) => encodeAlawSample(decodeAlawSample(code)) !== code)).toEqual([]);
  });

  it.each(['mulaw', 'alaw'] as const)('turns 160 samples into 160 bytes and back (%s)', (law) => {
    const codec = g711Codec(law);
    const frame = Int16Array.from({ length: 160 }, (_, i) => i * 100 - 8000);

    const payload = codec.createEncoder().encode(frame);
    const decoded = codec.createDecoder().decode(payload);

    expect(payload.length).toBe(160);
    expect([...decoded].every((sample, i) => Math.abs(sample - (frame[i] ?? 0)) <= 260)).toBe(true);
  });
});
