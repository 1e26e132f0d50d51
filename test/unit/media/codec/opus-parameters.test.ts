// Each format parameter of a peer, by what it does to the sound that is sent and to the bytes. RFC 7587 §3.1.3, §6.1, §7
import { beforeAll, describe, expect, it } from 'vitest';
import { CodecLibrary } from '../../../../src-main/media/codec/index.ts';
import { allocate, loadOpusLibrary, type OpusExports } from '../../../../src-main/media/codec/opus-library.ts';
import { rms, sine, toneAmplitude } from '../../../support/media/tone-check.ts';
import { FakeRuntime } from '../../../support/fake-runtime.ts';

const FRAME = 960;

let library: CodecLibrary;
let opus: OpusExports;
beforeAll(async () => {
  library = await CodecLibrary.load();
  opus = await loadOpusLibrary();
});

/** Two seconds with something in every part of the band. */
function wideSound(): Int16Array {
  const runtime = new FakeRuntime(9);
  const tones = [400, 3000, 7000, 11_000].map((hz) => sine(96_000, hz, 48_000, 3000));
  return Int16Array.from({ length: 96_000 }, (_, at) => {
    const sum = tones.reduce((total, tone) => total + (tone[at] ?? 0), 0);
    return sum + Math.round((runtime.random() - 0.5) * 600);
  });
}

function packetsWith(remoteParameters: Readonly<Record<string, string>>, samples = wideSound()): Uint8Array[] {
  const encoder = library.create({ name: 'opus', clockRateHz: 48_000, remoteParameters }).createEncoder();
  const packets = Array.from({ length: samples.length / FRAME }, (_, at) =>
    encoder.encode(samples.slice(at * FRAME, (at + 1) * FRAME)).slice(),
  );
  encoder.close();
  return packets;
}

function heard(packets: readonly Uint8Array[], isLost: (at: number) => boolean = () => false): Int16Array {
  const decoder = library.create({ name: 'opus', clockRateHz: 48_000, remoteParameters: {} }).createDecoder();
  const frames = packets.map((packet, at) => {
    const sound = isLost(at) ? decoder.conceal(FRAME, packets[at + 1]) : decoder.decode(packet);
    return Int16Array.from(sound ?? new Int16Array(FRAME));
  });
  decoder.close();
  return Int16Array.from(frames.flatMap((frame) => [...frame]));
}

const bitsPerSecond = (packets: readonly Uint8Array[]): number =>
  (packets.slice(10).reduce((sum, { length }) => sum + length, 0) * 8) / ((packets.length - 10) / 50);

describe('what a peer asks of our encoder — RFC 7587 §6.1', () => {
  it('maxaveragebitrate bounds what is sent', () => {
    expect(bitsPerSecond(packetsWith({ maxaveragebitrate: '12000' }))).toBeLessThan(14_500);
    expect(bitsPerSecond(packetsWith({}))).toBeGreaterThan(35_000);
  });

  it('cbr makes all packets as long as each other', () => {
    expect(new Set(packetsWith({ cbr: '1' }).map(({ length }) => length)).size).toBe(1);
    expect(new Set(packetsWith({}).map(({ length }) => length)).size).toBeGreaterThan(5);
  });

  it.each([
    ['8000', [400, 3000], [7000, 11_000]],
    ['16000', [400, 3000, 7000], [11_000]],
    ['48000', [400, 3000, 7000, 11_000], []],
  ])('maxplaybackrate %s: nothing is sent that could not be played', (maxplaybackrate, kept, left) => {
    const steady = heard(packetsWith({ maxplaybackrate })).subarray(48_000);
    for (const hz of kept) expect(toneAmplitude(steady, hz, 48_000), `${hz} Hz`).toBeGreaterThan(1000);
    for (const hz of left) expect(toneAmplitude(steady, hz, 48_000), `${hz} Hz`).toBeLessThan(100);
  });

  it('useinbandfec puts a second copy of each packet into the next, which a loss brings back', () => {
    // One tone that begins within the lost packet: nothing before it says that it would.
    const samples = new Int16Array(FRAME * 60);
    samples.set(sine(FRAME * 10, 500, 48_000, 12_000), FRAME * 40);
    const lostAt = 41;
    const errorOf = (parameters: Readonly<Record<string, string>>): number => {
      const packets = packetsWith({ ...parameters, maxaveragebitrate: '24000' }, samples);
      const [whole, patched] = [heard(packets), heard(packets, (at) => at === lostAt)];
      const part = (sound: Int16Array): Int16Array => sound.subarray(lostAt * FRAME, (lostAt + 1) * FRAME);
      return rms(part(whole).map((sample, at) => sample - (part(patched)[at] ?? 0)));
    };
    expect(errorOf({ useinbandfec: '1' })).toBeLessThan(errorOf({}));
  });

  it('usedtx leaves out what nobody says, and goes on with speech (RFC 7587 §3.1.3)', () => {
    const samples = new Int16Array(FRAME * 150);
    samples.set(sine(FRAME * 30, 500, 48_000, 9000), FRAME * 120);
    const left = packetsWith({ usedtx: '1' }, samples).map(({ length }) => length === 0);
    expect(left.slice(30, 110).filter(Boolean).length).toBeGreaterThan(60);
    expect(left.slice(122)).not.toContain(true);
    expect(packetsWith({}, samples).every(({ length }) => length > 0)).toBe(true);
  });
});

describe('a peer that sends two channels — RFC 7587 §6.1, §7', () => {
  it('is heard with both of them, since every decoder takes both', () => {
    const [state, input, output] = [
      allocate(opus, opus.opus_encoder_get_size(2)),
      allocate(opus, FRAME * 4),
      allocate(opus, 1275),
    ];
    expect(opus.opus_encoder_init(state, 48_000, 2, 2048)).toBe(0);
    const [left, right] = [sine(48_000, 400, 48_000), sine(48_000, 1300, 48_000)];
    const packets = Array.from({ length: 50 }, (_, at) => {
      const both = new Int16Array(opus.memory.buffer, input, FRAME * 2);
      for (let i = 0; i < FRAME; i++) both.set([left[at * FRAME + i] ?? 0, right[at * FRAME + i] ?? 0], i * 2);
      const sizeBytes = opus.opus_encode(state, input, FRAME, output, 1275);
      return new Uint8Array(opus.memory.buffer, output, sizeBytes).slice();
    });
    const steady = heard(packets).subarray(24_000);
    for (const hz of [400, 1300]) expect(toneAmplitude(steady, hz, 48_000)).toBeGreaterThan(2500);
  });
});
