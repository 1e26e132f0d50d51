// Which messages have been kept for long enough or take too much room: told a day before, then into the trash.

export const DAY_MS = 86_400_000;
const MIB = 1_048_576;

export interface RetentionSettings {
  /** null: for ever. */
  readonly keepDays: number | null;
  /** All messages together, the trash not counted; null: without limit. */
  readonly keepMiB: number | null;
}

export interface KeptMessage {
  readonly id: string;
  readonly receivedAtMs: number;
  readonly isMarked: boolean;
  readonly sizeBytes: number;
}

/** When the user was told of each message that is to go. */
export type WarnedAtMs = Readonly<Record<string, number>>;

export interface RetentionStep {
  /** Whether there are some of which he has not been told. */
  readonly isNew: boolean;
  /** All that go within a day. */
  readonly soon: readonly string[];
  readonly remove: readonly string[];
  readonly warnedAtMs: WarnedAtMs;
}

/** Of `messages`, newest first. Nothing goes that was not told of a day before, whatever was set or switched off meanwhile; what is marked stays. */
export function retentionStep(
  messages: readonly KeptMessage[],
  settings: RetentionSettings,
  warnedAtMs: WarnedAtMs,
  nowMs: number,
): RetentionStep {
  const soon = overdue(messages, settings, nowMs + DAY_MS);
  const isTold = (id: string): boolean => (warnedAtMs[id] ?? nowMs) <= nowMs - DAY_MS;
  const remove = overdue(messages, settings, nowMs).filter(isTold);
  const left = soon.filter((id) => !remove.includes(id));
  return {
    isNew: left.some((id) => warnedAtMs[id] === undefined),
    soon: left,
    remove,
    warnedAtMs: Object.fromEntries(left.map((id) => [id, warnedAtMs[id] ?? nowMs])),
  };
}

function overdue(messages: readonly KeptMessage[], settings: RetentionSettings, nowMs: number): readonly string[] {
  const { keepDays, keepMiB } = settings;
  const oldestMs = keepDays === null ? -Infinity : nowMs - keepDays * DAY_MS;
  let tooMuchBytes = keepMiB === null ? 0 : messages.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0) - keepMiB * MIB;
  const oldestFirst = [...messages].reverse();
  return oldestFirst.flatMap(({ id, receivedAtMs, isMarked, sizeBytes }) => {
    if (isMarked || (receivedAtMs > oldestMs && tooMuchBytes <= 0)) return [];
    tooMuchBytes -= sizeBytes;
    return [id];
  });
}
