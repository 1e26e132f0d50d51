import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { buildWavHeader, measureWaveForm } from '../../../../src-main/media/recording/index.ts';
import { sine } from '../../../support/media/tone-check.ts';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'nightjar-wave-form-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function write(samples: Int16Array, sampleRateHz = 8000, channels = 1): string {
  const file = join(folder, 'a.wav');
  const header = buildWavHeader(sampleRateHz, channels, samples.byteLength);
  writeFileSync(file, Buffer.concat([header, Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength)]));
  return file;
}

describe('a wave form', () => {
  it('has a hundred peaks, the loudest is 100', async () => {
    const samples = new Int16Array(80_000);
    samples.set(sine(20_000, 500, 8000, 2000), 20_000);
    samples.set(sine(20_000, 500, 8000, 8000), 60_000);

    const measured = await measureWaveForm(write(samples));

    const values = measured.ok ? measured.value : [];
    expect(values).toHaveLength(100);
    expect(new Set(values.slice(0, 25))).toEqual(new Set([0]));
    expect(new Set(values.slice(26, 49))).toEqual(new Set([25]));
    expect(new Set(values.slice(76))).toEqual(new Set([100]));
  });

  it('is empty where there is no sound', async () => {
    expect(await measureWaveForm(write(new Int16Array(8000)))).toEqual({ ok: true, value: [] });
    expect(await measureWaveForm(write(new Int16Array(0)))).toEqual({ ok: true, value: [] });
  });

  it('can be drawn of a few samples, and of two channels', async () => {
    const few = await measureWaveForm(write(Int16Array.of(100, -200)));
    const stereo = await measureWaveForm(write(Int16Array.of(100, 300, -400, -400), 8000, 2));

    expect(few).toMatchObject({ ok: true });
    expect(few.ok && [few.value[0], few.value[50], few.value[99]]).toEqual([50, 100, 0]);
    expect(stereo.ok && [stereo.value[0], stereo.value[50]]).toEqual([50, 100]);
  });

  it('is refused for what is no sound file', async () => {
    writeFileSync(join(folder, 'no.wav'), 'no sound');

    expect(await measureWaveForm(join(folder, 'no.wav'))).toEqual({ ok: false, error: 'badFile' });
    expect(await measureWaveForm(join(folder, 'none.wav'))).toEqual({ ok: false, error: 'noSuchFile' });
  });
});
