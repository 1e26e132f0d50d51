import { rm, utimes } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SourceFiles } from '../../../../src-main/media/session/source-files.ts';
import { CallFixture } from '../../../support/media/call-fixture.ts';

let fixture: CallFixture;
beforeEach(async () => (fixture = await CallFixture.create()));
afterEach(() => fixture.close());

const samplesOf = async (files: SourceFiles, file: string) => {
  const wav = await files.read(file);
  return wav.ok ? wav.value.samples : wav.error;
};

describe('the files that sessions send', () => {
  it('are read once, until they change', async () => {
    const files = new SourceFiles();
    const file = await fixture.writeWav('greeting.wav', Int16Array.of(1, 2, 3));
    const first = await samplesOf(files, file);
    expect(await samplesOf(files, file)).toBe(first);

    await fixture.writeWav('greeting.wav', Int16Array.of(4, 5, 6));
    await utimes(file, 1, 1);
    expect(await samplesOf(files, file)).toEqual(Int16Array.of(4, 5, 6));
  });

  it('are missed when they have gone, although they were read before', async () => {
    const files = new SourceFiles();
    const file = await fixture.writeWav('greeting.wav', Int16Array.of(1, 2, 3));
    await samplesOf(files, file);
    await rm(file);
    expect(await samplesOf(files, file)).toBe('noSuchFile');
  });
});
