// Reads a recording without an engine, for a process that listens to it and has no other sound.
import type { Result } from '../base/result.ts';
import type { SoundPieces } from './session/index.ts';

/** Samples of one channel at `rateHz`. What reads is loaded only where it is needed. */
export async function openSound(file: string, rateHz: number): Promise<Result<SoundPieces, 'noSuchFile' | 'badFile'>> {
  const { openSoundAtRate } = await import('./session/index.ts');
  return openSoundAtRate(file, rateHz);
}
