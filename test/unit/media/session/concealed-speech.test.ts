import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { CodecLibrary } from '../../../../src-main/media/codec/index.ts';
import { Concealment, levelDbov, loadResamplerFactory } from '../../../../src-main/media/dsp/index.ts';
import { FakeRuntime } from '../../../support/fake-runtime.ts';
import { codecConfig } from '../../../support/media/call-fixture.ts';
import { ReceivedStream } from '../../../support/media/received-stream.ts';
import { logSpectralDistanceDb } from '../../../support/media/log-spectral-distance.ts';

const PACKET_MS = 20;
const SPEECH_SEC = 12;
/** What is lost of the pauses is not heard. */
const SPEECH_DBOV = -45;
const SEEDS = [42, 43, 44];

let speech48: Int16Array;
let library: CodecLibrary;
const at = new Map<number, Int16Array>();

beforeAll(async () => {
  const bytes = await readFile(new URL('../../../../assets/audio/speech.wav', import.meta.url));
  const fromHz = bytes.readUInt32LE(24);
  const count = Math.min(fromHz * SPEECH_SEC, Math.floor((bytes.length - 44) / 2));
  const samples = Int16Array.from({ length: count }, (_, i) => bytes.readInt16LE(44 + i * 2));
  const resamplers = await loadResamplerFactory();
  for (const rateHz of [8000, 16_000, 48_000]) {
    const resampler = resamplers.create(fromHz, rateHz);
    at.set(rateHz, resampler.process(samples).slice());
    resampler.close();
  }
  speech48 = at.get(48_000) ?? new Int16Array(0);
  library = await CodecLibrary.load();
});

type Way = 'ours' | 'silence' | 'repetition';

/** Distance of the lost packets and those after them from the same speech without loss. */
function distanceDb(name: 'PCMU' | 'G722' | 'opus', lossFraction: number, way: Way, seed: number): number {
  const codec = library.create(codecConfig(name));
  const sound = at.get(codec.sampleRateHz) ?? speech48;
  const size = (codec.sampleRateHz * PACKET_MS) / 1000;
  const [encoder, clean, lossy] = [codec.createEncoder(), codec.createDecoder(), codec.createDecoder()];
  const payloads = Array.from({ length: Math.floor(sound.length / size) }, (_, i) =>
    encoder.encode(sound.subarray(i * size, (i + 1) * size)).slice(),
  );
  const random = new FakeRuntime(seed);
  const isLost = payloads.map((_, i) => i > 5 && random.random() < lossFraction);
  const concealment = new Concealment(codec.sampleRateHz);
  const reference = new Int16Array(payloads.length * size);
  const heard = new Int16Array(payloads.length * size);
  for (const [i, payload] of payloads.entries()) {
    reference.set(clean.decode(payload), i * size);
    if (!isLost[i]) {
      const samples = lossy.decode(payload).slice();
      if (way === 'ours') concealment.receive(samples);
      heard.set(samples, i * size);
    } else if (way === 'ours') {
      const next = isLost[i + 1] ? undefined : payloads[i + 1];
      const ahead = codec.isMemoryless && next ? clean.decode(next).slice() : undefined;
      heard.set(lossy.conceal(size, next) ?? concealment.conceal(size, ahead), i * size);
    } else if (way === 'repetition') {
      heard.copyWithin(i * size, (i - 1) * size, i * size);
    }
  }
  for (const each of [encoder, clean, lossy]) each.close();
  const isSpeech = (i: number): boolean => levelDbov(reference.subarray(i * size, (i + 1) * size)) > SPEECH_DBOV;
  return logSpectralDistanceDb(reference, heard, size, (i) => isLost[i] === true && isSpeech(i));
}

describe('concealment of speech — ITU-T G.711 Appendix I, RFC 6716 §2.1.7', () => {
  // The last column: by how much it has to be nearer than the packet before, played once more.
  it.each([
    ['PCMU', 0.05, 9, 1],
    ['PCMU', 0.1, 9, 1],
    ['PCMU', 0.2, 9, 1],
    ['G722', 0.05, 9, 0.5],
    ['G722', 0.1, 9.5, 0.5],
    ['G722', 0.2, 10, 0.5],
    ['opus', 0.05, 4, 2],
    ['opus', 0.1, 4.2, 2],
    ['opus', 0.2, 4.6, 2],
  ] as const)('%s with %f loss is far nearer to the speech than silence', (name, loss, mostDb, nearerDb) => {
    const mean = (way: Way): number =>
      SEEDS.reduce((sum, seed) => sum + distanceDb(name, loss, way, seed), 0) / SEEDS.length;
    const ours = mean('ours');

    expect(ours).toBeLessThan(mostDb);
    expect(ours).toBeLessThan(mean('silence') / 2);
    expect(ours).toBeLessThan(mean('repetition') - nearerDb);
  });
});

describe('a burst of lost packets — RFC 3550 §6.4.1', () => {
  /** The level of each 10 ms that were heard of a steady sound, of which packets 50 on were lost. */
  async function levelsDbov(name: 'PCMU' | 'G722' | 'opus', lost: number): Promise<number[]> {
    const stream = await ReceivedStream.create(name);
    const rateHz = stream.codec.sampleRateHz;
    const voice = Int16Array.from({ length: rateHz * 3 }, (_, i) => 4000 * ((((i * 120) / rateHz) % 1) - 0.5));
    const { samples } = stream.hear(voice, { delayMs: (i) => (i >= 50 && i < 50 + lost ? undefined : 5) });
    const size = rateHz / 100;
    return Array.from({ length: samples.length / size }, (_, i) =>
      levelDbov(samples.subarray(i * size, (i + 1) * size)),
    );
  }

  it.each(['PCMU', 'G722', 'opus'] as const)('%s: is a murmur after 60 ms, and nothing after 300', async (name) => {
    const clean = await levelsDbov(name, 0);
    const level = clean[150] ?? 0;

    const short = await levelsDbov(name, 3);
    expect(Math.min(...short.slice(90, 140))).toBeGreaterThan(level - 20);
    const long = await levelsDbov(name, 40);
    expect(Math.max(...long.slice(140, 170))).toBeLessThan(-70);
    expect(long[230]).toBeGreaterThan(level - 3);
  });
});
