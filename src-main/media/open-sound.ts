// Reads a recording without an engine, for a process that listens to it and has no other sound.
import type { Result } from '../base/result.ts';
import type { SoundFileFailure, SoundKey } from './recording/index.ts';
import type { GrowingSound, SoundPieces } from './session/index.ts';

/** Samples of one channel at `rateHz`; `keys` open a sealed file. What reads is loaded only where it is needed. */
export async function openSound(
  file: string,
  rateHz: number,
  keys: readonly SoundKey[],
): Promise<Result<SoundPieces, SoundFileFailure>> {
  const { openSoundAtRate } = await import('./session/index.ts');
  return openSoundAtRate(file, rateHz, keys);
}

/** The same of a file that is still being written: what comes to the disk. */
export async function followSound(file: string, rateHz: number, keys: readonly SoundKey[]): Promise<GrowingSound> {
  const { followSoundAtRate } = await import('./session/index.ts');
  return followSoundAtRate(file, rateHz, keys);
}
