// The files that sessions send: a greeting is read once, not for every caller.
import { stat } from 'node:fs/promises';
import { err, ok, type Result } from '../../base/result.ts';
import { readWav, type WavReadFailure, type WavSamples } from '../recording/index.ts';
import { unreadable, type Answer } from './engine-answers.ts';
import type { SendSource } from './session-config.ts';
import type { LoadedSource } from './session-source.ts';
import { SoundKeys } from './sound-keys.ts';

/** Together this many samples stay in memory: 64 MB, eleven minutes at 48 kHz. */
const MAX_KEPT_SAMPLES = 32_000_000;

interface KeptFile {
  readonly wav: WavSamples;
  /** Which version of the file it is. */
  readonly version: string;
}

/** Reads files; one that has not changed since is not read again. */
export class SourceFiles {
  readonly #kept = new Map<string, KeptFile>();
  readonly #soundKeys: SoundKeys;
  #keptSamples = 0;

  constructor(soundKeys = new SoundKeys()) {
    this.#soundKeys = soundKeys;
  }

  async read(file: string): Promise<Result<WavSamples, WavReadFailure>> {
    const version = await versionOf(file);
    if (version === undefined) return err('noSuchFile');
    const kept = this.#kept.get(file);
    this.#forget(file);
    const wav = kept?.version === version ? ok(kept.wav) : await readWav(file, 0, this.#soundKeys.all);
    if (wav.ok) this.#keep(file, { wav: wav.value, version });
    return wav;
  }

  /** What a session is to send, with its file in memory. */
  async load(source: SendSource): Answer<LoadedSource> {
    if (source.kind !== 'file') return ok(source);
    const wav = await this.read(source.file);
    if (!wav.ok) return unreadable(wav.error, source.file);
    const { isLooped, mixesMicrophone = false } = source;
    return ok({ kind: 'file', wav: wav.value, isLooped, mixesMicrophone });
  }

  /** The one that was used longest ago goes first. */
  #keep(file: string, kept: KeptFile): void {
    const { length } = kept.wav.samples;
    if (length > MAX_KEPT_SAMPLES) return;
    this.#forget(file);
    this.#kept.set(file, kept);
    this.#keptSamples += length;
    for (const oldest of this.#kept.keys()) {
      if (this.#keptSamples <= MAX_KEPT_SAMPLES) return;
      this.#forget(oldest);
    }
  }

  #forget(file: string): void {
    this.#keptSamples -= this.#kept.get(file)?.wav.samples.length ?? 0;
    this.#kept.delete(file);
  }
}

async function versionOf(file: string): Promise<string | undefined> {
  const status = await stat(file).catch(() => undefined);
  return status && `${status.ino} ${status.size} ${status.mtimeMs}`;
}
