// Carries out what retention.ts says, once an hour.
import { statSync } from 'node:fs';
import type { Runtime, Timer } from '../../../base/runtime.ts';
import type { MessageStore } from './message-store.ts';
import { retentionStep, type KeptMessage, type RetentionSettings, type WarnedAtMs } from './retention.ts';

const CHECK_MS = 3_600_000;

export interface RetentionWatchOptions {
  readonly messages: MessageStore;
  readonly runtime: Runtime;
  readonly settings: RetentionSettings;
  /** What was told to the user outlives the phone. */
  readonly readWarned: () => WarnedAtMs;
  readonly keepWarned: (warnedAtMs: WarnedAtMs) => void;
  readonly tell: (text: string) => void;
}

export class RetentionWatch {
  readonly #options: RetentionWatchOptions;
  #settings: RetentionSettings;
  #timer: Timer | undefined;

  constructor(options: RetentionWatchOptions) {
    this.#options = options;
    this.#settings = options.settings;
  }

  get settings(): RetentionSettings {
    return this.#settings;
  }

  set(settings: RetentionSettings): void {
    this.#settings = settings;
    this.check();
  }

  /** Now, and from then on every hour. */
  check(): void {
    const { runtime } = this.#options;
    this.#timer?.cancel();
    this.#timer = runtime.setTimer(CHECK_MS, () => this.check(), true);
    this.#carryOut(runtime.wallMs());
  }

  close(): void {
    this.#timer?.cancel();
  }

  #carryOut(nowMs: number): void {
    const { messages, readWarned, keepWarned, tell } = this.#options;
    const before = readWarned();
    if (this.#isOff() && Object.keys(before).length === 0) return;
    const kept = this.#isOff()
      ? []
      : messages.list().map((record): KeptMessage => {
          const { id, receivedAtMs, isMarked } = record;
          return { id, receivedAtMs, isMarked, sizeBytes: sizeOf(messages.pathOf(record)) };
        });
    const step = retentionStep(kept, this.#settings, before, nowMs);
    for (const id of step.remove) messages.delete(id);
    if (step.isNew) tell(warning(step.soon.length, this.#settings));
    if (JSON.stringify(step.warnedAtMs) !== JSON.stringify(before)) keepWarned(step.warnedAtMs);
  }

  #isOff(): boolean {
    return this.#settings.keepDays === null && this.#settings.keepMiB === null;
  }
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}

function warning(count: number, { keepDays, keepMiB }: RetentionSettings): string {
  const what = count === 1 ? 'A message goes' : `${count} messages go`;
  const why = [
    ...(keepDays === null ? [] : [`for ${keepDays} days`]),
    ...(keepMiB === null ? [] : [`up to ${keepMiB} MiB together`]),
  ];
  return `${what} to the trash within a day: messages are kept ${why.join(' and ')}. Mark what is to stay.`;
}
