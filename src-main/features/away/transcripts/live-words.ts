// What callers say while they say it: the recording is read as it grows, and what was written down becomes the message's words.
import { err, type Result } from '../../../base/result.ts';
import type { Runtime } from '../../../base/runtime.ts';
import type { SoundKey } from '../../../media/index.ts';
import { SpeechJob } from './speech-job.ts';
import type { SpeechPort } from './speech-messages.ts';

/** Each takes a share of the processor: further callers are written down when they have hung up. */
const MAX_LISTENED = 2;
/** A message is an hour long at most. */
const LIMIT_MS = 3_700_000;
/** For what was said last. */
const FINISH_MS = 30_000;
/** What is shown of a long speech: its end. */
const SHOWN_LENGTH = 2000;

export interface LiveWordsOptions {
  readonly runtime: Runtime;
  readonly openPort: () => SpeechPort;
  readonly soundKeys: () => readonly SoundKey[];
  readonly limitMiB: number;
  readonly onChanged: () => void;
}

export interface BegunMessage {
  readonly callId: string;
  readonly messageId: string;
  readonly file: string;
}

interface Listened extends BegunMessage {
  readonly job: SpeechJob;
  readonly written: Promise<Result<string, string>>;
}

export class LiveWords {
  readonly #options: LiveWordsOptions;
  /** By message. */
  readonly #listened = new Map<string, Listened>();
  /** By call. */
  readonly #words = new Map<string, string>();

  constructor(options: LiveWordsOptions) {
    this.#options = options;
  }

  begin(message: BegunMessage, modelFolder: string): void {
    if (this.#listened.size >= MAX_LISTENED) return;
    const { openPort, runtime, soundKeys, limitMiB } = this.#options;
    const { messageId, file } = message;
    let end: (written: Result<string, string>) => void = () => {};
    const written = new Promise<Result<string, string>>((resolve) => (end = resolve));
    const job = new SpeechJob({
      ...{ runtime, port: openPort(), limitMs: LIMIT_MS },
      request: { kind: 'listen', file, modelFolder, limitMiB, soundKeys: soundKeys() },
      onProgress: () => {},
      onLine: (line) => this.#show(message, line),
      onEnded: end,
    });
    this.#listened.set(messageId, { ...message, job, written });
  }

  /** What somebody who speaks now has said so far. */
  heard(callId: string): string {
    return this.#words.get(callId) ?? '';
  }

  isListening(messageId: string): boolean {
    return this.#listened.has(messageId);
  }

  /** The recording is complete: everything that was said in it. */
  async finish(messageId: string): Promise<Result<string, string>> {
    const listened = this.#forget(messageId);
    if (!listened) return err('Nobody listened.');
    const limit = this.#options.runtime.setTimer(FINISH_MS, () => listened.job.stop('It took too long.'), true);
    listened.job.finish();
    const written = await listened.written;
    limit.cancel();
    return written;
  }

  /** The message was too short to be kept, or nobody wants its words any more. */
  drop(messageId: string): void {
    this.#forget(messageId)?.job.stop('It was stopped.');
  }

  close(): void {
    for (const messageId of [...this.#listened.keys()]) this.drop(messageId);
  }

  #show({ callId, messageId }: BegunMessage, line: string): void {
    // What was said last is known after the call.
    if (!this.#listened.has(messageId)) return;
    this.#words.set(callId, `${this.heard(callId)} ${line}`.trimStart().slice(-SHOWN_LENGTH));
    this.#options.onChanged();
  }

  #forget(messageId: string): Listened | undefined {
    const listened = this.#listened.get(messageId);
    this.#listened.delete(messageId);
    if (listened) this.#words.delete(listened.callId);
    return listened;
  }
}
