// Puts the features on the SIP stack and on each other.
import { MailboxNotifier, MessageStore, type Away } from '../features/away/index.ts';
import { CallManager } from '../features/call/index.ts';
import { History } from '../features/history/index.ts';
import { CallBacks, PickUp } from '../features/pickup/index.ts';
import { QualityReports } from '../features/quality/index.ts';
import { Referrals } from '../features/referral/index.ts';
import { Registrations, type Account } from '../features/registration/index.ts';
import type { AccountIdentity } from '../sip/core/index.ts';
import { SipUri } from '../sip/syntax/index.ts';
import { HistoryRepository, MessageRepository } from '../storage/index.ts';
import { AccountBook } from './account-book.ts';
import { Accounts } from './accounts.ts';
import type { CertificateQuestions } from './certificate-questions.ts';
import { frontDoor, type Acquaintances } from './front-door.ts';
import { readInstanceId } from './instance-id.ts';
import { composeDesks, messageHooks } from './compose-desks.ts';
import { composeAway } from './compose-away.ts';
import { KnownServers } from './known-servers.ts';
import { LocalAddresses } from './local-address.ts';
import { createCertificates, watchNetwork } from './network-parts.ts';
import { MessagePlayer } from './message-player.ts';
import { Notices } from './notices.ts';
import { composePeople } from './compose-people.ts';
import type { PhoneParts, Preferences } from './phone-parts.ts';
import type { PhonePorts } from './phone-ports.ts';
import { QuietTime } from './quiet-time.ts';
import { readRecordingSettings } from './saved-settings.ts';
import { createSipStack, type SipStack } from './sip-stack.ts';
import { SipTrace } from './sip-trace.ts';
import type { ViewPublisher } from './view-publisher.ts';

/** Who answers for a number that is nobody's here. */
const NOBODY: AccountIdentity = {
  address: new SipUri({ scheme: 'sip', host: 'anonymous.invalid' }),
  contactUser: 'anonymous',
  outboundProxies: [],
};

/** A forked call has several dialogs; the floor of SIP refuses only what the call feature can no longer judge. */
const SESSIONS_PER_CALL = 2;
const MIN_SESSIONS = 256;

export interface Composition {
  readonly parts: PhoneParts;
  readonly stack: SipStack;
}

export function composeFeatures(
  ports: PhonePorts,
  publisher: ViewPublisher,
  testLine: Account | undefined,
): Composition {
  const { runtime, logger, network, media, config, folder, settings } = ports;
  const certificates = createCertificates(ports, publisher, () => registrations);
  const stack = createStack(ports, certificates, () => ({ registrations, servers }));
  const { transport } = stack;
  transport.events.on('certificateRefused', (refusal) => certificates.ask(refusal));
  const instanceId = ports.instanceId ?? readInstanceId(settings, runtime);
  const registrations: Registrations = new Registrations(stack.core, logger, instanceId);
  const servers = new KnownServers(transport, registrations);
  const addresses = new LocalAddresses(network, transport, config.media.address);
  const notices = new Notices(runtime, () => publisher.touch('notices'));
  const accounts = new Accounts({
    ...{ registrations, addresses, servers, logger, testLine, transport },
    listen: config.sip.listen,
    tell: (text) => notices.add(text),
  });

  const recordings = readRecordingSettings(settings, config);
  const preferences = { isDoNotDisturb: settings.read('isDoNotDisturb') === true, recordings };
  const calls = createCalls({ ports, stack, registrations, addresses, preferences, away: () => away });
  reportQuality(ports, stack, calls, registrations);
  const kept = createKept(ports, publisher, calls, () => mailbox.changed());
  const quietTime = new QuietTime(runtime, calls);
  const people = composePeople({ ports, publisher, core: stack.core, registrations, accounts, calls, quietTime });
  const mailbox: MailboxNotifier = new MailboxNotifier({
    ...{ notifier: people.notifier, messages: kept.messages },
    accountFor: (request, flow) => registrations.accountFor(request, flow),
    isOwnServer: (accountId, flow) => registrations.isOwnServer(accountId, flow),
  });
  const desks = composeDesks({ ports, publisher, notices, quietTime, messages: kept.messages });
  const { away, ...awayDesk } = composeAway({
    ...{ ports, publisher, calls, notices, preferences, messages: kept.messages },
    ...{ contacts: people.contacts, greetings: desks.greetings },
    ...messageHooks(desks, kept.messages),
    onCallSettled: (callId, result) => kept.history.settle(callId, result),
  });
  const parts: PhoneParts = {
    ...{ runtime, folder, settings, config, media, registrations, accounts, calls, away, preferences, publisher },
    ...kept,
    ...people,
    ...desks,
    ...awayDesk,
    ...{ quietTime, assets: ports.assets },
    player: createPlayer(ports, kept.messages, publisher),
    certificates,
    networkWatch: watchNetwork({
      ...{ ports, transport, registrations, addresses, logger },
      onMoved: () => calls.refreshTargets(),
    }),
    notices,
    referrals: createReferrals(ports, stack, registrations, calls, publisher),
    ...composePickUp(stack, calls, people, publisher, notices),
    accountBook: new AccountBook(settings, ports.secrets),
    trace: new SipTrace(transport),
  };
  return { parts, stack };
}

function createPlayer({ media, runtime }: PhonePorts, messages: MessageStore, publisher: ViewPublisher): MessagePlayer {
  return new MessagePlayer({ media, runtime, messages, onChanged: () => publisher.touch('playback') });
}

/** `known` is asked when somebody calls, and not before. */
function createStack(ports: PhonePorts, trust: CertificateQuestions, known: () => Acquaintances): SipStack {
  const { network, runtime, logger, config } = ports;
  return createSipStack({
    ...{ network, runtime, logger: logger.child('sip'), trust },
    accountFor: (request, flow) => known().registrations.accountFor(request, flow)?.identity ?? NOBODY,
    door: frontDoor(config, known),
    maxSessions: Math.max(MIN_SESSIONS, (config.calls.maxCalls + config.away.maxCallers) * SESSIONS_PER_CALL),
  });
}

interface CallParts {
  readonly ports: PhonePorts;
  readonly stack: SipStack;
  readonly registrations: Registrations;
  readonly addresses: LocalAddresses;
  readonly preferences: Preferences;
  readonly away: () => Away;
}

function createCalls({ ports, stack, registrations, addresses, preferences, away }: CallParts): CallManager {
  const { media, runtime, logger, config } = ports;
  return new CallManager({
    core: stack.core,
    engine: media,
    runtime,
    logger: logger.child('call'),
    settings: config.calls,
    portRange: config.media.portRange,
    silenceSuppression: config.media.silenceSuppression,
    jitter: config.media.jitter,
    relayTrust: { authorities: ports.trustedCertificates ?? [], isVerifying: config.sip.tls.verify },
    accountOf: ({ request, flow }) => registrations.accountFor(request, flow),
    localAddressOf: (account) => addresses.of(account),
    isOwnServer: (accountId, flow) => registrations.isOwnServer(accountId, flow),
    anonymousContactOf: (accountId) => registrations.anonymousContactOf(accountId),
    isDoNotDisturb: () => preferences.isDoNotDisturb,
    isAway: (ownCalls) => away().isOnFor(ownCalls),
    maxAwayCalls: () => away().settings.maxCallers,
  });
}

/** Calls that are somebody else's, and lines that are to be free. */
function composePickUp(
  { core }: SipStack,
  calls: CallManager,
  { watches }: Pick<PhoneParts, 'watches'>,
  publisher: ViewPublisher,
  notices: Notices,
) {
  return {
    pickUp: new PickUp({
      ...{ core, calls },
      knownDialogs: (address) => watches.list().find((person) => person.address === address)?.dialogs ?? [],
    }),
    callBacks: new CallBacks({
      ...{ core, calls, onChanged: () => publisher.touch('callBacks'), tell: (text) => notices.add(text) },
    }),
  };
}

/** Calls that others ask for. */
function createReferrals(
  { config }: PhonePorts,
  { core }: SipStack,
  registrations: Registrations,
  calls: CallManager,
  publisher: ViewPublisher,
): Referrals {
  return new Referrals({
    ...{ core, calls, settings: config.calls, onChanged: () => publisher.touch('referrals') },
    accountOf: (request, flow) => registrations.accountFor(request, flow),
    isOwnServer: (accountId, flow) => registrations.isOwnServer(accountId, flow),
  });
}

/** Collectors hear how calls sounded. RFC 6035 */
function reportQuality(
  { media, logger, config }: PhonePorts,
  { core }: SipStack,
  calls: CallManager,
  registrations: Registrations,
): void {
  const { silenceSuppression } = config.media;
  const parts = { core, calls, media, registrations, silenceSuppression };
  new QualityReports({ ...parts, logger: logger.child('quality') }).start();
}

/** What is kept of calls. */
function createKept(
  { database, folder, runtime, media, soundKeys }: PhonePorts,
  publisher: ViewPublisher,
  calls: CallManager,
  onMessages: () => void,
) {
  const history = new History({
    repository: new HistoryRepository(database),
    calls,
    onChanged: () => publisher.touch('history'),
  });
  const messages = new MessageStore({
    repository: new MessageRepository(database),
    folder: folder.messagesFolder,
    runtime,
    onChanged: () => {
      publisher.touch('messages', 'away');
      onMessages();
    },
    soundKeys: () => soundKeys.keys,
    measure: async (file) => {
      const measured = await media.measureFile(file);
      return measured.ok ? measured.value : undefined;
    },
  });
  return { history, messages };
}
