// What callers said, in words: which messages are to be written down, one at a time, and what became of each.
import { err, ok, type Result } from '../../../base/result.ts';
import type { Runtime } from '../../../base/runtime.ts';
import type { SoundKey } from '../../../media/index.ts';
import type { MessageStore } from '../messages/index.ts';
import { findEngine } from './find-engine.ts';
import { LiveWords, type BegunMessage } from './live-words.ts';
import { SpeechJob } from './speech-job.ts';
import type { SpeechPort } from './speech-messages.ts';

export interface TranscriptSettings {
  /** Where the user's speech model is; null: nothing is written down. */
  readonly modelFolder: string | null;
  /** Every message is written down as soon as it is there. */
  readonly isAutomatic: boolean;
}

export interface TranscriptJob {
  readonly messageId: string;
  readonly state: 'waiting' | 'working' | 'failed';
  /** Of the recording, how much has been heard. */
  readonly percent: number;
  /** Why it failed. */
  readonly reason?: string;
}

export interface TranscriptsOptions {
  readonly messages: Pick<MessageStore, 'get' | 'list' | 'pathOf' | 'setTranscript'>;
  readonly runtime: Runtime;
  readonly settings: TranscriptSettings;
  /** Starts a speech process for one recording. */
  readonly openPort: () => SpeechPort;
  /** Of sealed recordings. */
  readonly soundKeys: () => readonly SoundKey[];
  readonly onChanged: () => void;
  /** Somebody who speaks now has said something. */
  readonly onHeard: () => void;
}

/** A slow machine takes several times as long as the recording is. */
const LIMIT_FACTOR = 10;
const LIMIT_MS = 60_000;
const LIMIT_MIB = 2048;
/** Messages that were not written down when the phone ended; older ones are left to the user. */
const CATCH_UP_MS = 86_400_000;
/** So long others wait for the words of a message. */
const WAIT_MS = 120_000;
const NOTHING = 'No words were understood.';

export class Transcripts {
  readonly #options: TranscriptsOptions;
  readonly #jobs = new Map<string, TranscriptJob>();
  readonly #live: LiveWords;
  #settings: TranscriptSettings;
  /** Who waits for the words of a message. */
  readonly #waiting = new Map<string, readonly (() => void)[]>();
  #current: SpeechJob | undefined;
  #currentId = '';
  #isClosed = false;

  constructor(options: TranscriptsOptions) {
    this.#options = options;
    this.#settings = options.settings;
    const { runtime, openPort, soundKeys, onHeard } = options;
    this.#live = new LiveWords({ runtime, openPort, soundKeys, limitMiB: LIMIT_MIB, onChanged: onHeard });
  }

  get settings(): TranscriptSettings {
    return this.#settings;
  }

  /** Those that wait, the one at work, those that failed. */
  get jobs(): readonly TranscriptJob[] {
    return [...this.#jobs.values()];
  }

  /** Why nothing can be written down although a folder is set. */
  get problem(): string | undefined {
    const { modelFolder } = this.#settings;
    const engine = modelFolder === null ? undefined : findEngine(modelFolder);
    return engine?.ok === false ? engine.error : undefined;
  }

  /** A folder without a model is refused, with a sentence. */
  set(settings: TranscriptSettings): Result<void, string> {
    const { modelFolder } = settings;
    const engine = modelFolder === null ? undefined : findEngine(modelFolder);
    if (engine?.ok === false) return engine;
    this.#settings = settings;
    if (modelFolder === null) for (const { messageId } of this.jobs) this.cancel(messageId);
    this.#changed();
    return ok(undefined);
  }

  /** A message was kept. */
  take(messageId: string): void {
    if (this.#live.isListening(messageId)) void this.#takeLive(messageId);
    else if (this.#settings.isAutomatic && this.#settings.modelFolder !== null) void this.write(messageId);
  }

  /** Somebody begins to leave a message: his words come while he speaks. */
  listen(message: BegunMessage): void {
    const { isAutomatic, modelFolder } = this.#settings;
    if (isAutomatic && modelFolder !== null) this.#live.begin(message, modelFolder);
  }

  /** What somebody who speaks now has said so far; empty where nothing is known. */
  heard(callId: string): string {
    return this.#live.heard(callId);
  }

  /** A recording is over, and was kept (see `take`) or not. */
  ended(messageId: string): void {
    this.#live.drop(messageId);
  }

  /** After a start: what came while nothing could be written down. */
  catchUp(): void {
    const sinceMs = this.#options.runtime.wallMs() - CATCH_UP_MS;
    for (const { id, transcript, receivedAtMs, wantsCallBack } of [...this.#options.messages.list()].reverse())
      if (transcript === '' && !wantsCallBack && receivedAtMs >= sinceMs) this.take(id);
  }

  /** Writes a message down, once more when it was before. The failure is a sentence. */
  write(messageId: string): Result<void, string> {
    if (this.#settings.modelFolder === null) return err('No speech model is set.');
    if (this.#options.messages.get(messageId)?.wantsCallBack === true) return err('This caller left no sound.');
    if (this.#isOpen(messageId)) return ok(undefined);
    // The last one in the order that jobs are taken in.
    this.#jobs.delete(messageId);
    this.#note({ messageId, state: 'waiting', percent: 0 });
    this.#next();
    return ok(undefined);
  }

  /** undefined when nothing is being written down for it; else resolves when that is over, or takes too long for others to wait. */
  settled(messageId: string): Promise<void> | undefined {
    if (!this.#isOpen(messageId)) return undefined;
    return new Promise((resolve) => {
      const timer = this.#options.runtime.setTimer(WAIT_MS, () => this.#release(messageId), true);
      const waiting = this.#waiting.get(messageId) ?? [];
      this.#waiting.set(messageId, [
        ...waiting,
        () => {
          timer.cancel();
          resolve();
        },
      ]);
    });
  }

  /** Takes back what waits or is at work; a failure is forgotten. */
  cancel(messageId: string): void {
    this.#jobs.delete(messageId);
    if (this.#currentId === messageId) this.#current?.stop('It was stopped.');
    this.#changed();
  }

  close(): void {
    this.#isClosed = true;
    this.#live.close();
    this.#current?.stop('The phone has ended.');
  }

  /** What was written down while it was spoken; what failed is tried once more from the file. */
  async #takeLive(messageId: string): Promise<void> {
    this.#note({ messageId, state: 'working', percent: 99 });
    const written = await this.#live.finish(messageId);
    if (this.#isClosed || !this.#jobs.delete(messageId)) return;
    if (written.ok && written.value !== '') this.#options.messages.setTranscript(messageId, written.value);
    else void this.write(messageId);
    this.#changed();
  }

  #next(): void {
    const { modelFolder } = this.#settings;
    const job = this.jobs.find(({ state }) => state === 'waiting');
    if (this.#current || this.#isClosed || !job || modelFolder === null) return;
    const { messageId } = job;
    const { messages, runtime, openPort, soundKeys } = this.#options;
    const message = messages.get(messageId);
    if (!message || message.deletedAtMs !== undefined) {
      this.#jobs.delete(messageId);
      this.#next();
      return;
    }
    this.#note({ messageId, state: 'working', percent: 0 });
    this.#currentId = messageId;
    this.#current = new SpeechJob({
      ...{ runtime, port: openPort() },
      request: {
        ...{ kind: 'write', file: messages.pathOf(message), modelFolder, limitMiB: LIMIT_MIB },
        soundKeys: soundKeys(),
      },
      limitMs: LIMIT_MS + message.durationSec * 1000 * LIMIT_FACTOR,
      onProgress: (percent) => this.#note({ messageId, state: 'working', percent }),
      onEnded: (written) => this.#end(messageId, written),
    });
  }

  #end(messageId: string, written: Result<string, string>): void {
    this.#current = undefined;
    this.#currentId = '';
    if (this.#isClosed) return;
    const text = written.ok ? written.value : '';
    // Forgotten when it was taken back.
    if (this.#jobs.has(messageId)) {
      this.#jobs.delete(messageId);
      if (text !== '') this.#options.messages.setTranscript(messageId, text);
      else this.#note({ messageId, state: 'failed', percent: 0, reason: written.ok ? NOTHING : written.error });
    }
    this.#changed();
    this.#next();
  }

  #isOpen(messageId: string): boolean {
    const state = this.#jobs.get(messageId)?.state;
    return state === 'waiting' || state === 'working';
  }

  #changed(): void {
    for (const messageId of this.#waiting.keys()) if (!this.#isOpen(messageId)) this.#release(messageId);
    this.#options.onChanged();
  }

  #release(messageId: string): void {
    const waiting = this.#waiting.get(messageId) ?? [];
    this.#waiting.delete(messageId);
    for (const resolve of waiting) resolve();
  }

  #note(job: TranscriptJob): void {
    this.#jobs.set(job.messageId, job);
    this.#changed();
  }
}
