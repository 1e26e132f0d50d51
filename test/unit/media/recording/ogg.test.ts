// Recordings as Opus in Ogg. RFC 3533 §5, §6, RFC 6716 §2.1, RFC 7845 §3, §4, §4.2, §4.4, §5, §5.1, §5.2.
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CodecLibrary } from '../../../../src-main/media/codec/index.ts';
import { buildOggPage, OggOpusWriter } from '../../../../src-main/media/recording/index.ts';
import { FakeRuntime } from '../../../support/fake-runtime.ts';
import { decodeOggOpus, readOggPages } from '../../../support/media/ogg-file.ts';
import { toneAmplitude } from '../../../support/media/tone-check.ts';

let folder: string;
let codecs: CodecLibrary;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nightjar-ogg-'));
  codecs = await CodecLibrary.load();
});
afterAll(() => rm(folder, { recursive: true }));

async function open(name: string, channels = 2): Promise<{ writer: OggOpusWriter; file: string }> {
  const file = join(folder, name);
  const encoder = codecs.openFileEncoder(channels);
  const writer = await OggOpusWriter.open({ file, channels, runtime: new FakeRuntime(), encoder, onFailed: () => {} });
  if (!writer) throw new Error('not opened');
  return { writer, file };
}

/** 10 ms of 440 Hz on the left and 1000 Hz on the right. */
const frameAt = (index: number): Int16Array =>
  Int16Array.from({ length: 960 }, (_, i) => {
    const sample = index * 480 + (i >> 1);
    return Math.round(8000 * Math.sin((2 * Math.PI * (i % 2 === 0 ? 440 : 1000) * sample) / 48_000));
  });

describe('Ogg Opus writer', () => {
  it('keeps both tracks and their length to the sample (RFC 7845 §4.4)', async () => {
    const { writer, file } = await open('a.ogg');
    for (let i = 0; i < 215; i++) writer.write(frameAt(i));
    expect(writer.durationMs).toBe(2150);
    await writer.close();

    const bytes = await readFile(file);
    const pages = readOggPages(bytes);
    const [left = new Int16Array(0), right = new Int16Array(0)] = await decodeOggOpus(bytes);

    expect(left.length).toBe(215 * 480);
    expect(toneAmplitude(left.subarray(9600, 96_000), 440, 48_000)).toBeGreaterThan(6500);
    expect(toneAmplitude(left.subarray(9600, 96_000), 1000, 48_000)).toBeLessThan(400);
    expect(toneAmplitude(right.subarray(9600, 96_000), 1000, 48_000)).toBeGreaterThan(6500);
    expect(pages.map(({ sequence }) => sequence)).toEqual(pages.map((_, i) => i));
    expect(new Set(pages.map(({ serial }) => serial)).size).toBe(1);
    expect([pages[0]?.flags, pages[1]?.flags, pages.at(-1)?.flags]).toEqual([2, 0, 4]);
    expect(bytes.length).toBeLessThan(30_000);
  });

  it('begins with the two headers (RFC 7845 §5.1, §5.2)', async () => {
    const { writer, file } = await open('b.ogg', 1);
    await writer.close();

    const [head, tags] = readOggPages(await readFile(file));

    expect(head?.packets.length).toBe(1);
    expect(head?.packets[0]?.toString('hex')).toBe('4f707573486561640101380180bb0000000000');
    expect(tags?.packets[0]?.toString('latin1')).toBe('OpusTags\x08\0\0\0Nightjar\0\0\0\0');
    expect([head?.granule, tags?.granule]).toEqual([0, 0]);
  });

  it('is whole on the disk up to the last second while it is being written (RFC 3533 §5)', async () => {
    const { writer, file } = await open('c.ogg');
    for (let i = 0; i < 300; i++) writer.write(frameAt(i));
    for (let turn = 0; turn < 500 && (await stat(file)).size < 3000; turn++) await new Promise(setImmediate);
    await new Promise((resolve) => setTimeout(resolve, 50));

    const bytes = await readFile(file);
    const [left = new Int16Array(0)] = await decodeOggOpus(bytes);
    const [cut = new Int16Array(0)] = await decodeOggOpus(bytes.subarray(0, -7));

    expect(left.length).toBeGreaterThan(96_000);
    expect(toneAmplitude(left.subarray(9600, 90_000), 440, 48_000)).toBeGreaterThan(6500);
    expect(left.length - cut.length).toBeLessThanOrEqual(24_960);
    await writer.close();
  });

  it('says by its pieces where a packet ends, also at the border (RFC 3533 §6)', () => {
    const packets = [0, 1, 254, 255, 256, 510].map((size) => Buffer.alloc(size, size));
    const page = buildOggPage({ granule: 5_000_000_000, serial: 7, sequence: 3, packets });

    const [read] = readOggPages(page);

    expect(read?.packets.map(({ length }) => length)).toEqual([0, 1, 254, 255, 256, 510]);
    expect(read?.granule).toBe(5_000_000_000);
  });

  it('says so once when the disk refuses', async () => {
    const encoder = codecs.openFileEncoder(2);
    const place = { file: join(folder, 'none', 'd.ogg'), channels: 2, runtime: new FakeRuntime() };
    expect(await OggOpusWriter.open({ ...place, encoder, onFailed: () => {} })).toBeUndefined();
    encoder.close();
  });
});
