// Away mode: gives an answering machine to each call that rings while it is on, and keeps what callers say.
import { existsSync } from 'node:fs';
import type { Logger } from '../../base/logger.ts';
import type { Runtime } from '../../base/runtime.ts';
import type { MediaEngine, RecordingSummary } from '../../media/index.ts';
import type { CallInfo, CallManager } from '../call/index.ts';
import { AnsweringMachine } from './machine/index.ts';
import type { MessageStore } from './messages/index.ts';

export interface AwaySettings {
  readonly enabled: boolean;
  readonly answerAfterSec: number;
  readonly greetingFile: string | null;
  readonly beep: boolean;
  readonly maxMessageSec: number;
  readonly endOnSilenceSec: number;
  readonly minMessageSec: number;
}

export interface AwayOptions {
  readonly runtime: Runtime;
  readonly logger: Logger;
  readonly calls: CallManager;
  readonly media: MediaEngine;
  readonly messages: MessageStore;
  readonly settings: AwaySettings;
  /** The greeting that comes with the app. */
  readonly defaultGreetingFile: string;
}

/** Messages that wait to be heard or deleted; when there are so many, calls ring on and nobody answers. */
const MAX_MESSAGES = 1_000;

export class Away {
  readonly #options: AwayOptions;
  readonly #machines = new Map<string, AnsweringMachine>();
  #settings: AwaySettings;

  constructor(options: AwayOptions) {
    this.#options = options;
    this.#settings = options.settings;
    const { events } = options.calls;
    events.on('ringing', (call) => this.#onRinging(call));
    events.on('taken', ({ id }) => this.#machines.get(id)?.take({ kind: 'callTaken' }));
    events.on('ended', ({ id }) => this.#machines.get(id)?.take({ kind: 'callEnded' }));
  }

  get settings(): AwaySettings {
    return this.#settings;
  }

  /** Calls that ring already keep to what was set when they came, except that switching off leaves them to the user. */
  set(settings: AwaySettings): void {
    const wasOn = this.#settings.enabled;
    this.#settings = settings;
    if (wasOn && !settings.enabled) this.#leaveWaiting();
    if (!wasOn && settings.enabled) for (const call of this.#options.calls.list()) this.#onRinging(call);
  }

  #leaveWaiting(): void {
    for (const call of this.#options.calls.list()) {
      if (call.phase === 'ringing') this.#machines.get(call.id)?.take({ kind: 'callTaken' });
    }
  }

  #onRinging(call: CallInfo): void {
    const isOurs = call.direction === 'incoming' && call.phase === 'ringing';
    if (!this.#settings.enabled || !isOurs || this.#machines.has(call.id)) return;
    if (this.#options.messages.list().length + this.#machines.size >= MAX_MESSAGES) {
      this.#options.logger.warn('no message is taken, for there are too many already', { messages: MAX_MESSAGES });
      return;
    }
    const settings = this.#settings;
    const greetingFile = this.#greeting(settings);
    let messageId: string | undefined;
    const machine = new AnsweringMachine({
      ...this.#options,
      callId: call.id,
      plan: {
        answerAfterMs: settings.answerAfterSec * 1000,
        hasGreeting: greetingFile !== undefined,
        hasBeep: settings.beep,
        greetingFile,
      },
      beginMessage: () => {
        const message = this.#options.messages.begin({ accountId: call.accountId, ...call.remote });
        messageId = message.id;
        return {
          file: message.file,
          tracks: 'received',
          limitSec: settings.maxMessageSec,
          endOnSilenceSec: settings.endOnSilenceSec,
        };
      },
      onRecorded: (recording) => {
        if (messageId !== undefined) this.#keep(messageId, recording, settings);
      },
      onFinished: () => this.#machines.delete(call.id),
    });
    this.#machines.set(call.id, machine);
    machine.take({ kind: 'callRings' });
  }

  /** A message in which nobody spoke is as short as one without sound. */
  #keep(messageId: string, recording: RecordingSummary | undefined, settings: AwaySettings): void {
    const { messages } = this.#options;
    const minimumSec = Math.max(settings.minMessageSec, Number.MIN_VALUE);
    // The media process died or the disk is full: the file knows how much was saved.
    if (recording === undefined || recording.end === 'writeFailed') return void messages.rescue(messageId, minimumSec);
    const hasVoice = recording.activeMs > 0;
    messages.finish(messageId, hasVoice ? recording.durationMs / 1000 : 0, minimumSec);
  }

  #greeting({ greetingFile }: AwaySettings): string | undefined {
    const { defaultGreetingFile, logger } = this.#options;
    if (greetingFile !== null && existsSync(greetingFile)) return greetingFile;
    if (greetingFile !== null) logger.warn('the greeting file is gone; the default one is played', { greetingFile });
    return existsSync(defaultGreetingFile) ? defaultGreetingFile : undefined;
  }
}
