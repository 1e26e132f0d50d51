// One call: performs what call-state.ts decides, and keeps what others see of it.
import type { Logger } from '../../base/logger.ts';
import { unreachable } from '../../base/result.ts';
import type { Runtime } from '../../base/runtime.ts';
import { TypedEmitter } from '../../base/typed-emitter.ts';
import type { MediaEngine, SendSource } from '../../media/index.ts';
import type { NegotiatedStream } from '../../sdp/index.ts';
import type { Flow, IdentityMessage, IncomingRequest, InviteSession } from '../../sip/core/index.ts';
import type { NameAddress } from '../../sip/syntax/index.ts';
import type { Account } from '../registration/index.ts';
import type { CallInfo, ForwardedFrom, RemoteParty } from './call-info.ts';
import type { CallMedia } from './call-media.ts';
import { isSameParty, PeerIdentity } from './identity/index.ts';
import {
  callStep,
  startIncoming,
  startOutgoing,
  type CallAction,
  type CallInput,
  type CallState,
} from './call-state.ts';

/** What a call's INVITE can be told; outgoing and incoming calls bring their own. */
export interface InviteControl {
  cancel(): void;
  accept(): void;
  reject(statusCode: number): void;
  redirect(): void;
}

export interface CallOptions {
  readonly id: string;
  readonly account: Account;
  readonly direction: 'incoming' | 'outgoing';
  readonly remote: RemoteParty;
  readonly forwardedFrom?: ForwardedFrom | undefined;
  /** What the peer claims to be, for a call from outside. */
  readonly claimed?: NameAddress;
  /** Whether what comes over a flow comes from the account's own server. */
  readonly isOwnServer: (flow: Flow) => boolean;
  /** What the peer hears while it waits. */
  readonly holdSound: SendSource;
  readonly runtime: Runtime;
  readonly logger: Logger;
  readonly engine: MediaEngine;
}

export interface CallEvents {
  changed: CallInfo;
  /** Once, after everything that the answer brought is known. */
  connected: undefined;
  ended: CallInfo;
  /** A key that the peer pressed and sent by INFO. */
  digit: { readonly digit: string };
  /** The peer asks us to call somebody else. RFC 3515 */
  refer: { readonly refer: IncomingRequest; readonly session: InviteSession };
  /** A text within the call. RFC 3428 */
  message: IncomingRequest;
}

/** What the state machine does not decide. */
type CallDetails = Omit<CallInfo, 'phase' | 'ending' | 'id' | 'accountId' | 'direction'>;

const FAILURE_TONE_MS = 2500;

export class Call {
  readonly id: string;
  readonly account: Account;
  readonly engine: MediaEngine;
  readonly runtime: Runtime;
  readonly logger: Logger;
  readonly events: TypedEmitter<CallEvents>;
  readonly holdSound: SendSource;
  /** The sound, once ports are bound. */
  media: CallMedia | undefined;
  /** The dialog, once there is one. */
  session: InviteSession | undefined;
  /** The branches of an outgoing call that ring. RFC 3261 §12.1 */
  readonly earlySessions = new Set<InviteSession>();
  /** The far end named itself the focus of a conference. RFC 4579 §5.1 */
  isFocus = false;
  /** Whether the peer's last message came over a secured connection, and with it the keys. RFC 4568 §7 */
  isSignallingSecure = false;
  #state: CallState;
  #details: CallDetails;
  #info: CallInfo | undefined;
  readonly #isOwnServer: (flow: Flow) => boolean;
  readonly #peer: PeerIdentity;
  #control: InviteControl | undefined;
  #hasTone = false;
  #handshakeSuite: string | undefined;

  constructor(options: CallOptions) {
    const { id, account, direction, remote, forwardedFrom, runtime, logger, engine } = options;
    this.id = id;
    this.account = account;
    this.engine = engine;
    this.holdSound = options.holdSound;
    this.runtime = runtime;
    this.logger = logger;
    this.events = new TypedEmitter(logger);
    this.#state = direction === 'outgoing' ? startOutgoing() : startIncoming();
    this.#isOwnServer = options.isOwnServer;
    this.#peer = new PeerIdentity(options.claimed);
    this.#details = {
      remote,
      ...(forwardedFrom && { forwardedFrom }),
      isOnHold: false,
      isRemoteHolding: false,
      isMuted: false,
      isRecording: false,
      isAway: false,
      isReleased: false,
      wasAnsweredElsewhere: false,
      startedAtMs: runtime.wallMs(),
    };
  }

  get phase(): CallState['phase'] {
    return this.#state.phase;
  }

  /** The same object until something changes. */
  get info(): CallInfo {
    return (this.#info ??= this.#describe());
  }

  #describe(): CallInfo {
    const { direction, phase, ending } = this.#state;
    return { id: this.id, accountId: this.account.id, direction, phase, ...this.#details, ...(ending && { ending }) };
  }

  setControl(control: InviteControl): void {
    this.#control = control;
  }

  /** False when the input means nothing in this phase. */
  take(input: CallInput): boolean {
    const before = this.#state.phase;
    const { state, actions, isAccepted } = callStep(this.#state, input);
    this.#state = state;
    this.#info = undefined;
    if (state.phase !== before && state.phase === 'connected') this.#note({ connectedAtMs: this.runtime.wallMs() });
    for (const action of actions) this.#perform(action);
    if (isAccepted) this.events.emit('changed', this.info);
    if (state.phase !== before && state.phase === 'connected') this.events.emit('connected', undefined);
    if (state.phase !== before && state.phase === 'ended') this.events.emit('ended', this.info);
    return isAccepted;
  }

  #note(changes: Partial<CallDetails>): void {
    this.#details = { ...this.#details, ...changes };
    this.#info = undefined;
  }

  update(changes: Partial<CallDetails>): void {
    this.#note(changes);
    this.events.emit('changed', this.info);
  }

  /** RFC 4916 §4.5.2: who the peer is may change, and is shown at once; who it was at first is kept. */
  noteIdentity({ message, flow }: IdentityMessage): void {
    this.isSignallingSecure = flow.isSecure;
    const next = this.#peer.take(message, this.#isOwnServer(flow));
    const { remote, firstRemote = remote } = this.#details;
    if (next && !isSameParty(next, remote)) this.update({ remote: next, firstRemote });
  }

  /** Whether it is this call's dialog, an early one included. */
  owns(session: InviteSession): boolean {
    return this.session === session || (!this.session && this.earlySessions.has(session));
  }

  /** RFC 3891 §3: another session with its sound takes the place of this call's, which ends. */
  takePlace(session: InviteSession, media: CallMedia, remote: RemoteParty): void {
    const before = { session: this.session, media: this.media };
    this.session = session;
    this.media = media;
    if (this.#state.phase === 'connected') before.session?.bye();
    else this.#control?.cancel();
    this.take({ kind: 'answered' });
    void before.media?.close();
    const { firstRemote = this.#details.remote } = this.#details;
    const fresh = { isOnHold: false, isRemoteHolding: false, isMuted: false, isRecording: false };
    this.update({ remote, firstRemote, ...fresh, volumePercent: undefined });
  }

  /** Takes over from the negotiation what people may want to know. */
  noteStream(): void {
    const stream = this.media?.stream;
    if (!stream) return;
    const [codec] = stream.codecs;
    this.update({
      isRemoteHolding: stream.isRemoteHolding,
      codec: codec.name,
      sampleRateHz: codec.name === 'G722' ? 16_000 : codec.clockRateHz,
      dtmf: this.#dtmfWay(stream.telephoneEvent !== undefined),
      srtp: this.#encryption(stream),
    });
  }

  /** A handshake has brought keys: nobody on the way of the signalling knows them. */
  noteHandshake(suite: string): void {
    this.#handshakeSuite = suite;
    this.noteStream();
  }

  #encryption({ crypto, dtls }: NegotiatedStream): CallInfo['srtp'] {
    if (crypto) return { suite: crypto.suite, areKeysProtected: this.isSignallingSecure };
    const suite = dtls && this.#handshakeSuite;
    return suite === undefined ? undefined : { suite, areKeysProtected: true };
  }

  #dtmfWay(hasTelephoneEvent: boolean): NonNullable<CallInfo['dtmf']> {
    const preference = this.account.settings.dtmf;
    if (preference === 'info' || preference === 'inband') return preference;
    if (hasTelephoneEvent) return 'rfc4733';
    // Events were wanted, but the peer takes none: the media engine sends the digits as sound.
    if (preference === 'rfc4733') return 'inband';
    return this.session?.remoteAllow.includes('INFO') === true ? 'info' : 'inband';
  }

  #perform(action: CallAction): void {
    switch (action.kind) {
      case 'cancel':
        return this.#control?.cancel();
      case 'accept':
        return this.#control?.accept();
      case 'reject':
        return this.#control?.reject(action.statusCode);
      case 'redirect':
        return this.#control?.redirect();
      case 'bye':
        return this.session?.bye();
      case 'playTone':
        this.#hasTone = true;
        return void this.engine.playTone('speaker', action.tone);
      case 'stopTone':
        return this.#stopTone();
      case 'release':
        return this.#release();
      default:
        return unreachable(action);
    }
  }

  async #closeMedia(media: CallMedia | undefined): Promise<void> {
    const statistics = await media?.close();
    this.update({ isReleased: true, ...(statistics && { statistics }) });
  }

  #stopTone(): void {
    if (!this.#hasTone) return;
    this.#hasTone = false;
    void this.engine.stopTone('speaker');
  }

  #release(): void {
    this.#note({ endedAtMs: this.runtime.wallMs(), isRecording: false });
    const { media } = this;
    this.media = undefined;
    void this.#closeMedia(media);
    if (this.#hasTone) this.runtime.setTimer(FAILURE_TONE_MS, () => this.#stopTone(), true);
  }
}
