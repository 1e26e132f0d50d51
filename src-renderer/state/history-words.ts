// What the history says of a call that is over. Pure.
import { formatDuration } from '../lib/format.ts';
import { PLAIN_ENDINGS } from './plain-endings.ts';
import type { HistoryEntry, PhoneView, VoiceMessage } from '../../src-shared/contract/index.ts';

export function outcomeText({ outcome, direction, durationSec, reason, statusCode }: HistoryEntry): string {
  const isIncoming = direction === 'incoming';
  switch (outcome) {
    case 'answered':
      return `${isIncoming ? 'Received' : 'Called'}, ${formatDuration(durationSec)}`;
    case 'missed':
      return isIncoming ? 'Missed' : 'No answer';
    case 'refused':
      return isIncoming ? 'Declined' : (PLAIN_ENDINGS[statusCode ?? 0] ?? reason ?? 'Refused');
    case 'failed':
      return PLAIN_ENDINGS[statusCode ?? 0] ?? reason ?? 'Failed';
    default:
      return PLAIN_TEXT[outcome];
  }
}

const PLAIN_TEXT = {
  answeredElsewhere: 'Answered on another phone',
  message: 'Left a message',
  noMessage: 'Left no message',
  callBackWanted: 'Wants to be called back',
  replied: 'Was told your reply',
  sentAway: 'Sent away without a name',
  remoteAccess: 'Messages heard from afar',
  machine: 'Answering machine',
} as const;

/** The message that was kept of this call, while it is there. */
export const messageOf = (view: PhoneView, { messageId }: HistoryEntry): VoiceMessage | undefined =>
  messageId === undefined ? undefined : view.messages.find(({ id }) => id === messageId);
