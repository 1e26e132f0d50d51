import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PocketsphinxLines } from '../../../../../src-main/features/away/transcripts/pocketsphinx-lines.ts';
import { findPocketsphinxModel } from '../../../../../src-main/features/away/transcripts/pocketsphinx-model.ts';
import { findEngine } from '../../../../../src-main/features/away/transcripts/find-engine.ts';
import type { HeardWord } from '../../../../../src-main/features/away/transcripts/speech-engine.ts';

const PRINTED = `the fox
<s> 0.000 0.280 0.999900
the(2) 0.290 0.420 0.459972
<sil> 0.430 0.500 0.167327
fox 0.510 1.130 1.000100
[SPEECH] 1.140 1.200 0.400000
</s> 1.210 1.390 1.000000
jumps
<s> 2.000 2.100 0.999900
jumps 2.110 2.500 0.900000
`;

function readIn(pieces: readonly string[]): readonly (readonly HeardWord[])[] {
  const told: (readonly HeardWord[])[] = [];
  const lines = new PocketsphinxLines((words) => told.push(words));
  for (const piece of pieces) lines.take(piece);
  lines.finish();
  return told;
}

describe('what pocketsphinx_continuous prints', () => {
  it('is read as words with times and confidence, stretch by stretch', () => {
    expect(readIn([PRINTED])).toEqual([
      [
        { text: 'the', fromMs: 290, toMs: 420, confidence: 0.459972 },
        { text: 'fox', fromMs: 510, toMs: 1130, confidence: 1 },
      ],
      [{ text: 'jumps', fromMs: 2110, toMs: 2500, confidence: 0.9 }],
    ]);
  });

  it('is the same however it is cut', () => {
    const whole = readIn([PRINTED]);
    for (let at = 1; at < PRINTED.length; at++)
      expect(readIn([PRINTED.slice(0, at), PRINTED.slice(at)])).toEqual(whole);
  });

  it('neither fills the memory nor becomes words when it is something else', () => {
    expect(readIn(['x'.repeat(1_000_000), 'y'.repeat(1_000_000), '\nFATAL: no model\n'])).toEqual([]);
  });
});

describe('the folder of a model', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'nightjar-model-'));
    mkdirSync(join(folder, 'en-us'));
    for (const name of ['en-us/mdef', 'en-us-phone.lm.bin', 'en-us.lm.bin', 'cmudict.dict'])
      writeFileSync(join(folder, name), '');
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('is the one with everything in it, or the one with the sounds', () => {
    const model = {
      acousticFolder: join(folder, 'en-us'),
      languageFile: join(folder, 'en-us.lm.bin'),
      dictionaryFile: join(folder, 'cmudict.dict'),
    };
    expect(findPocketsphinxModel(folder)).toEqual(model);
    expect(findPocketsphinxModel(join(folder, 'en-us'))).toEqual(model);
  });

  it('is refused with a sentence when something is missing', () => {
    rmSync(join(folder, 'cmudict.dict'));
    expect(findEngine(folder)).toEqual({ ok: false, error: `There is no speech model in ${folder}.` });
    expect(findEngine(join(folder, 'nowhere'))).toMatchObject({ ok: false });
  });
});
