// What a phone is made of; command handlers and the view are written against this.
import type { ConfigFile, RecordingSettings } from '../../src-shared/contract/index.ts';
import type { Runtime } from '../base/runtime.ts';
import type { Away, CalendarWatch, MessageStore } from '../features/away/index.ts';
import type { CallManager } from '../features/call/index.ts';
import type { Contacts } from '../features/contacts/index.ts';
import type { History } from '../features/history/index.ts';
import type { Texts } from '../features/messaging/index.ts';
import type { CallBacks, PickUp } from '../features/pickup/index.ts';
import type { MessageWaiting, OwnPresencePublisher, Watches } from '../features/presence/index.ts';
import type { Referrals } from '../features/referral/index.ts';
import type { Registrations } from '../features/registration/index.ts';
import type { MediaEngine } from '../media/index.ts';
import type { Notifier } from '../sip/usage/index.ts';
import type { DataFolder, SettingsStore } from '../storage/index.ts';
import type { AccountBook } from './account-book.ts';
import type { Accounts } from './accounts.ts';
import type { CertificateQuestions } from './certificate-questions.ts';
import type { MessagePlayer } from './message-player.ts';
import type { NetworkWatch } from './network-watch.ts';
import type { Notices } from './notices.ts';
import type { Secret } from './secret.ts';
import type { DeliveryDesk } from './compose-delivery.ts';
import type { RetentionDesk } from './compose-retention.ts';
import type { SealingDesk } from './compose-sealing.ts';
import type { TranscriptDesk } from './compose-transcripts.ts';
import type { GreetingDesk } from './compose-greetings.ts';
import type { Assets } from './phone-ports.ts';
import type { QuietTime } from './quiet-time.ts';
import type { SipTrace } from './sip-trace.ts';
import type { ViewPublisher } from './view-publisher.ts';

/** Small settings that the window changes. */
export interface Preferences {
  isDoNotDisturb: boolean;
  recordings: RecordingSettings;
}

export interface PhoneParts {
  readonly runtime: Runtime;
  readonly folder: DataFolder;
  readonly settings: SettingsStore;
  readonly config: ConfigFile;
  readonly media: MediaEngine;
  readonly registrations: Registrations;
  readonly accounts: Accounts;
  readonly accountBook: AccountBook;
  readonly calls: CallManager;
  readonly history: History;
  readonly away: Away;
  readonly calendar: CalendarWatch;
  readonly greetings: GreetingDesk;
  readonly remotePin: Secret;
  readonly ringThroughPin: Secret;
  readonly deliveryDesk: DeliveryDesk;
  readonly assets: Assets;
  readonly retentionDesk: RetentionDesk;
  readonly transcriptDesk: TranscriptDesk;
  readonly sealingDesk: SealingDesk;
  readonly messages: MessageStore;
  readonly player: MessagePlayer;
  readonly contacts: Contacts;
  readonly texts: Texts;
  readonly notifier: Notifier;
  readonly watches: Watches;
  readonly ownPresence: OwnPresencePublisher;
  readonly messageWaiting: MessageWaiting;
  readonly notices: Notices;
  readonly pickUp: PickUp;
  readonly callBacks: CallBacks;
  readonly referrals: Referrals;
  readonly certificates: CertificateQuestions;
  readonly networkWatch: NetworkWatch;
  readonly quietTime: QuietTime;
  readonly trace: SipTrace;
  readonly preferences: Preferences;
  readonly publisher: ViewPublisher;
}
