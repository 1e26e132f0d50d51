import { beforeAll, describe, expect, it } from 'vitest';
import { CodecLibrary, createOpusFileDecoder, type Codec } from '../../../../src-main/media/codec/index.ts';
import { opusSettings } from '../../../../src-main/media/codec/opus.ts';
import { rms, sine, toneAmplitude, toneToNoiseDb } from '../../../support/media/tone-check.ts';

let library: CodecLibrary;
beforeAll(async () => {
  library = await CodecLibrary.load();
});

const create = (name: 'opus' | 'G722' | 'PCMA' | 'PCMU' | 'L16', remoteParameters = {}): Codec =>
  library.create({ name, clockRateHz: name === 'L16' ? 16_000 : 8000, remoteParameters });

/** Encodes and decodes in packets of 20 ms; `isLost` packets are concealed. */
function roundTrip(codec: Codec, samples: Int16Array, isLost: (index: number) => boolean = () => false): Int16Array {
  const encoder = codec.createEncoder();
  const decoder = codec.createDecoder();
  const size = codec.sampleRateHz / 50;
  const payloads: Uint8Array[] = [];
  for (let at = 0; at + size <= samples.length; at += size) {
    payloads.push(encoder.encode(samples.slice(at, at + size)).slice());
  }
  const output = new Int16Array(payloads.length * size);
  for (const [index, payload] of payloads.entries()) {
    const next = isLost(index + 1) ? undefined : payloads[index + 1];
    const heard = isLost(index) ? decoder.conceal(size, next) : decoder.decode(payload);
    output.set(heard ?? new Int16Array(size), index * size);
  }
  encoder.close();
  decoder.close();
  return output;
}

describe('G.722 — ITU-T G.722 §3, RFC 3551 §4.5.2', () => {
  it('carries 16 000 samples a second in 64 kbit/s', () => {
    const codec = create('G722');

    const payload = codec.createEncoder().encode(sine(320, 1000, 16_000));

    expect(payload.length).toBe(160);
    expect(codec.sampleRateHz).toBe(16_000);
  });

  it.each([
    [300, 35],
    [1000, 35],
    [3000, 28],
    [5500, 12],
    [6500, 12],
  ])('gives a tone of %i Hz back with more than %i dB to its noise', (frequencyHz, leastDb) => {
    const heard = roundTrip(create('G722'), sine(16_000, frequencyHz, 16_000)).subarray(4000, 16_000 - 320);

    expect(toneAmplitude(heard, frequencyHz, 16_000)).toBeGreaterThan(7500);
    expect(toneAmplitude(heard, frequencyHz, 16_000)).toBeLessThan(8500);
    expect(toneToNoiseDb(heard, frequencyHz, 16_000)).toBeGreaterThan(leastDb);
  });

  it('stays silent in silence and survives full scale', () => {
    expect(rms(roundTrip(create('G722'), new Int16Array(3200)))).toBeLessThan(15);
    expect(rms(roundTrip(create('G722'), sine(3200, 400, 16_000, 32_767)))).toBeGreaterThan(20_000);
  });
});

describe('Opus — RFC 6716, RFC 7587', () => {
  it('gives a tone back at its level', () => {
    const heard = roundTrip(create('opus'), sine(48_000, 1000, 48_000)).subarray(24_000);

    expect(toneAmplitude(heard, 1000, 48_000)).toBeGreaterThan(7000);
    expect(toneToNoiseDb(heard, 1000, 48_000)).toBeGreaterThan(15);
  });

  it('conceals a lost packet without a hole (RFC 6716 §2.1.7)', () => {
    const heard = roundTrip(create('opus', { useinbandfec: '1' }), sine(48_000, 400, 48_000), (i) => i % 10 === 9);

    for (let index = 19; index < 50; index += 10) {
      expect(rms(heard.subarray(index * 960, (index + 1) * 960))).toBeGreaterThan(1500);
    }
  });

  it('lets the next packet be heard ahead of a loss without being changed by it', () => {
    const codec = create('opus');
    const [encoder, plain, curious] = [codec.createEncoder(), codec.createDecoder(), codec.createDecoder()];
    const tone = sine(9600, 400, 48_000);
    const payloads = Array.from({ length: 10 }, (_, i) => encoder.encode(tone.slice(i * 960, (i + 1) * 960)).slice());
    for (const [i, payload] of payloads.entries()) {
      const ahead = i === 5 ? curious.lookAhead?.(payload).slice() : undefined;
      curious.lookAhead?.(payloads[9 - i] ?? payload);
      curious.lookAhead?.(new Uint8Array(0));
      const heard = curious.decode(payload).slice();

      expect(heard).toEqual(plain.decode(payload));
      if (i === 5) expect(ahead).toEqual(heard);
    }
    for (const each of [encoder, plain, curious]) each.close();
  });

  it('answers damaged payloads with no sound', () => {
    const decoder = create('opus').createDecoder();

    expect(decoder.decode(new Uint8Array(0)).length).toBe(0);
    expect(decoder.decode(Uint8Array.of(255, 255, 255)).length).toBe(0);
    expect(decoder.lookAhead?.(Uint8Array.of(255, 255, 255)).length).toBe(0);
    decoder.close();
    decoder.close();
  });

  it('is shaped by the format parameters of the peer (RFC 7587 §6.1)', () => {
    expect(opusSettings({ useinbandfec: '1', maxaveragebitrate: '16000', cbr: '1', maxplaybackrate: '16000' })).toEqual(
      {
        bitrateBps: 16_000,
        usesFec: true,
        usesDtx: false,
        isConstantBitrate: true,
        maxPlaybackRateHz: 16_000,
      },
    );
    expect(opusSettings({ maxaveragebitrate: 'x' }).bitrateBps).toBe(48_000);
    // What redundancy costs comes on top.
    expect(opusSettings({ useinbandfec: '1' }).bitrateBps).toBe(64_000);
  });

  it('leaves out packets of silence when the peer allows it', () => {
    const encoder = create('opus', { usedtx: '1' }).createEncoder();
    const sizes = Array.from({ length: 50 }, () => encoder.encode(new Int16Array(960)).length);

    expect(Math.min(...sizes.slice(20))).toBeLessThanOrEqual(2);
  });

  it('is understood by the plain decoder for files', async () => {
    const encoder = create('opus').createEncoder();
    const decoder = await createOpusFileDecoder();
    const tone = sine(9600, 1000, 48_000);
    const heard: number[] = [];
    for (let at = 0; at < tone.length; at += 960)
      heard.push(...decoder.decode(encoder.encode(tone.slice(at, at + 960))));

    expect(toneAmplitude(Int16Array.from(heard.slice(-4800)), 1000, 48_000)).toBeGreaterThan(6500);
    expect(decoder.conceal(960)?.length).toBe(960);
    decoder.close();
  });
});

describe('codec library — RFC 3551 §6, RFC 6716 §2.1.4', () => {
  it.each([
    ['PCMU', 8000],
    ['PCMA', 8000],
    ['G722', 16_000],
    ['opus', 48_000],
    ['L16', 16_000],
  ] as const)('makes %s at %i samples a second, in packets of up to 120 ms', (name, sampleRateHz) => {
    const codec = create(name);
    const frame = sine((sampleRateHz * 120) / 1000, 400, sampleRateHz);

    expect(codec.sampleRateHz).toBe(sampleRateHz);
    expect(codec.createDecoder().decode(codec.createEncoder().encode(frame)).length).toBe(frame.length);
  });
});

describe('L16 — RFC 3551 §4.5.11', () => {
  it('gives every sample back in network order', () => {
    const codec = create('L16');
    const frame = Int16Array.of(0, 1, -1, 32_767, -32_768);

    const payload = codec.createEncoder().encode(frame);

    expect([...payload.subarray(2, 4)]).toEqual([0, 1]);
    expect([...codec.createDecoder().decode(payload)]).toEqual([...frame]);
  });
});
