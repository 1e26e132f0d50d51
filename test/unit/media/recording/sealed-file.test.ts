// Sealed recordings: what was written is read, from any place; what was cut is read up to there; what was changed is noticed.
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  buildWavHeader,
  openSoundFile,
  openWavPieces,
  readSealedFile,
  readWav,
  repairWav,
  sealedBy,
  sealFile,
  unsealFile,
  WavWriter,
  type SoundKey,
} from '../../../../src-main/media/recording/index.ts';
import { SealedWriter } from '../../../../src-main/media/recording/sealed-writer.ts';
import { FakeRuntime } from '../../../support/fake-runtime.ts';

const keyOf = (byte: number): SoundKey => {
  const key = Buffer.alloc(32, byte);
  return { id: createHash('sha256').update(key).digest('hex').slice(0, 16), key };
};
const ours = keyOf(7);
const other = keyOf(8);
/** The head of a file, and what a chunk takes beside its bytes. */
const HEAD = 80;
const CHUNK = 20;

let folder: string;
beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), 'nightjar-sealed-'))));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const file = (name: string): string => join(folder, name);

/** Chunks of these bytes; without `isEnded` as a killed phone leaves them. */
async function sealed(name: string, chunks: readonly Buffer[], isEnded = true): Promise<string> {
  const writer = await SealedWriter.open(file(name), ours);
  for (const chunk of chunks) await writer.append(chunk);
  if (isEnded) await writer.end();
  await writer.close();
  return file(name);
}

async function read(name: string, key = ours): Promise<Buffer | string> {
  const opened = await openSoundFile(name, [key]);
  if (!opened.ok) return opened.error;
  const bytes = Buffer.alloc(opened.value.sizeBytes);
  try {
    const count = await opened.value.read(bytes, 0);
    return bytes.subarray(0, count);
  } catch {
    return 'changed';
  } finally {
    await opened.value.close();
  }
}

const CHUNKS = [Buffer.from('one, '), Buffer.from('two and '), Buffer.from('three')];
const WHOLE = Buffer.concat(CHUNKS);
/** Where each chunk ends in the file. */
const ENDS = [HEAD + CHUNK + 5, HEAD + 2 * CHUNK + 13, HEAD + 3 * CHUNK + 18];

describe('a sealed file', () => {
  it('is read as it was written, from every place', async () => {
    const name = await sealed('whole', CHUNKS);
    expect(await read(name)).toEqual(WHOLE);
    const opened = await openSoundFile(name, [other, ours]);
    if (!opened.ok) throw new Error(opened.error);
    for (let from = 0; from <= WHOLE.length; from++) {
      const bytes = Buffer.alloc(7);
      const count = await opened.value.read(bytes, from);
      expect(bytes.subarray(0, count)).toEqual(WHOLE.subarray(from, from + 7));
    }
    await opened.value.close();
  });

  it('that is cut at any byte has everything up to the last whole chunk', async () => {
    const bytes = readFileSync(await sealed('cut', CHUNKS));
    for (let cut = 0; cut < bytes.length; cut++) {
      writeFileSync(file('cut'), bytes.subarray(0, cut));
      const whole = ENDS.filter((end) => end <= cut).length;
      const expected = Buffer.concat(CHUNKS.slice(0, whole));
      // A head that is not whole is that of no sealed file.
      if (cut >= HEAD) expect(await read(file('cut')), `cut at ${cut}`).toEqual(expected);
      else expect(await sealedBy(file('cut'))).toBeUndefined();
    }
  });

  it('whose end never came to the disk has everything before it', async () => {
    const name = await sealed('power', CHUNKS, false);
    const bytes = readFileSync(name);
    writeFileSync(name, bytes.fill(0, ENDS[1] ?? 0));
    expect(await read(name)).toEqual(Buffer.concat(CHUNKS.slice(0, 2)));
    writeFileSync(name, bytes.fill(0, (ENDS[1] ?? 0) - 3));
    expect(await read(name)).toEqual(CHUNKS[0]);
  });

  it('is noticed when any byte of it was changed', async () => {
    const name = await sealed('changed', CHUNKS);
    const bytes = readFileSync(name);
    for (let at = 0; at < bytes.length; at++) {
      const changed = Buffer.from(bytes);
      changed[at] = (changed[at] ?? 0) ^ 1;
      writeFileSync(name, changed);
      const found = await read(name);
      // The end alone may be lost: then the file is like one that was cut.
      if (at >= (ENDS[2] ?? 0)) expect(found).toEqual(WHOLE);
      else expect(found.toString(), `byte ${at}`).not.toBe(WHOLE.toString());
    }
  });

  it('is noticed when chunks change places, are left out, or come from another file', async () => {
    const [a, b, c] = [Buffer.from('aaaa'), Buffer.from('bbbb'), Buffer.from('cccc')];
    const bytes = readFileSync(await sealed('order', [a, b, c]));
    const chunk = (place: number): Buffer => bytes.subarray(HEAD + place * 24, HEAD + (place + 1) * 24);
    const rest = bytes.subarray(HEAD + 3 * 24);
    const head = bytes.subarray(0, HEAD);
    const foreign = readFileSync(await sealed('foreign', [a, b, c])).subarray(HEAD + 24, HEAD + 48);
    const orders = [
      [chunk(1), chunk(0), chunk(2)],
      [chunk(0), chunk(2)],
      [chunk(0), chunk(0), chunk(2)],
      [chunk(0), foreign, chunk(2)],
    ];
    for (const order of orders) {
      writeFileSync(file('order'), Buffer.concat([head, ...order, rest]));
      expect(await read(file('order'))).toBe('changed');
    }
  });

  it('is locked without its key, and its key is not needed to say so', async () => {
    const name = await sealed('locked', CHUNKS);
    expect(await read(name, other)).toBe('locked');
    expect(await sealedBy(name)).toBe(ours.id);
    expect(await readWav(name, 0, [other])).toEqual({ ok: false, error: 'locked' });
    expect(await openWavPieces(name)).toEqual({ ok: false, error: 'locked' });
  });

  it('has no two keys alike, so that the same sound looks different in each', async () => {
    const [first, second] = [readFileSync(await sealed('x', CHUNKS)), readFileSync(await sealed('y', CHUNKS))];
    expect(first.subarray(20).equals(second.subarray(20))).toBe(false);
    expect(first.includes('two and')).toBe(false);
    expect(statSync(file('x')).mode & 0o777).toBe(0o600);
  });
});

describe('a recording that is sealed while it is made', () => {
  const samples = Int16Array.from({ length: 8000 }, (_, i) => 1000 + i);

  it('is on the disk as it comes, and as long as it was said to be', async () => {
    const runtime = new FakeRuntime();
    const place = { file: file('live.wav'), sampleRateHz: 8000, channels: 1, runtime, sealedBy: ours };
    const writer = await WavWriter.open({ ...place, onFailed: () => {} });
    if (!writer) throw new Error('not opened');
    for (let at = 0; at < 8000; at += 800) {
      writer.write(samples.subarray(at, at + 800));
      await runtime.advance(250);
      // As a killed phone would leave it.
      const until = Date.now() + 2000;
      let now = await readWav(place.file, 0, [ours]);
      while (!(now.ok && now.value.samples.length === at + 800) && Date.now() < until) {
        await new Promise((resolve) => void setTimeout(resolve, 2));
        now = await readWav(place.file, 0, [ours]);
      }
      expect(now.ok && now.value.samples.length).toBe(at + 800);
    }
    expect(await repairWav(place.file, [ours])).toBe(1000);
    await writer.close();
    expect(await readWav(place.file, 0, [ours])).toEqual({ ok: true, value: { sampleRateHz: 8000, samples } });
    expect(await readWav(place.file, 500, [ours])).toMatchObject({ value: { samples: samples.slice(4000) } });
    expect(readFileSync(place.file).includes('RIFF')).toBe(false);
    expect(readFileSync(place.file).includes(Buffer.from(samples.buffer, 1000, 16))).toBe(false);
  });

  it('has its sizes again where it is opened for other programs', async () => {
    const plain = await readSealedFile(file('live.wav'), [ours]);
    const expected = Buffer.concat([buildWavHeader(8000, 1, 16_000), Buffer.from(samples.buffer)]);
    expect(plain).toEqual({ ok: true, value: expected });
    expect(await unsealFile(file('live.wav'), file('open.wav'), [ours])).toMatchObject({ ok: true });
    expect(readFileSync(file('open.wav'))).toEqual(expected);
    expect(await readSealedFile(file('open.wav'), [])).toEqual({ ok: true, value: undefined });
  });

  it('goes back and forth between plain and sealed without a change', async () => {
    const before = Buffer.concat([buildWavHeader(8000, 1, 16_000), Buffer.from(samples.buffer)]);
    writeFileSync(file('both.wav'), before);
    await sealFile(file('both.wav'), ours);
    expect(await sealedBy(file('both.wav'))).toBe(ours.id);
    expect(await unsealFile(file('both.wav'), file('both.wav'), [other])).toEqual({ ok: false, error: 'locked' });
    await unsealFile(file('both.wav'), file('both.wav'), [ours]);
    expect(readFileSync(file('both.wav'))).toEqual(before);
  });

  it('is as long as its size says when its key is lost', async () => {
    await sealed('long.wav', [buildWavHeader(48_000, 1, 0), Buffer.alloc(48_000), Buffer.alloc(48_000)], false);
    expect(await repairWav(file('long.wav'), [other])).toBe(1000);
    expect(await repairWav(file('long.wav'), [ours])).toBe(1000);
  });
});
