// Plays voice messages on the loudspeaker, one at a time.
import type { PhoneSlices, PlayRequest } from '../../src-shared/contract/index.ts';
import { err, ok, type Result } from '../base/result.ts';
import type { Runtime } from '../base/runtime.ts';
import type { MessageStore } from '../features/away/index.ts';
import type { MediaEngine } from '../media/index.ts';

export class MessagePlayer {
  readonly #media: MediaEngine;
  readonly #messages: MessageStore;
  readonly #runtime: Runtime;
  readonly #onChanged: () => void;
  #playing: PhoneSlices['playback'] = null;
  /** Tells what is played now from what was before. */
  #turn = 0;

  constructor(options: { media: MediaEngine; messages: MessageStore; runtime: Runtime; onChanged: () => void }) {
    this.#media = options.media;
    this.#messages = options.messages;
    this.#runtime = options.runtime;
    this.#onChanged = options.onChanged;
    this.#media.events.on('fileJumped', ({ positionMs }) => this.#jump(positionMs));
  }

  get playing(): PhoneSlices['playback'] {
    return this.#playing;
  }

  /** The message counts as heard once it is. The failure is a sentence. */
  async play({ messageId, ...how }: PlayRequest): Promise<Result<void, string>> {
    const message = this.#messages.get(messageId);
    if (!message) return err('This message is not there any more.');
    if (message.wantsCallBack) return err('This caller left no sound, and wants to be called back.');
    await this.stop();
    const turn = ++this.#turn;
    this.#playing = { messageId, ...how, startedAtMs: this.#runtime.wallMs() };
    this.#onChanged();
    const file = this.#messages.pathOf(message);
    const started = this.#started(file);
    // The answer comes when it is over, or cannot be played.
    const ended = this.#media.playFile(file, how).then((played) => {
      if (this.#turn === turn) this.#clear();
      return played;
    });
    const first = await Promise.race([ended, started.promise]);
    started.stopWaiting();
    if (first !== 'started') return first.ok ? first : err(first.error.message);
    if (!message.isHeard) this.#messages.markHeard(messageId);
    return ok(undefined);
  }

  async stop(): Promise<void> {
    if (!this.#playing) return;
    this.#clear();
    await this.#media.stopFile();
  }

  #jump(positionMs: number): void {
    if (!this.#playing) return;
    this.#playing = { ...this.#playing, fromMs: positionMs, startedAtMs: this.#runtime.wallMs() };
    this.#onChanged();
  }

  #clear(): void {
    this.#playing = null;
    this.#onChanged();
  }

  #started(file: string) {
    let stopWaiting = (): void => {};
    const promise = new Promise<'started'>((resolve) => {
      stopWaiting = this.#media.events.on('fileStarted', (started) => {
        if (started.file === file) resolve('started');
      });
    });
    return { promise, stopWaiting };
  }
}
