import { beforeAll, describe, expect, it } from 'vitest';
import { CodecLibrary } from '../../../../src-main/media/codec/index.ts';
import { carriesRedundancy } from '../../../../src-main/media/codec/opus-redundancy.ts';
import { loadSpeech } from '../../../support/media/speech.ts';

let library: CodecLibrary;
let speech: Int16Array;
beforeAll(async () => {
  library = await CodecLibrary.load();
  speech = (await loadSpeech()).slice(0, 48_000 * 4);
});

function shareWithRedundancy(remoteParameters: Readonly<Record<string, string>>, packetMs: number): number {
  const encoder = library.create({ name: 'opus', clockRateHz: 48_000, remoteParameters }).createEncoder();
  const size = 48 * packetMs;
  const flags = Array.from({ length: Math.floor(speech.length / size) }, (_, i) =>
    carriesRedundancy(encoder.encode(speech.subarray(i * size, (i + 1) * size))),
  );
  encoder.close();
  return flags.filter(Boolean).length / flags.length;
}

describe('whether a packet carries the one before it — RFC 6716 §4.2.4', () => {
  it.each([20, 40, 60])('tells packets of %i ms of an encoder with redundancy from those without', (packetMs) => {
    expect(shareWithRedundancy({ useinbandfec: '1' }, packetMs)).toBeGreaterThan(0.4);
    expect(shareWithRedundancy({}, packetMs)).toBe(0);
  });

  /** Configuration 9 is SILK at 20 ms, 11 is 60 ms, 15 hybrid at 20 ms, 31 CELT; `4` is the second channel. */
  const toc = (config: number, code: number, stereo = 0): number => (config << 3) | stereo | code;
  it.each([
    ['RFC 6716 §3.2.2: one frame', [toc(9, 0), 0b0100_0000], true],
    ['RFC 6716 §3.2.2: one frame without', [toc(9, 0), 0b1011_1111], false],
    ['RFC 6716 §4.2.3: three SILK frames have their flag after three bits', [toc(11, 0), 0b0001_0000], true],
    ['RFC 6716 §4.2.3: the flag of the second channel', [toc(9, 0, 4), 0b0001_0000], true],
    ['RFC 6716 §3.1: hybrid', [toc(15, 0), 0b0100_0000], true],
    ['RFC 6716 §3.1: CELT alone never does', [toc(31, 0), 0xff], false],
    ['RFC 6716 §3.2.3: two frames of one size', [toc(9, 1), 0b0100_0000, 0], true],
    ['RFC 6716 §3.2.4: two frames, the first with its length', [toc(9, 2), 1, 0b0100_0000, 0], true],
    ['RFC 6716 §3.2.1: a length of two bytes', [toc(9, 2), 252, 0, 0b0100_0000, 0], true],
    ['RFC 6716 §3.2.5: several frames of one size', [toc(9, 3), 2, 0b0100_0000, 0], true],
    ['RFC 6716 §3.2.5: with padding of two bytes of length', [toc(9, 3), 0x42, 255, 1, 0b0100_0000, 0], true],
    ['RFC 6716 §3.2.5: with lengths', [toc(9, 3), 0x83, 1, 1, 0b0100_0000, 0, 0], true],
    ['a packet that ends before its frame', [toc(9, 3), 0xff, 255, 255], false],
    ['nothing at all', [], false],
  ] as const)('%s', (_, bytes, expected) => {
    expect(carriesRedundancy(Uint8Array.from(bytes))).toBe(expected);
  });
});
