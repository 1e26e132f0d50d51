// Speaks assets/audio/phrases/phrases.json with Flite (Debian: flite), one WAV a phrase; they are kept with the source.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './ensure-installed.mjs';

const VOICE = 'slt';
const folder = join(ROOT, 'assets', 'audio', 'phrases');
const phrases = JSON.parse(readFileSync(join(folder, 'phrases.json'), 'utf8'));
for (const [name, text] of Object.entries(phrases)) {
  const spoken = spawnSync('flite', ['-voice', VOICE, '-t', text, '-o', join(folder, `${name}.wav`)], {
    stdio: 'inherit',
  });
  if (spoken.error) throw spoken.error;
}
console.log(`${Object.keys(phrases).length} phrases`);
