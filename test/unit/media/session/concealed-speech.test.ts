import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { CodecLibrary, type Codec, type Decoder } from '../../../../src-main/media/codec/index.ts';
import { Concealment, levelDbov, loadResamplerFactory } from '../../../../src-main/media/dsp/index.ts';
import { FakeRuntime } from '../../../support/fake-runtime.ts';
import { codecConfig } from '../../../support/media/call-fixture.ts';
import { ReceivedStream } from '../../../support/media/received-stream.ts';
import { logSpectralDistanceDb } from '../../../support/media/log-spectral-distance.ts';

const PACKET_MS = 20;
const SPEECH_SEC = 12;
/** What is lost of the pauses is not heard. */
const SPEECH_DBOV = -45;
/** So much quieter, a piece is missed. */
const HOLE_DB = 10;
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

type Way = 'ours' | 'decoder alone' | 'silence' | 'repetition';
type Name = 'PCMU' | 'G722' | 'opus' | 'opus without copies';

function create(name: Name): Codec {
  const config = codecConfig(name === 'opus without copies' ? 'opus' : name);
  return library.create({ ...config, remoteParameters: name === 'opus' ? { useinbandfec: '1' } : {} });
}

/** What the playout makes of one lost packet before `next`. */
function invent(codec: Codec, decoder: Decoder, concealment: Concealment, next: Uint8Array | undefined): Int16Array {
  const size = (codec.sampleRateHz * PACKET_MS) / 1000;
  const samples = decoder.conceal(size, next);
  const ahead = next && codec.repeatsBefore?.(next) !== true ? decoder.lookAhead?.(next) : undefined;
  if (!samples) return concealment.conceal(size, ahead);
  if (ahead) concealment.receiveInvented(samples, ahead);
  else concealment.receive(samples);
  return samples;
}

interface LossyLine {
  readonly name: Name;
  readonly lossFraction: number;
  readonly seed: number;
}

/** The speech without loss and with it; packets of `size` samples. */
function lose({ name, lossFraction, seed }: LossyLine, way: Way) {
  const codec = create(name);
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
      heard.set(invent(codec, lossy, concealment, isLost[i + 1] ? undefined : payloads[i + 1]), i * size);
    } else if (way === 'decoder alone') {
      heard.set(lossy.conceal(size) ?? new Int16Array(size), i * size);
    } else if (way === 'repetition') {
      heard.copyWithin(i * size, (i - 1) * size, i * size);
    }
  }
  for (const each of [encoder, clean, lossy]) each.close();
  const isSpeech = (i: number): boolean => levelDbov(reference.subarray(i * size, (i + 1) * size)) > SPEECH_DBOV;
  return { reference, heard, size, isCounted: (i: number) => isLost[i] === true && isSpeech(i) };
}

/** Distance of the lost packets from the same speech without loss. */
function distanceDb(line: LossyLine, way: Way): number {
  const { reference, heard, size, isCounted } = lose(line, way);
  return logSpectralDistanceDb(reference, heard, size, isCounted);
}

/** How many of the lost packets end far more quietly than the speech does. */
function holes(line: LossyLine, way: Way): number {
  const { reference, heard, size, isCounted } = lose(line, way);
  const endDbov = (sound: Int16Array, i: number) => levelDbov(sound.subarray((i + 0.5) * size, (i + 1) * size));
  const packets = Array.from({ length: reference.length / size }, (_, i) => i).filter(isCounted);
  return packets.filter((i) => endDbov(heard, i) < endDbov(reference, i) - HOLE_DB).length;
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
  ] as const)('%s with %f loss is far nearer to the speech than silence', (name, lossFraction, mostDb, nearerDb) => {
    const mean = (way: Way): number =>
      SEEDS.reduce((sum, seed) => sum + distanceDb({ name, lossFraction, seed }, way), 0) / SEEDS.length;
    const ours = mean('ours');

    expect(ours).toBeLessThan(mostDb);
    expect(ours).toBeLessThan(mean('silence') / 2);
    expect(ours).toBeLessThan(mean('repetition') - nearerDb);
  });

  it.each([0.05, 0.1, 0.2])(
    'Opus without copies, %f loss: what is invented ends as loud as the packet after begins',
    { timeout: 30_000 },
    (loss) => {
      const lines = SEEDS.map((seed) => ({ name: 'opus without copies', lossFraction: loss, seed }) as const);
      const count = (way: Way): number => lines.reduce((sum, line) => sum + holes(line, way), 0);
      const mean = (way: Way): number => lines.reduce((sum, line) => sum + distanceDb(line, way), 0) / lines.length;

      expect(count('ours')).toBeLessThan(count('decoder alone'));
      expect(mean('ours')).toBeLessThan(mean('decoder alone') - 0.02);
    },
  );
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

  it('Opus without copies: two packets that are lost in a word lead over to the one after them', async () => {
    // The same delay with and without loss, so that what was heard can be compared.
    const jitter = { initialMs: 60, minimumMs: 60 };
    const stream = await ReceivedStream.create('opus', { jitter }, {});
    const isLost = (i: number): boolean => i % 10 === 5 || i % 10 === 6;
    const [clean, lossy] = [false, true].map(
      (loses) => stream.hear(speech48, { delayMs: (i) => (loses && isLost(i) ? undefined : 5) }).samples,
    );
    const none = new Int16Array(0);
    const level = (samples: Int16Array | undefined, at: number): number =>
      levelDbov((samples ?? none).subarray(at, at + 480));
    const pieces = Array.from({ length: (clean?.length ?? 0) / 480 }, (_, i) => i * 480);
    const spoken = pieces.filter((at) => level(clean, at) > SPEECH_DBOV);
    const offDb = spoken.map((at) => Math.abs(level(lossy, at) - level(clean, at)));

    expect(spoken.length).toBeGreaterThan(500);
    // 2.28 dB; 2.44 when nothing is known of the packet after.
    expect(offDb.reduce((sum, db) => sum + db, 0) / spoken.length).toBeLessThan(2.36);
  });
});
