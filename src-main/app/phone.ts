// Composes the phone: the floors of SIP, the features on them, the view, and the handlers of the contract.
import type { AnyEvent, CommandHandlers, ConfigFile, PhoneView } from '../../src-shared/contract/index.ts';
import type { Logger } from '../base/logger.ts';
import type { Runtime } from '../base/runtime.ts';
import { Away, MessageStore } from '../features/away/index.ts';
import { CallManager, type CallInfo } from '../features/call/index.ts';
import { runSelfTest, type SelfTestCheck } from '../features/diagnostics/index.ts';
import { History } from '../features/history/index.ts';
import { Registrations } from '../features/registration/index.ts';
import type { MediaEngine } from '../media/index.ts';
import type { AccountIdentity } from '../sip/core/index.ts';
import { SipUri, type SipRequest } from '../sip/syntax/index.ts';
import type { SipNetwork } from '../sip/transport/index.ts';
import {
  HistoryRepository,
  MessageRepository,
  type Database,
  type DataFolder,
  type SecretStore,
  type SettingsStore,
} from '../storage/index.ts';
import { AccountBook } from './account-book.ts';
import { Accounts } from './accounts.ts';
import { createHandlers } from './command-handlers/create-handlers.ts';
import { EventHub } from './event-hub.ts';
import { AudioWatch } from './audio-watch.ts';
import { listen, listeningPlaces, type ListeningPlace } from './listening.ts';
import { LocalAddresses } from './local-address.ts';
import { followMedia } from './media-events.ts';
import { MessagePlayer } from './message-player.ts';
import { Notices } from './notices.ts';
import { readAwaySettings } from './saved-settings.ts';
import type { PhoneParts } from './phone-parts.ts';
import { createSipStack } from './sip-stack.ts';
import { SipTrace } from './sip-trace.ts';
import { createSliceSources } from './slice-sources.ts';
import { openTestLine } from './test-line.ts';
import { ViewPublisher } from './view-publisher.ts';

export interface PhonePorts {
  readonly runtime: Runtime;
  readonly logger: Logger;
  readonly network: SipNetwork;
  readonly media: MediaEngine;
  readonly database: Database;
  readonly folder: DataFolder;
  readonly settings: SettingsStore;
  readonly secrets: SecretStore;
  readonly config: ConfigFile;
  readonly assets: Assets;
  /** Runs the test line also beside accounts, for the self-test. */
  readonly needsTestLine: boolean;
}

/** Sound files that come with the app. */
export interface Assets {
  readonly greetingFile: string;
  readonly speechFile: string;
}

export interface Phone {
  readonly handlers: CommandHandlers;
  readonly listen: readonly ListeningPlace[];
  getView(): PhoneView;
  /** What is known of a call beyond the view: its packet counts. */
  getCall(callId: string): CallInfo | undefined;
  /** Calls the test line and listens; takes about ten seconds. */
  runSelfTest(): Promise<readonly SelfTestCheck[]>;
  onEvent(listener: (event: AnyEvent) => void): () => void;
  /** Ends calls, unregisters, stops listening. The ports stay open: they are the caller's. */
  close(): Promise<void>;
}

/** Who answers for a number that is nobody's here. */
const NOBODY: AccountIdentity = {
  address: new SipUri({ scheme: 'sip', host: 'anonymous.invalid' }),
  contactUser: 'anonymous',
  outboundProxies: [],
};

/** Rejects when a port that the config file names cannot be had. */
export async function createPhone(ports: PhonePorts): Promise<Phone> {
  const { runtime, logger, network, media, config, folder, settings } = ports;
  const hub = new EventHub(logger);
  const publisher = new ViewPublisher((event) => hub.emit(event));
  const notices = new Notices(runtime, () => publisher.touch('notices'));

  const accountFor = (request: SipRequest) => registrations.accountFor(request)?.identity ?? NOBODY;
  const stack = createSipStack({ network, runtime, logger: logger.child('sip'), accountFor });
  const registrations = new Registrations(stack.core, logger);
  const line = config.accounts.length > 0 && !ports.needsTestLine ? undefined : await openTestLine(ports);
  const addresses = new LocalAddresses(network, stack.transport, config.media.address);
  const accounts = new Accounts({
    registrations,
    addresses,
    logger,
    testLine: line?.account,
    transport: stack.transport,
    isListeningFixed: config.sip.listen.length > 0,
  });

  const preferences = { isDoNotDisturb: settings.read('isDoNotDisturb') === true };
  const calls: CallManager = new CallManager({
    core: stack.core,
    engine: media,
    runtime,
    logger: logger.child('call'),
    settings: config.calls,
    portRange: config.media.portRange,
    accountOf: ({ request }) => registrations.accountFor(request),
    localAddressOf: (account) => addresses.of(account),
    isDoNotDisturb: () => preferences.isDoNotDisturb,
    isAway: (): boolean => away.settings.enabled,
  });
  const history = new History({
    repository: new HistoryRepository(ports.database),
    calls,
    onChanged: () => publisher.touch('history'),
  });
  const messages = new MessageStore({
    repository: new MessageRepository(ports.database),
    folder: folder.messagesFolder,
    runtime,
    onChanged: () => publisher.touch('messages', 'away'),
  });
  const away: Away = new Away({
    runtime,
    logger: logger.child('away'),
    calls,
    media,
    messages,
    settings: readAwaySettings(settings, config),
    defaultGreetingFile: ports.assets.greetingFile,
  });
  const player = new MessagePlayer({ media, messages, runtime, onChanged: () => publisher.touch('playback') });
  const parts: PhoneParts = {
    ...{ runtime, folder, settings, config, media, registrations, accounts, calls, history, away, messages, player },
    ...{ notices, preferences, publisher },
    accountBook: new AccountBook(settings, ports.secrets),
    trace: new SipTrace(stack.transport),
  };

  const audio = new AudioWatch(media, () => publisher.touch('audio'));
  await audio.start();
  publisher.start(createSliceSources({ ...parts, audio: () => audio.status, testLineAddress: () => line?.address }));
  registrations.events.on('changed', () => publisher.touch('accounts'));
  calls.events.on('changed', () => publisher.touch('calls'));
  followMedia({ media, calls, hub, notices });
  await rescueMessages(parts);
  await listen(stack.transport, config.sip.listen, logger);
  await accounts.start(config.accounts.length > 0 ? config.accounts : parts.accountBook.list());

  return {
    handlers: createHandlers(parts),
    listen: listeningPlaces(stack.transport),
    getView: () => publisher.get(),
    getCall: (callId) => calls.get(callId),
    runSelfTest: () =>
      runSelfTest({
        runtime,
        calls,
        media,
        folder: folder.recordingsFolder,
        speechFile: ports.assets.speechFile,
        testAccount: line?.account,
      }),
    onEvent: (listener) => hub.listen(listener),
    close: async () => {
      await Promise.all([stack.core.close(), registrations.close()]);
      await line?.close();
      stack.transport.close();
    },
  };
}

/** Messages that were being left when the phone ended unexpectedly. */
async function rescueMessages({ messages, away, notices }: PhoneParts): Promise<void> {
  const rescued = await messages.rescue(away.settings.minMessageSec);
  if (rescued > 0)
    notices.add(
      `${rescued === 1 ? 'A message was' : `${rescued} messages were`} saved although Nightjar ended unexpectedly.`,
    );
  messages.emptyTrash();
}
