// What the answering machine stands on: the parts of the phone, its sounds, and whom it tells.
import type { Logger } from '../../base/logger.ts';
import type { Runtime } from '../../base/runtime.ts';
import type { MediaEngine } from '../../media/index.ts';
import type { CallManager } from '../call/index.ts';
import type { CalendarWatch } from './calendar/index.ts';
import type { AwaySettings } from './away-settings.ts';
import type { CallResult } from './call-record.ts';
import type { MessageStore } from './messages/index.ts';
import type { BegunMessage } from './transcripts/index.ts';
import type { RemoteAccessParts } from './remote-access/index.ts';

export interface AwayOptions {
  readonly runtime: Runtime;
  readonly logger: Logger;
  readonly calls: CallManager;
  readonly media: MediaEngine;
  readonly messages: MessageStore;
  readonly settings: AwaySettings;
  readonly calendar: CalendarWatch;
  /** The greeting that comes with the app. */
  readonly defaultGreetingFile: string;
  /** Where the phrases are that come with the app. */
  readonly phrasesFolder: string;
  /** The user's own, which nobody else may read: what is put together for one caller, and what one says of himself. */
  readonly spokenFolder: string;
  readonly onChanged: () => void;
  /** Somebody begins to speak. */
  readonly onMessageBegun?: (message: BegunMessage) => void;
  /** After `onKept`, also when it was not kept. */
  readonly onMessageEnded?: (messageId: string) => void;
  /** The machine has done with a call, which may go on; `answered` or not is for the call to say. */
  readonly onCallSettled?: (callId: string, result: CallResult) => void;
  /** A message was kept, whole or in part. */
  readonly onKept: (messageId: string) => void;
  /** New messages are encrypted on the disk. */
  readonly isSealing: () => boolean;
  readonly isDoNotDisturb: () => boolean;
  /** How many calls of his own the user may have. */
  readonly maxCalls: number;
  /** What was set is to be kept. */
  readonly save: (settings: AwaySettings) => void;
  /** The owner's PIN; empty when he has none, and cannot come in from afar. */
  readonly pin: () => string;
  /** By which listed callers ring through; empty: nobody does. */
  readonly ringThroughPin: () => string;
  readonly isContact: (address: string) => boolean;
  readonly greetings: Pick<RemoteAccessParts, 'newGreetingFile' | 'keepGreeting'>;
  /** Something the user is to know. */
  readonly tell: (text: string) => void;
}
