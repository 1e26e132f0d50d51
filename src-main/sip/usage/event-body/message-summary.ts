// Messages that wait: application/simple-message-summary, read and written. RFC 3842 §5.2.

export const MESSAGE_SUMMARY_TYPE = 'application/simple-message-summary';

export interface MessageSummary {
  readonly isWaiting: boolean;
  /** Voice messages not yet heard, where the server counts them. */
  readonly newCount: number | undefined;
  readonly oldCount: number | undefined;
  /** Whom to call to hear them. */
  readonly address: string | undefined;
}

const MAX_CHARACTERS = 8192;
const MAX_COUNT = 99_999;
const MAX_ADDRESS_LENGTH = 256;

/** Undefined without a readable Messages-Waiting line. Counts may be missing, and often are. */
export function parseMessageSummary(text: string): MessageSummary | undefined {
  const lines = text.slice(0, MAX_CHARACTERS).split(/\r?\n/);
  const waiting = valueOf(lines, 'messages-waiting')?.toLowerCase();
  if (waiting !== 'yes' && waiting !== 'no') return undefined;
  // RFC 3842 §3.5: new/old, and in parentheses the urgent ones
  const [, fresh, old] = /^(\d{1,9})\s*\/\s*(\d{1,9})/.exec(valueOf(lines, 'voice-message') ?? '') ?? [];
  const address = valueOf(lines, 'message-account')?.replace(/^<|>$/g, '').slice(0, MAX_ADDRESS_LENGTH);
  return { isWaiting: waiting === 'yes', newCount: toCount(fresh), oldCount: toCount(old), address };
}

/** What waits in a mailbox of ours. RFC 3842 §3.5: new and old messages, and whom to call to hear them. */
export function formatMessageSummary(summary: {
  readonly newCount: number;
  readonly oldCount: number;
  readonly address: string;
}): string {
  const { newCount, oldCount, address } = summary;
  return [
    `Messages-Waiting: ${newCount > 0 ? 'yes' : 'no'}`,
    `Message-Account: ${address}`,
    `Voice-Message: ${newCount}/${oldCount}`,
    '',
  ].join('\r\n');
}

const toCount = (digits: string | undefined): number | undefined =>
  digits === undefined ? undefined : Math.min(Number(digits), MAX_COUNT);

function valueOf(lines: readonly string[], name: string): string | undefined {
  for (const line of lines) {
    const colon = line.indexOf(':');
    if (colon < 0 || line.slice(0, colon).trim().toLowerCase() !== name) continue;
    const value = line.slice(colon + 1).trim();
    return value === '' ? undefined : value;
  }
  return undefined;
}
