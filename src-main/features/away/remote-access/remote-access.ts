// Performs remote access for one call: what remote-machine.ts decides, done with the call, its sound, and the messages.
import { join } from 'node:path';
import type { Logger } from '../../../base/logger.ts';
import type { Runtime, Timer } from '../../../base/runtime.ts';
import type { Unsubscribe } from '../../../base/typed-emitter.ts';
import type { MediaEngine, RecordingSummary } from '../../../media/index.ts';
import type { MessageRecord } from '../../../storage/index.ts';
import type { CallManager } from '../../call/index.ts';
import type { MessageStore } from '../messages/index.ts';
import type { PinLock } from './pin-lock.ts';
import { remoteStart, remoteStep, type RemoteAction, type RemoteInput, type RemoteState } from './remote-machine.ts';

const BEEP_MS = 400;
/** Nobody presses anything after all was said. */
const IDLE_MS = 20_000;
const MAX_GREETING_SEC = 120;
const LEAST_GREETING_MS = 1000;

export interface RemoteAccessParts {
  readonly runtime: Runtime;
  readonly logger: Logger;
  readonly calls: CallManager;
  readonly media: MediaEngine;
  readonly messages: MessageStore;
  readonly phrasesFolder: string;
  readonly lock: PinLock;
  readonly pin: () => string;
  /** The PIN was right. */
  readonly onOpened: () => void;
  readonly isAway: () => boolean;
  readonly setAway: (enabled: boolean) => void;
  /** Where a greeting that is spoken from afar is recorded. */
  readonly newGreetingFile: () => string;
  readonly keepGreeting: (file: string) => void;
}

export class RemoteAccess {
  readonly #parts: RemoteAccessParts;
  readonly #callId: string;
  readonly #found: readonly MessageRecord[];
  readonly #subscriptions: readonly Unsubscribe[];
  #state: RemoteState = remoteStart;
  /** Files that are still to be played. */
  #queue: string[] = [];
  #timer: Timer | undefined;
  #greetingFile: string | undefined;

  /** Takes the call over; new messages come first, the oldest of them first. */
  constructor(parts: RemoteAccessParts, callId: string) {
    this.#parts = parts;
    this.#callId = callId;
    const oldestFirst = [...parts.messages.list()].reverse();
    this.#found = [...oldestFirst.filter(({ isHeard }) => !isHeard), ...oldestFirst.filter(({ isHeard }) => isHeard)];
    const { events } = parts.media;
    this.#subscriptions = [
      parts.calls.events.on('digit', ({ callId: of, digit }) => {
        if (of === callId) this.#take({ kind: 'digit', digit });
      }),
      parts.calls.events.on('ended', ({ id }) => {
        if (id === callId) this.#take({ kind: 'callEnded' });
      }),
      events.on('sourceEnded', ({ sessionId }) => {
        if (sessionId === this.#sessionId) this.#playNext();
      }),
      events.on('recordingEnded', ({ recording }) => {
        if (recording.file === this.#greetingFile) this.#endGreeting(recording);
      }),
    ];
    this.#take({ kind: 'started', isLocked: parts.lock.isLocked });
  }

  get #sessionId(): string | undefined {
    return this.#parts.calls.mediaSessionOf(this.#callId);
  }

  #take(input: RemoteInput): void {
    const { messages, isAway } = this.#parts;
    const newMessages = messages.list().filter(({ isHeard }) => !isHeard).length;
    const facts = { messages: this.#found.length, newMessages, isAway: isAway() };
    const { state, actions } = remoteStep(this.#state, input, facts);
    this.#state = state;
    if (input.kind === 'digit') this.#waitForDigits();
    for (const action of actions) this.#perform(action);
    if (state.phase === 'finished') this.#close();
  }

  #perform(action: RemoteAction): void {
    const { calls, setAway } = this.#parts;
    switch (action.kind) {
      case 'say':
        return this.#play(action.phrases.map((name) => this.#phrase(name)));
      case 'checkPin':
        return this.#checkPin(action.pin);
      case 'playMessage':
        return this.#playMessage(action.index, action.opening);
      case 'deleteMessage':
        return this.#withMessage(action.index, ({ id }) => this.#parts.messages.delete(id));
      case 'recordGreeting':
        return void this.#recordGreeting();
      case 'stopGreeting':
        return void this.#stopGreeting();
      case 'setAway':
        return setAway(action.enabled);
      case 'hangUp':
        return void calls.hangUp(this.#callId);
    }
  }

  #phrase(name: string): string {
    return join(this.#parts.phrasesFolder, `${name}.wav`);
  }

  #checkPin(given: string): void {
    const { lock, pin, logger, onOpened } = this.#parts;
    const isRight = lock.opensWith(given, pin());
    if (isRight) onOpened();
    else logger.warn('a wrong PIN was given', { callId: this.#callId });
    this.#take({ kind: 'pinChecked', isRight, isLocked: lock.isLocked });
  }

  #playMessage(index: number, opening: readonly string[]): void {
    this.#withMessage(index, (message) => {
      const { messages } = this.#parts;
      const sound = message.wantsCallBack ? this.#phrase('callBackWanted') : messages.pathOf(message);
      this.#play([...opening.map((name) => this.#phrase(name)), sound]);
      this.#parts.messages.markHeard(message.id);
    });
  }

  #withMessage(index: number, act: (message: MessageRecord) => void): void {
    const message = this.#found[index];
    if (message) act(message);
  }

  /** Whatever was being said is cut off. */
  #play(files: readonly string[]): void {
    this.#queue = [...files];
    this.#playNext();
  }

  #playNext(): void {
    const file = this.#queue.shift();
    if (file === undefined) {
      this.#waitForDigits();
      this.#take({ kind: 'said' });
      return;
    }
    this.#timer?.cancel();
    void this.#send(file);
  }

  /** A file that cannot be played is passed over. */
  async #send(file: string): Promise<void> {
    const { media, logger } = this.#parts;
    const sessionId = this.#sessionId;
    if (sessionId === undefined) return;
    const set = await media.setSource(sessionId, { kind: 'file', file, isLooped: false });
    if (set.ok) return;
    logger.warn('a file cannot be played', { file, reason: set.error.message });
    this.#playNext();
  }

  #waitForDigits(): void {
    this.#timer?.cancel();
    this.#timer = this.#parts.runtime.setTimer(IDLE_MS, () => this.#take({ kind: 'idle' }));
  }

  async #recordGreeting(): Promise<void> {
    const { media, runtime, newGreetingFile } = this.#parts;
    const sessionId = this.#sessionId;
    if (sessionId === undefined) return;
    this.#timer?.cancel();
    await media.setSource(sessionId, { kind: 'tone', tone: 'beep' });
    this.#timer = runtime.setTimer(BEEP_MS, () => {
      void media.setSource(sessionId, { kind: 'silence' });
      const file = newGreetingFile();
      this.#greetingFile = file;
      const limits = { limitSec: MAX_GREETING_SEC, endOnSilenceSec: 10 };
      void media.startRecording(sessionId, { file, tracks: 'received', ...limits }).then((started) => {
        if (!started.ok) this.#endGreeting(undefined);
      });
    });
  }

  async #stopGreeting(): Promise<void> {
    const sessionId = this.#sessionId;
    if (sessionId === undefined || this.#greetingFile === undefined) return;
    await this.#parts.media.stopRecording(sessionId);
  }

  #endGreeting(recording: RecordingSummary | undefined): void {
    const file = this.#greetingFile;
    this.#greetingFile = undefined;
    // WHY: who hangs up while he speaks has not said that the greeting shall stay.
    const isKept = recording?.end !== 'sessionClosed' && (recording?.activeMs ?? 0) >= LEAST_GREETING_MS;
    if (isKept && file !== undefined) this.#parts.keepGreeting(file);
    this.#take({ kind: 'greetingRecorded', isKept });
  }

  #close(): void {
    this.#timer?.cancel();
    for (const unsubscribe of this.#subscriptions) unsubscribe();
  }
}
