// One recording on its way through a speech process, within a limit of time.
import { err, ok, type Result } from '../../../base/result.ts';
import type { Runtime, Timer } from '../../../base/runtime.ts';
import { textOf } from './speech-engine.ts';
import type { SpeechPort, SpeechReply, WriteRequest } from './speech-messages.ts';

/** A process that was asked to end has so long for its program. */
const GRACE_MS = 500;
/** More is not kept. */
const MAX_TEXT = 100_000;

export interface SpeechJobOptions {
  readonly port: SpeechPort;
  readonly runtime: Runtime;
  readonly request: WriteRequest;
  readonly limitMs: number;
  readonly onProgress: (percent: number) => void;
  /** What was said between two pauses, as soon as it is known. */
  readonly onLine?: (line: string) => void;
  /** Told once: one line for each stretch of speech, or why not. */
  readonly onEnded: (written: Result<string, string>) => void;
}

export class SpeechJob {
  readonly #options: SpeechJobOptions;
  readonly #limit: Timer;
  #lines: string[] = [];
  #length = 0;
  #hasEnded = false;

  constructor(options: SpeechJobOptions) {
    this.#options = options;
    const { port, runtime, request, limitMs } = options;
    port.onMessage((message) => this.#take(message as SpeechReply));
    port.onExit(() => this.#end(err('The speech process has ended unexpectedly.')));
    this.#limit = runtime.setTimer(limitMs, () => this.stop('It took too long.'), true);
    port.send(request);
  }

  /** The recording that is listened to is complete. */
  finish(): void {
    if (!this.#hasEnded) this.#options.port.send({ kind: 'finish' });
  }

  stop(why: string): void {
    if (this.#hasEnded) return;
    this.#options.port.send({ kind: 'stop' });
    this.#end(err(why));
  }

  #take(reply: SpeechReply): void {
    if (this.#hasEnded) return;
    if (reply.kind === 'progress') this.#options.onProgress(reply.percent);
    else if (reply.kind === 'words') this.#keep(textOf(reply.words));
    else this.#end(reply.failure === undefined ? ok(this.#lines.join('\n')) : err(reply.failure));
  }

  #keep(line: string): void {
    this.#length += line.length;
    if (this.#length > MAX_TEXT) return;
    this.#lines.push(line);
    this.#options.onLine?.(line);
  }

  #end(written: Result<string, string>): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#limit.cancel();
    const { port, runtime, onEnded } = this.#options;
    runtime.setTimer(GRACE_MS, () => port.kill(), true);
    onEnded(written);
  }
}
