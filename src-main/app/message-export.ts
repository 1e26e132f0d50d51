// Where a message is saved for other programs, and in which format.
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { extname, join } from 'node:path';
import type { SoundFormat, VoiceMessage } from '../../src-shared/contract/index.ts';
import { fileNameOf } from '../features/away/index.ts';

/** By the ending of the name; WAV where it says nothing. */
export function formatOf(file = ''): SoundFormat {
  const ending = extname(file).toLowerCase();
  if (ending === '.mp3') return 'mp3';
  return ending === '.ogg' || ending === '.opus' ? 'ogg' : 'wav';
}

/** A file that is not there yet, in the user's Downloads or, where he has none, at home. */
export function newExportFile(message: VoiceMessage, format: SoundFormat, home = homedir()): string {
  const downloads = join(home, 'Downloads');
  const folder = existsSync(downloads) ? downloads : home;
  const name = fileNameOf(message);
  for (let copy = 1; ; copy++) {
    const file = join(folder, `${name}${copy === 1 ? '' : ` (${copy})`}.${format}`);
    if (!existsSync(file)) return file;
  }
}
