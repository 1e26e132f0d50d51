// The phone as the window's tests see it: made from the contract's types, with no process behind it.
import {
  awaySettingsSchema,
  checkWith,
  type AccountView,
  type AnyEvent,
  type CallQuality,
  type CallView,
  type CommandName,
  type CommandParams,
  type CommandValue,
  type HistoryEntry,
  type PhoneSlices,
  type PhoneView,
  type Reply,
  type VoiceMessage,
} from '../../src-shared/contract/index.ts';
import type { ConnectedClient } from '../../src-renderer/bridge/phone-client.ts';

type Answer = (params: unknown) => Reply<unknown>;

export interface GivenCommand {
  readonly name: CommandName;
  readonly params: unknown;
}

/** Answers every command with success and nothing in it, unless told otherwise, and remembers it. */
export class FakePhoneClient implements ConnectedClient {
  readonly given: GivenCommand[] = [];
  view: PhoneView;
  readonly #answers = new Map<CommandName, Answer>();
  readonly #events = new Set<(event: AnyEvent) => void>();
  readonly #connections = new Set<(isConnected: boolean) => void>();

  constructor(slices: Partial<PhoneSlices> = {}) {
    this.view = { ...emptyView(), ...slices };
  }

  call<Name extends CommandName>(name: Name, params?: CommandParams<Name>): Promise<Reply<CommandValue<Name>>> {
    this.given.push({ name, params });
    const reply = name === 'phone.getView' ? { ok: true, value: this.view } : this.#answers.get(name)?.(params);
    return Promise.resolve(
      (reply ?? { ok: true, value: name.endsWith('.list') ? [] : undefined }) as Reply<CommandValue<Name>>,
    );
  }

  onEvent(listener: (event: AnyEvent) => void): () => void {
    this.#events.add(listener);
    return () => this.#events.delete(listener);
  }

  onConnection(listener: (isConnected: boolean) => void): void {
    this.#connections.add(listener);
  }

  /** How often a command was given. */
  count(name: CommandName): number {
    return this.given.filter((command) => command.name === name).length;
  }

  answer<Name extends CommandName>(name: Name, reply: Reply<CommandValue<Name>>): void {
    this.#answers.set(name, () => reply);
  }

  connect(isConnected = true): void {
    for (const listener of this.#connections) listener(isConnected);
  }

  emit(event: AnyEvent): void {
    for (const listener of this.#events) listener(event);
  }

  /** Changes slices of the view and tells the window, as the phone does. */
  change(changed: Partial<PhoneSlices>): void {
    this.view = { ...this.view, ...changed, revision: this.view.revision + 1 };
    this.emit({ event: 'phone.changed', revision: this.view.revision, changed });
  }
}

/** Away mode with the settings that it has by itself. */
export function buildAway(changed: Partial<PhoneView['away']> = {}): PhoneView['away'] {
  const settings = checkWith(awaySettingsSchema, {});
  if (!settings.ok) throw new Error(settings.message);
  return {
    ...{ enabled: false, isOn: changed.enabled ?? false, why: changed.enabled ? 'byHand' : null, untilMs: null },
    calendar: null,
    callers: [],
    hasPin: false,
    hasRingThroughPin: false,
    replies: [],
    unheardCount: 0,
    settings: settings.value,
    ...changed,
  };
}

export function emptyView(): PhoneView {
  return {
    revision: 1,
    accounts: [buildAccount()],
    calls: [],
    contacts: [],
    presence: { own: null, watched: [] },
    conversations: [],
    callBacks: [],
    referrals: [],
    texts: [],
    away: buildAway(),
    greetings: { list: [], recording: 'none' },
    retention: { keepDays: null, keepMiB: null },
    encryption: { messages: false, progress: null, lockedCount: 0 },
    transcripts: { settings: { modelFolder: null, isAutomatic: true }, problem: null, jobs: [] },
    delivery: { settings: { mail: null, webhook: null, folder: null }, pendingCount: 0 },
    messages: [],
    history: [],
    audio: { backend: 'null', reason: 'No sound system was found.' },
    recordings: { format: 'wav', beep: 'off' },
    playback: null,
    notices: [],
    certificateQuestions: [],
    testLine: null,
    isDoNotDisturb: false,
  };
}

export const buildAccount = (given: Partial<AccountView> = {}): AccountView => ({
  id: 'alice',
  address: 'sip:alice@example.com',
  displayName: 'Alice',
  registration: 'registered',
  voicemail: null,
  isTestLine: false,
  settings: {
    id: 'alice',
    address: 'sip:alice@example.com',
    displayName: 'Alice',
    register: true,
    registerExpiresSec: 300,
    outboundProxies: [],
    transport: 'udp',
    listenPort: null,
    addressFamily: 'any',
    codecs: ['opus', 'PCMA'],
    srtp: 'off',
    ice: false,
    stunServer: null,
    turnServer: null,
    turnUsername: '',
    dtmf: 'auto',
    sessionTimerSec: 1800,
    reliableProvisional: 'supported',
    messageWaiting: 'subscribe',
    gruu: false,
    digestPolicy: { allowMd5: true, requireQop: false },
    hideIdentity: false,
    sipsRequired: false,
    answerMode: 'never',
    qualityCollector: null,
    autoAnswerCallers: [],
  },
  ...given,
});

export const buildQuality = (given: Partial<CallQuality> = {}): CallQuality => ({
  mos: 4.3,
  rFactor: 91,
  lossPercent: 0,
  latePercent: 0,
  jitterMs: 3,
  bufferMs: 40,
  bufferTargetMs: 30,
  concealedMs: 0,
  stretchedMs: 0,
  ...given,
});

export const buildCall = (given: Partial<CallView> = {}): CallView => ({
  id: 'call-1',
  accountId: 'alice',
  direction: 'outgoing',
  state: 'connected',
  isOnHold: false,
  isRemoteHolding: false,
  isMuted: false,
  isRecording: false,
  isAway: false,
  remote: { displayName: 'Bob', address: 'sip:bob@example.com', isAsserted: false },
  connectedAtMs: Date.now(),
  media: { codec: 'opus', sampleRateHz: 48_000, srtp: null, dtmf: 'rfc4733' },
  ...given,
});

export const buildHistoryEntry = (given: Partial<HistoryEntry> = {}): HistoryEntry => ({
  id: 'entry-1',
  accountId: 'alice',
  direction: 'outgoing',
  outcome: 'answered',
  remote: { displayName: 'Bob', address: 'sip:bob@example.com' },
  startedAtMs: Date.now(),
  durationSec: 65,
  ...given,
});

export const buildMessage = (given: Partial<VoiceMessage> = {}): VoiceMessage => ({
  id: 'message-1',
  accountId: 'alice',
  from: { displayName: 'Bob', address: 'sip:bob@example.com' },
  receivedAtMs: Date.now(),
  durationSec: 12.3,
  file: 'message-1.wav',
  wantsCallBack: false,
  isHeard: false,
  isMarked: false,
  note: '',
  transcript: '',
  waveForm: [],
  ...given,
});
