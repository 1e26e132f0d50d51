// Puts one recording through an engine, in the speech process, within a limit of memory.
import { nodeRuntime, type Timer } from '../../../base/runtime.ts';
import { followSound, openSound } from '../../../media/index.ts';
import { findEngine } from './find-engine.ts';
import { SPEECH_RATE_HZ, type SpeechStream } from './speech-engine.ts';
import type { SpeechReply, WriteRequest } from './speech-messages.ts';

const CHECK_MS = 500;
/** A recording that is being made is looked at so often. */
const LOOK_MS = 300;
const BYTES_PER_MIB = 1_048_576;
const UNREADABLE = 'The recording cannot be read.';

export class WriteDown {
  readonly #request: WriteRequest;
  readonly #tell: (reply: SpeechReply) => void;
  readonly #runtime = nodeRuntime();
  #stream: SpeechStream | undefined;
  #timer: Timer | undefined;
  #percent = 0;
  #failure: string | undefined;
  #isComplete = false;

  constructor(request: WriteRequest, tell: (reply: SpeechReply) => void) {
    this.#request = request;
    this.#tell = tell;
  }

  /** Tells of the words as they are known, and of the end. */
  async run(): Promise<void> {
    const problem = await this.#write().catch(() => UNREADABLE);
    this.#timer?.cancel();
    const failure = this.#failure ?? problem;
    this.#tell({ kind: 'ended', ...(failure !== undefined && { failure }) });
  }

  /** Nothing comes to the recording any more. */
  finish(): void {
    this.#isComplete = true;
  }

  stop(why: string): void {
    this.#failure ??= why;
    this.#stream?.stop();
  }

  async #write(): Promise<string | undefined> {
    const engine = findEngine(this.#request.modelFolder);
    if (!engine.ok) return engine.error;
    this.#stream = engine.value.open((words) => this.#tell({ kind: 'words', words }));
    this.#watchMemory();
    try {
      const isRead = await (this.#request.kind === 'listen' ? this.#follow(this.#stream) : this.#feed(this.#stream));
      return isRead ? await this.#stream.finish() : UNREADABLE;
    } finally {
      this.#stream.stop();
    }
  }

  /** Says whether the recording could be read. */
  async #feed(stream: SpeechStream): Promise<boolean> {
    const { file, soundKeys } = this.#request;
    const opened = await openSound(file, SPEECH_RATE_HZ, soundKeys);
    if (!opened.ok) return false;
    const { durationMs, next, close } = opened.value;
    let takenMs = 0;
    try {
      for (let piece = await next(); piece && this.#failure === undefined; piece = await next()) {
        await stream.write(piece);
        takenMs += (piece.length * 1000) / SPEECH_RATE_HZ;
        this.#progress(Math.min(99, Math.floor((takenMs * 100) / durationMs)));
      }
      return true;
    } finally {
      await close();
    }
  }

  async #follow(stream: SpeechStream): Promise<boolean> {
    const { file, soundKeys } = this.#request;
    const sound = await followSound(file, SPEECH_RATE_HZ, soundKeys);
    try {
      while (this.#failure === undefined) {
        // Asked before: what came until then is read below.
        const isComplete = this.#isComplete;
        const samples = await sound.next();
        if (samples.length > 0) await stream.write(samples);
        if (isComplete) return true;
        await new Promise<void>((resolve) => void this.#runtime.setTimer(LOOK_MS, resolve));
      }
      return false;
    } finally {
      sound.close();
    }
  }

  #progress(percent: number): void {
    if (percent <= this.#percent) return;
    this.#percent = percent;
    this.#tell({ kind: 'progress', percent });
  }

  #watchMemory(): void {
    const { limitMiB } = this.#request;
    const usedMiB = process.memoryUsage.rss() / BYTES_PER_MIB + (this.#stream?.memoryMiB() ?? 0);
    if (usedMiB > limitMiB) this.stop(`The speech model takes more than ${limitMiB} MiB of memory.`);
    else this.#timer = this.#runtime.setTimer(CHECK_MS, () => this.#watchMemory(), true);
  }
}
