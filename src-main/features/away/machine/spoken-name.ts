// The name that a caller says when he is asked who he is: recorded for the user to hear, and forgotten with the call.
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { randomToken, type Runtime } from '../../../base/runtime.ts';
import type { Unsubscribe } from '../../../base/typed-emitter.ts';
import type { MediaEngine, RecordingSummary } from '../../../media/index.ts';

const LIMIT_SEC = 8;
const END_ON_SILENCE_SEC = 3;
/** A cough is no name. */
const LEAST_VOICE_MS = 300;

const PREFIX = 'name-';

export const newNameFile = (folder: string, runtime: Runtime): string =>
  join(folder, `${PREFIX}${randomToken(runtime)}.wav`);

/** Removes what a phone that was killed left behind. */
export function forgetNames(folder: string): void {
  const names = existsSync(folder) ? readdirSync(folder).filter((name) => name.startsWith(PREFIX)) : [];
  for (const name of names) rmSync(join(folder, name), { force: true });
}

export class SpokenName {
  readonly #media: MediaEngine;
  readonly #onEnd: (isHeard: boolean) => void;
  readonly #unsubscribe: Unsubscribe;
  /** Where it is recorded. */
  readonly file: string;
  #state: 'none' | 'recording' | 'heard' | 'missing' = 'none';

  constructor(media: MediaEngine, file: string, onEnd: (isHeard: boolean) => void) {
    this.#media = media;
    this.#onEnd = onEnd;
    this.file = file;
    this.#unsubscribe = media.events.on('recordingEnded', ({ recording }) => {
      if (recording.file === file) this.#end(recording);
    });
  }

  get isHeard(): boolean {
    return this.#state === 'heard';
  }

  /** Until the caller pauses, or has no more time. */
  async record(sessionId: string): Promise<void> {
    this.#state = 'recording';
    const limits = { limitSec: LIMIT_SEC, endOnSilenceSec: END_ON_SILENCE_SEC };
    const started = await this.#media.startRecording(sessionId, { file: this.file, tracks: 'received', ...limits });
    if (!started.ok) this.#end(undefined);
  }

  async stop(sessionId: string): Promise<void> {
    if (this.#state !== 'recording') return;
    const stopped = await this.#media.stopRecording(sessionId);
    if (stopped.ok) this.#end(stopped.value);
  }

  /** The call is over, or the user's: nothing of it stays. */
  forget(): void {
    this.#unsubscribe();
    rmSync(this.file, { force: true });
  }

  #end(recording: RecordingSummary | undefined): void {
    if (this.#state !== 'recording') return;
    // WHY: a disk that is full must not keep callers away.
    const isHeard = recording === undefined || recording.activeMs >= LEAST_VOICE_MS;
    this.#state = isHeard ? 'heard' : 'missing';
    this.#onEnd(isHeard);
  }
}
