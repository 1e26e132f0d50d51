// Copies a recording into another format without an engine: for a phone that is not running.
import { ok, type Result } from '../base/result.ts';
import { nodeRuntime } from '../base/runtime.ts';
import type { SoundKey } from './recording/index.ts';
import type { MediaFailure, SoundFormat } from './session/index.ts';

/** Codecs are loaded only where they are needed. */
export async function exportSoundHere(
  wav: string,
  file: string,
  format: SoundFormat,
  keys: readonly SoundKey[] = [],
): Promise<Result<void, MediaFailure>> {
  const { exportSound, loadExportTools } = await import('./session/index.ts');
  const exported = await exportSound(wav, file, format, await loadExportTools(nodeRuntime(), keys));
  return exported.ok ? ok(undefined) : exported;
}
