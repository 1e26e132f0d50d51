import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MPEGDecoder } from 'mpg123-decoder';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { exportSoundHere } from '../../../../src-main/media/index.ts';
import { buildWavHeader } from '../../../../src-main/media/recording/index.ts';
import { decodeOggOpus } from '../../../support/media/ogg-file.ts';
import { sine, toneAmplitude } from '../../../support/media/tone-check.ts';

const SECONDS = 25;
let folder: string;
let wav: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'nightjar-export-'));
  wav = join(folder, 'message.wav');
  const samples = sine(8000 * SECONDS, 440, 8000);
  writeFileSync(wav, Buffer.concat([buildWavHeader(8000, 1, samples.byteLength), Buffer.from(samples.buffer)]));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function decodeMp3(file: string): Promise<{ samples: Int16Array; sampleRateHz: number }> {
  const decoder = new MPEGDecoder();
  await decoder.ready;
  const { channelData, sampleRate } = decoder.decode(readFileSync(file));
  decoder.free();
  const [channel = new Float32Array(0)] = channelData;
  return { samples: Int16Array.from(channel, (value) => value * 32_767), sampleRateHz: sampleRate };
}

describe('a recording that is saved for other programs', () => {
  it('is an MP3 that another decoder plays: the length, the tone', async () => {
    const file = join(folder, 'message.mp3');

    expect(await exportSoundHere(wav, file, 'mp3')).toEqual({ ok: true, value: undefined });

    const { samples, sampleRateHz } = await decodeMp3(file);
    expect(Math.abs(samples.length / sampleRateHz - SECONDS)).toBeLessThan(0.15);
    expect(toneAmplitude(samples.subarray(sampleRateHz, -sampleRateHz), 440, sampleRateHz)).toBeGreaterThan(7000);
    expect(readFileSync(file).length).toBeLessThan(220_000);
  });

  it('is an Ogg Opus that another decoder plays, longer than the disk may lag behind', async () => {
    const file = join(folder, 'message.ogg');

    expect(await exportSoundHere(wav, file, 'ogg')).toEqual({ ok: true, value: undefined });

    const [samples = new Int16Array(0)] = await decodeOggOpus(readFileSync(file));
    expect(Math.abs(samples.length / 48_000 - SECONDS)).toBeLessThan(0.05);
    expect(toneAmplitude(samples.subarray(48_000, -48_000), 440, 48_000)).toBeGreaterThan(7000);
  });

  it('is the same WAV', async () => {
    const file = join(folder, 'copy.wav');

    expect(await exportSoundHere(wav, file, 'wav')).toMatchObject({ ok: true });

    expect(readFileSync(file).equals(readFileSync(wav))).toBe(true);
  });

  it.each(['wav', 'mp3', 'ogg'] as const)('as %s: is there whole or not at all, and says why', async (format) => {
    const target = join(folder, `to.${format}`);
    writeFileSync(join(folder, 'no.wav'), 'no sound');

    const outcomes = [
      await exportSoundHere(join(folder, 'none.wav'), target, format),
      await exportSoundHere(join(folder, 'no.wav'), target, format),
      await exportSoundHere(wav, join(folder, 'nowhere', 'a'), format),
    ];

    expect(outcomes.map((outcome) => !outcome.ok && outcome.error.kind)).toEqual([
      'noSuchFile',
      'badFile',
      'cannotWrite',
    ]);
    expect(existsSync(target)).toBe(false);
    expect(readdirSync(folder).filter((name) => name.endsWith('.new'))).toEqual([]);
  });
});
