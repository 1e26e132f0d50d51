// Phrases that come with the app, one after the other in one file.
import { readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { buildWavHeader, parseWavHeader } from '../../../media/index.ts';

/** Between two phrases, as long as a speaker takes. */
const PAUSE_SEC = 0.12;
const PREFIX = 'said-';
/** No call waits for so long between its ring and its greeting. */
const UNUSED_MS = 86_400_000;

/**
 * A file in `folder` that says these phrases, which all have one rate and one track; undefined when one is missing or nothing can be
 * written. WHY: each text has a file of its own, for a caller who still waits is to hear what was true when he rang.
 */
export function joinPhrases(phraseFiles: readonly string[], folder: string, nowMs: number): string | undefined {
  const file = join(folder, `${PREFIX}${phraseFiles.map((name) => basename(name, '.wav')).join('-')}.wav`);
  try {
    removeUnused(folder, nowMs);
    writeFileSync(`${file}.new`, joined(phraseFiles), { mode: 0o600 });
    renameSync(`${file}.new`, file);
    return file;
  } catch {
    return undefined;
  }
}

function joined(phraseFiles: readonly string[]): Buffer {
  const phrases = phraseFiles.map(readPhrase);
  const sampleRateHz = phrases[0]?.sampleRateHz ?? 0;
  if (phrases.some((phrase) => phrase.sampleRateHz !== sampleRateHz)) throw new Error('phrases of several rates');
  const pause = Buffer.alloc(2 * Math.round(PAUSE_SEC * sampleRateHz));
  const sound = Buffer.concat(phrases.flatMap(({ samples }) => [samples, pause]));
  return Buffer.concat([buildWavHeader(sampleRateHz, 1, sound.length), sound]);
}

function readPhrase(file: string) {
  const bytes = readFileSync(file);
  const layout = parseWavHeader(bytes, bytes.length);
  if (!layout.ok || layout.value.channels !== 1) throw new Error(`${file} is no phrase`);
  const { sampleRateHz, dataOffset, dataBytes } = layout.value;
  return { sampleRateHz, samples: bytes.subarray(dataOffset, dataOffset + dataBytes) };
}

function removeUnused(folder: string, nowMs: number): void {
  for (const name of readdirSync(folder).filter((each) => each.startsWith(PREFIX))) {
    const file = join(folder, name);
    if (statSync(file).mtimeMs < nowMs - UNUSED_MS) rmSync(file, { force: true });
  }
}
