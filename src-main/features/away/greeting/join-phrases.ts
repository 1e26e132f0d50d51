// Phrases that come with the app, one after the other in one file.
import { readFileSync, writeFileSync } from 'node:fs';
import { buildWavHeader, parseWavHeader } from '../../../media/index.ts';

/** Between two phrases, as long as a speaker takes. */
const PAUSE_SEC = 0.12;

/** Writes `file`; false when a phrase is missing or the file cannot be written. They all have one rate and one track. */
export function joinPhrases(phraseFiles: readonly string[], file: string): boolean {
  try {
    const phrases = phraseFiles.map(readPhrase);
    const sampleRateHz = phrases[0]?.sampleRateHz ?? 0;
    if (phrases.some((phrase) => phrase.sampleRateHz !== sampleRateHz)) return false;
    const pause = Buffer.alloc(2 * Math.round(PAUSE_SEC * sampleRateHz));
    const sound = Buffer.concat(phrases.flatMap(({ samples }) => [samples, pause]));
    writeFileSync(file, Buffer.concat([buildWavHeader(sampleRateHz, 1, sound.length), sound]), { mode: 0o600 });
    return true;
  } catch {
    return false;
  }
}

function readPhrase(file: string) {
  const bytes = readFileSync(file);
  const layout = parseWavHeader(bytes, bytes.length);
  if (!layout.ok || layout.value.channels !== 1) throw new Error(`${file} is no phrase`);
  const { sampleRateHz, dataOffset, dataBytes } = layout.value;
  return { sampleRateHz, samples: bytes.subarray(dataOffset, dataOffset + dataBytes) };
}
