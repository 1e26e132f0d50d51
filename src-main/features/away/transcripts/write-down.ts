// Puts one recording through an engine, in the speech process, within a limit of memory.
import { nodeRuntime, type Timer } from '../../../base/runtime.ts';
import { openSound, type SoundPieces } from '../../../media/index.ts';
import { findEngine } from './find-engine.ts';
import { SPEECH_RATE_HZ, type SpeechStream } from './speech-engine.ts';
import type { SpeechReply, WriteRequest } from './speech-messages.ts';

const CHECK_MS = 500;
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

  stop(why: string): void {
    this.#failure ??= why;
    this.#stream?.stop();
  }

  async #write(): Promise<string | undefined> {
    const engine = findEngine(this.#request.modelFolder);
    if (!engine.ok) return engine.error;
    const opened = await openSound(this.#request.file, SPEECH_RATE_HZ, this.#request.soundKeys);
    if (!opened.ok) return UNREADABLE;
    const sound = opened.value;
    this.#stream = engine.value.open((words) => this.#tell({ kind: 'words', words }));
    this.#watchMemory();
    try {
      await this.#feed(this.#stream, sound);
      return await this.#stream.finish();
    } finally {
      this.#stream.stop();
      await sound.close();
    }
  }

  async #feed(stream: SpeechStream, { durationMs, next }: SoundPieces): Promise<void> {
    let takenMs = 0;
    for (let piece = await next(); piece && this.#failure === undefined; piece = await next()) {
      await stream.write(piece);
      takenMs += (piece.length * 1000) / SPEECH_RATE_HZ;
      this.#progress(Math.min(99, Math.floor((takenMs * 100) / durationMs)));
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
