// The phone, whole: opened in order, closed in order, one object for every host.
import type { AnyEvent, CommandHandlers, PhoneView } from '../../src-shared/contract/index.ts';
import type { Timer } from '../base/runtime.ts';
import type { CallInfo } from '../features/call/index.ts';
import { runSelfTest, type SelfTestCheck } from '../features/diagnostics/index.ts';
import { readChosenDevices, readSoundWay } from './audio-spec.ts';
import { AudioWatch } from './audio-watch.ts';
import { createHandlers } from './command-handlers/create-handlers.ts';
import { closePeople } from './compose-people.ts';
import { composeFeatures } from './compose-features.ts';
import { EventHub } from './event-hub.ts';
import { listen, listeningPlaces, type ListeningPlace } from './listening.ts';
import { followMedia } from './media-events.ts';
import type { PhoneParts } from './phone-parts.ts';
import type { PhonePorts } from './phone-ports.ts';
import { rescueMessages } from './rescue-messages.ts';
import { createSliceSources } from './slice-sources.ts';
import { openTestLine } from './test-line.ts';
import { ViewPublisher } from './view-publisher.ts';
import { WindowSound, type SoundSeat, type SoundWindow } from './window-sound.ts';

export interface Phone {
  /** Puts the accounts to work: they register. Resolves when they are there, whether they are registered or not. */
  start(): Promise<void>;
  readonly handlers: CommandHandlers;
  /** The sockets that are open now. */
  readonly listen: readonly ListeningPlace[];
  getView(): PhoneView;
  /** Accounts and calls, as an event would bring them. */
  getActivity(): AnyEvent;
  /** Does `work` after `delayMs`, or a little later when a call is on its way then. */
  whenQuiet(delayMs: number, work: () => void): void;
  /** What is known of a call beyond the view: its packet counts. */
  getCall(callId: string): CallInfo | undefined;
  /** Calls the test line and listens; takes about ten seconds. */
  runSelfTest(): Promise<readonly SelfTestCheck[]>;
  onEvent(listener: (event: AnyEvent) => void): () => void;
  /** A window that can lend its sound has come. */
  attachSound(window: SoundWindow): SoundSeat;
  /** Ends calls, unregisters, stops listening. The ports stay open: they are the caller's. */
  close(): Promise<void>;
}

const START_LIMIT_MS = 1500;
/** WHY: another process that starts would take the processor from the registration; a call that comes sooner starts it as well. */
const SOUND_DELAY_MS = 50;
const RESCUE_DELAY_MS = 300;

/** Listens, and waits for `start`. Rejects when a port that the config file names cannot be had. */
export async function createPhone(ports: PhonePorts): Promise<Phone> {
  const { runtime, logger, media, config } = ports;
  const startedAtMs = runtime.wallMs();
  const hub = new EventHub(logger);
  const publisher = new ViewPublisher(runtime, (event) => hub.emit(event));
  const hasTestLine = config.accounts.length === 0 || ports.needsTestLine;
  const line = hasTestLine ? await openTestLine(ports) : undefined;
  const { parts, stack } = composeFeatures(ports, publisher, line?.account);
  const { registrations, calls, accounts, accountBook } = parts;

  const windowSound = new WindowSound(media);
  const audio = new AudioWatch(media, () => publisher.touch('audio'));
  publisher.start(
    createSliceSources({
      ...parts,
      audio: () => audio.status,
      chosenDevices: () => readChosenDevices(parts.settings),
      soundWay: () => (ports.isSoundWayOpen ? readSoundWay(parts.settings) : undefined),
      testLineAddress: () => line?.address,
    }),
  );
  registrations.events.on('changed', () => publisher.touch('accounts'));
  calls.events.on('changed', () => publisher.touch('calls'));
  followMedia({ ...parts, hub });
  await listen(stack.transport, config.sip.listen);
  const later: Timer[] = [];
  const start = async (): Promise<void> => {
    const starting = accounts.start(config.accounts.length > 0 ? config.accounts : await accountBook.list());
    // Without a network the search for an account's server takes long: the phone opens all the same.
    const limit = new Promise<void>((resolve) => void runtime.setTimer(START_LIMIT_MS, resolve, true));
    await Promise.race([starting, limit]);
    // What takes long and nobody waits for comes after what a caller waits for.
    later.push(
      runtime.setTimer(SOUND_DELAY_MS, () => void audio.start(), true),
      parts.quietTime.after(RESCUE_DELAY_MS, () => void rescueMessages(parts, ports.database, startedAtMs)),
    );
  };

  return {
    start,
    handlers: createHandlers(parts),
    get listen() {
      return listeningPlaces(stack.transport);
    },
    getView: () => publisher.get(),
    getActivity: () => ({ event: 'phone.changed', ...publisher.getSome(['accounts', 'calls']) }),
    whenQuiet: (delayMs, work) => void parts.quietTime.after(delayMs, work),
    getCall: (callId) => calls.get(callId),
    runSelfTest: () => runSelfTest({ ...selfTestParts(ports), calls, testAccount: line?.account }),
    onEvent: (listener) => hub.listen(listener),
    attachSound: (window) => windowSound.attach(window),
    close: async () => {
      for (const timer of later) timer.cancel();
      closeFeatures(parts);
      closePeople(parts);
      parts.networkWatch.close();
      await Promise.all([stack.core.close(), registrations.close()]);
      await line?.close();
      stack.transport.close();
      publisher.stop();
    },
  };
}

const selfTestParts = ({ runtime, media, folder, assets }: PhonePorts) => ({
  runtime,
  media,
  folder: folder.recordingsFolder,
  ...assets,
});

function closeFeatures(parts: PhoneParts): void {
  const { away, calendar, greetings, messages, callBacks, referrals } = parts;
  const { deliveryDesk, retentionDesk, transcriptDesk, sealingDesk } = parts;
  const desks = [deliveryDesk.delivery, retentionDesk.watch, greetings];
  for (const part of [
    transcriptDesk.transcripts,
    sealingDesk.sealing,
    away.ways,
    calendar,
    ...desks,
    messages,
    callBacks,
    referrals,
  ])
    part.close();
}
