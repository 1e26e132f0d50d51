import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  buildWavHeader,
  readWav,
  repairWav,
  TrackAligner,
  WavWriter,
} from '../../../../src-main/media/recording/index.ts';
import { FakeRuntime, settle } from '../../../support/fake-runtime.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nightjar-wav-'));
});
afterAll(() => rm(folder, { recursive: true }));

const file = (name: string): string => join(folder, name);
const frame = (value: number): Int16Array => new Int16Array(480).fill(value);

async function open(name: string, runtime: FakeRuntime, channels = 1): Promise<WavWriter> {
  const writer = await WavWriter.open({
    file: file(name),
    sampleRateHz: 48_000,
    channels,
    runtime,
    onFailed: () => {},
  });
  if (!writer) throw new Error('not opened');
  return writer;
}

describe('WAV writer', () => {
  it('writes what the reader reads', async () => {
    const writer = await open('a.wav', new FakeRuntime());
    for (let i = 0; i < 10; i++) writer.write(frame(i));
    expect(writer.durationMs).toBe(100);
    await writer.close();

    const wav = await readWav(file('a.wav'));

    expect(wav.ok && [wav.value.sampleRateHz, wav.value.samples.length]).toEqual([48_000, 4800]);
    expect(wav.ok && wav.value.samples[4799]).toBe(9);
  });

  it('is valid on disk up to the last second while it is being written', async () => {
    const runtime = new FakeRuntime();
    const writer = await open('b.wav', runtime);
    for (let i = 1; i <= 300; i++) {
      writer.write(frame(i));
      await runtime.advance(10);
      if (i % 20 !== 0) continue;
      // The disk takes turns of the real event loop: virtual time waits for it, as real time would give it the time.
      for (let turn = 0; turn < 2000 && (await stat(file('b.wav'))).size < 44 + i * 960; turn++) await settle();
    }
    const bytes = await readFile(file('b.wav'));
    expect(bytes.readUInt32LE(40)).toBeGreaterThanOrEqual(2 * 96_000 - 20_000);
    expect(bytes.readUInt32LE(40)).toBeLessThanOrEqual(bytes.length - 44);
    await writer.close();
  });

  it('refuses a place that cannot be written', async () => {
    const options = { sampleRateHz: 8000, channels: 1, runtime: new FakeRuntime(), onFailed: () => {} };

    expect(await WavWriter.open({ ...options, file: join(folder, 'no', 'such', 'folder.wav') })).toBeUndefined();
  });
});

describe('WAV after a kill', () => {
  it('is readable when cut at any byte, and repaired to what is there', async () => {
    const whole = Buffer.concat([buildWavHeader(8000, 2, 0), Buffer.alloc(400, 1)]);
    for (let size = 44; size <= whole.length; size += 7) {
      await writeFile(file('cut.wav'), whole.subarray(0, size));
      const frames = Math.floor((size - 44) / 4);

      const cut = await readWav(file('cut.wav'));
      expect(cut.ok && cut.value.samples.length).toBe(frames);
      expect(await repairWav(file('cut.wav'))).toBe((frames / 8000) * 1000);
      const repaired = await readFile(file('cut.wav'));
      expect(repaired.readUInt32LE(40)).toBe(frames * 4);
    }
  });

  it('leaves other files alone', async () => {
    await writeFile(file('text.wav'), 'this is no sound');

    expect(await repairWav(file('text.wav'))).toBeUndefined();
    expect(await readWav(file('text.wav'))).toEqual({ ok: false, error: 'badFile' });
    expect(await readWav(file('missing.wav'))).toEqual({ ok: false, error: 'noSuchFile' });
  });
});

describe('WAV reader', () => {
  const build = (format: number, bits: number, channels: number, data: Buffer): Buffer => {
    const header = buildWavHeader(16_000, channels, data.length);
    header.writeUInt16LE(format, 20);
    header.writeUInt16LE(bits, 34);
    return Buffer.concat([header, data]);
  };
  const float = Buffer.alloc(8);
  float.writeFloatLE(0.5, 0);
  float.writeFloatLE(Number.NaN, 4);

  it.each([
    ['8-bit', build(1, 8, 1, Buffer.of(128, 255, 0)), [0, 32_512, -32_768]],
    ['16-bit stereo, mixed', build(1, 16, 2, Buffer.of(0, 1, 0, 3)), [512]],
    ['24-bit', build(1, 24, 1, Buffer.of(0, 0, 0x40, 0, 0, 0xc0)), [16_384, -16_384]],
    ['32-bit', build(1, 32, 1, Buffer.of(0, 0, 0, 0x40)), [16_384]],
    ['float, nonsense as silence', build(3, 32, 1, float), [16_384, 0]],
  ])('reads %s', async (_, bytes, samples) => {
    await writeFile(file('f.wav'), bytes);

    const wav = await readWav(file('f.wav'));

    expect(wav.ok && [...wav.value.samples]).toEqual(samples);
  });

  it('seeks', async () => {
    await writeFile(file('s.wav'), build(1, 16, 1, Buffer.alloc(32_000)));

    const wav = await readWav(file('s.wav'), 400);

    expect(wav.ok && wav.value.samples.length).toBe(16_000 - 6400);
  });

  it('refuses formats that are not sound as it knows it', async () => {
    await writeFile(file('adpcm.wav'), build(2, 4, 1, Buffer.alloc(8)));

    expect((await readWav(file('adpcm.wav'))).ok).toBe(false);
  });
});

describe('track aligner', () => {
  it('puts both tracks side by side as they come', () => {
    const aligner = new TrackAligner(48_000);

    expect([...aligner.add(0, Int16Array.of(1, 2, 3))]).toEqual([]);
    expect([...aligner.add(1, Int16Array.of(7, 8))]).toEqual([1, 7, 2, 8]);
    expect([...aligner.flush()]).toEqual([3, 0]);
  });

  it('fills a track that has stopped with silence', () => {
    const aligner = new TrackAligner(1000);

    const written = aligner.add(0, new Int16Array(200).fill(5));

    expect(written.length).toBe(160);
    expect(written[1]).toBe(0);
  });
});
