// How each slice of the view is made.
import type { PhoneSlices } from '../../src-shared/contract/index.ts';
import {
  REPLIES,
  type Away,
  type AwaySettings,
  type CalendarWatch,
  type MessageStore,
} from '../features/away/index.ts';
import type { CallManager } from '../features/call/index.ts';
import type { Contacts } from '../features/contacts/index.ts';
import type { History } from '../features/history/index.ts';
import type { Texts } from '../features/messaging/index.ts';
import type { CallBacks } from '../features/pickup/index.ts';
import type { MessageWaiting, OwnPresencePublisher, Watches } from '../features/presence/index.ts';
import type { Referrals } from '../features/referral/index.ts';
import type { Registrations } from '../features/registration/index.ts';
import { TEST_NUMBERS } from '../features/testline/index.ts';
import type { AudioStatus } from '../media/index.ts';
import { toVoiceMessage } from './message-book.ts';
import type { MessagePlayer } from './message-player.ts';
import type { Secret } from './secret.ts';
import { toGreeting, type GreetingDesk } from './compose-greetings.ts';
import type { DeliveryDesk } from './compose-delivery.ts';
import type { RetentionDesk } from './compose-retention.ts';
import type { SealingDesk } from './compose-sealing.ts';
import type { TranscriptDesk } from './compose-transcripts.ts';
import type { CertificateQuestions } from './certificate-questions.ts';
import type { Notices } from './notices.ts';
import type { Preferences } from './phone-parts.ts';
import type { SliceSources } from './view-publisher.ts';
import { toContactView, toConversations, toPresenceView, toTextMessage, toVoicemail } from './people-view.ts';
import type { ChosenDevices, SoundWay } from './audio-spec.ts';
import { toAccountView, toAudioView, toCallView, toHistoryEntry } from './view-model.ts';

export interface SliceParts {
  readonly registrations: Registrations;
  readonly calls: CallManager;
  readonly history: History;
  readonly away: Away;
  readonly calendar: CalendarWatch;
  readonly greetings: GreetingDesk;
  readonly remotePin: Secret;
  readonly ringThroughPin: Secret;
  readonly deliveryDesk: DeliveryDesk;
  readonly retentionDesk: RetentionDesk;
  readonly transcriptDesk: TranscriptDesk;
  readonly sealingDesk: SealingDesk;
  readonly messages: MessageStore;
  readonly player: MessagePlayer;
  readonly notices: Notices;
  readonly callBacks: CallBacks;
  readonly referrals: Referrals;
  readonly certificates: CertificateQuestions;
  readonly preferences: Preferences;
  readonly contacts: Contacts;
  readonly texts: Texts;
  readonly watches: Watches;
  readonly ownPresence: OwnPresencePublisher;
  readonly messageWaiting: MessageWaiting;
  audio(): AudioStatus;
  chosenDevices(): ChosenDevices;
  soundWay(): SoundWay | undefined;
  /** undefined when no test line runs. */
  testLineAddress(): string | undefined;
}

export function createSliceSources(parts: SliceParts): SliceSources {
  const { registrations, calls, history, messages, player, notices, preferences } = parts;
  const { contacts, texts, watches, ownPresence, messageWaiting } = parts;
  return {
    accounts: () =>
      registrations.accounts.map((account) =>
        toAccountView(account, registrations, toVoicemail(messageWaiting.of(account.id))),
      ),
    calls: () => calls.list().map(toCallView),
    history: () => history.recent.map(toHistoryEntry),
    away: () => awaySlice(parts),
    greetings: () => {
      const { store, recorder } = parts.greetings;
      return { list: store.list().map((greeting) => toGreeting(store, greeting)), recording: recorder.state };
    },
    delivery: () => {
      const { settings, pendingCount } = parts.deliveryDesk.delivery;
      return { settings, pendingCount };
    },
    messages: () => messages.list().map((record) => toVoiceMessage(record, messages.folder)),
    retention: () => parts.retentionDesk.watch.settings,
    transcripts: () => {
      const { settings, jobs, problem = null } = parts.transcriptDesk.transcripts;
      return { settings, problem, jobs: [...jobs] };
    },
    encryption: () => {
      const { isOn, progress = null, lockedCount } = parts.sealingDesk.sealing;
      return { messages: isOn, progress, lockedCount };
    },
    audio: () => toAudioView(parts.audio(), parts.chosenDevices(), parts.soundWay()),
    recordings: () => preferences.recordings,
    playback: () => player.playing,
    notices: () => notices.list(),
    callBacks: () => [...parts.callBacks.list()],
    referrals: () => [...parts.referrals.list()],
    certificateQuestions: () => parts.certificates.list(),
    testLine: () => testLineSlice(parts.testLineAddress()),
    isDoNotDisturb: () => preferences.isDoNotDisturb,
    contacts: () => contacts.list().map(toContactView),
    presence: () => toPresenceView(ownPresence.own, watches.list()),
    conversations: () => toConversations(texts),
    texts: () => texts.recent.map(toTextMessage),
  };
}

function awaySlice(parts: SliceParts): PhoneSlices['away'] {
  const { away, calendar, remotePin, ringThroughPin, messages, transcriptDesk } = parts;
  const { settings } = away;
  const { isAway, why, untilMs } = away.ways.decide();
  return {
    enabled: settings.enabled,
    ...{ isOn: isAway, why, untilMs },
    calendar: calendar.status ?? null,
    callers: away.callers.map((caller) => ({ ...caller, words: transcriptDesk.transcripts.heard(caller.callId) })),
    hasPin: remotePin.value !== '',
    hasRingThroughPin: ringThroughPin.value !== '',
    replies: REPLIES.map(({ id, text }) => ({ id, text })),
    unheardCount: messages.list().filter(({ isHeard }) => !isHeard).length,
    settings: {
      ...settings,
      ringThroughCallers: [...settings.ringThroughCallers],
      schedule: copyHours(settings.schedule),
      greetingRules: settings.greetingRules.map((rule) => ({
        ...rule,
        from: [...rule.from],
        accountIds: [...rule.accountIds],
        hours: copyHours(rule.hours),
      })),
    },
  };
}

const copyHours = (schedule: AwaySettings['schedule']) =>
  schedule.map((hours) => ({ ...hours, days: [...hours.days] }));

function testLineSlice(address: string | undefined): PhoneSlices['testLine'] {
  if (address === undefined) return null;
  return { address, numbers: TEST_NUMBERS.map(({ number, description }) => ({ number, description })) };
}
