// All calls of the phone: places them, lets them in by policy, and is the one door for commands on calls.
import type { Logger } from '../../base/logger.ts';
import { err, ok, type Result } from '../../base/result.ts';
import { randomToken, type Runtime } from '../../base/runtime.ts';
import { TypedEmitter } from '../../base/typed-emitter.ts';
import type { MediaEngine } from '../../media/index.ts';
import type {
  ExtraHeaders,
  Flow,
  IncomingInvite,
  IncomingRequest,
  InviteSession,
  UserAgentCore,
} from '../../sip/core/index.ts';
import { formatUri, type SipUri } from '../../sip/syntax/index.ts';
import type { Account } from '../registration/index.ts';
import { asksForAutoAnswer, mayAutoAnswer } from './answer-mode.ts';
import { Call, type CallOptions } from './call.ts';
import type { CallFailure, CallInfo } from './call-info.ts';
import type { CallMediaOptions } from './call-media.ts';
import { CallTable } from './call-table.ts';
import { playFile, setMuted, startRecording, stopRecording } from './call-sound.ts';
import { changeParticipant, followConference } from './conference.ts';
import { parseDialTarget } from './dial-target.ts';
import { sendDigits } from './dtmf.ts';
import { setHold } from './hold.ts';
import { ANSWER_BY_ITSELF, ANSWER_IN_PERSON, IncomingCall, type AnswerOptions } from './incoming-call.ts';
import { decideIncoming } from './incoming-policy.ts';
import { placeCall } from './outgoing-call.ts';
import { forwardedFromOf } from './forwarding.ts';
import { remotePartyOf } from './remote-party.ts';
import { refuseReplacement, replaceCall } from './replacement.ts';
import { refreshTarget } from './refresh-target.ts';
import { RingTone } from './ring-tone.ts';
import { transferTo, transferToCall } from './transfer.ts';
import { TransferRequests, type TransferPolicy } from './transfer-request.ts';

export interface CallSettings {
  readonly autoAnswerAfterSec: number | null;
  readonly maxCalls: number;
  /** Who decides when a peer wants to transfer us. */
  readonly acceptTransfers: TransferPolicy;
}

export interface CallManagerOptions {
  readonly core: UserAgentCore;
  readonly engine: MediaEngine;
  readonly runtime: Runtime;
  readonly logger: Logger;
  readonly settings: CallSettings;
  readonly portRange: readonly [first: number, last: number];
  /** The account that a call from outside is for; undefined when it is for nobody here. */
  readonly accountOf: (invite: IncomingInvite) => Account | undefined;
  /** The local address that the account's peers can reach. */
  readonly localAddressOf: (account: Account) => string;
  /** Whether what comes over a flow comes from the server that the account is registered with. */
  readonly isOwnServer: (accountId: string, flow: Flow) => boolean;
  /** The Contact for a caller who hides. */
  readonly anonymousContactOf: (accountId: string) => SipUri | undefined;
  readonly isDoNotDisturb: () => boolean;
  readonly isAway: () => boolean;
}

export interface CallManagerEvents {
  /** A call came, went or changed. */
  changed: undefined;
  /** A call from outside rings. */
  ringing: CallInfo;
  /** A person answered a call from outside. */
  taken: CallInfo;
  ended: CallInfo;
  digit: { readonly callId: string; readonly digit: string };
  /** A text within a call. RFC 3428 */
  message: { readonly callId: string; readonly account: Account; readonly message: IncomingRequest };
}

/** How long a call that is over stays in sight. */
const LINGER_MS = 2000;

/** RFC 3323 §4.1: what a hidden caller's sound is called. */
const ANONYMOUS_NAME = 'anonymous@anonymous.invalid';

interface Placing {
  readonly isAnonymous?: boolean;
  readonly headers?: ExtraHeaders;
}

type CallParties = Pick<CallOptions, 'direction' | 'remote' | 'forwardedFrom' | 'claimed'>;

export interface DialOptions {
  /** The callee shall not learn who calls; absent: as the account's settings say. */
  readonly isAnonymous?: boolean | undefined;
}

type Outcome<T = undefined> = Result<T, CallFailure>;

export class CallManager {
  readonly events: TypedEmitter<CallManagerEvents>;
  readonly #options: CallManagerOptions;
  readonly #calls = new CallTable();
  readonly #incoming = new Map<string, IncomingCall>();
  readonly #ring: RingTone;
  readonly #transferRequests: TransferRequests;

  constructor(options: CallManagerOptions) {
    this.#options = options;
    this.#transferRequests = new TransferRequests({
      policy: options.settings.acceptTransfers,
      dial: (from, target, headers) => this.#place(from.account, target, { headers }),
    });
    this.events = new TypedEmitter(options.logger);
    this.#ring = new RingTone(options.engine);
    options.core.events.on('invite', (invite) => void this.#onInvite(invite));
    // RFC 3515 §2.4.2: outside a call nobody may have this phone dial
    options.core.onRequest('REFER', (refer) => refer.respond(403));
    options.engine.events.on('statistics', ({ sessionId, statistics }) =>
      this.#calls.byMedia(sessionId)?.update({ statistics }),
    );
    options.engine.events.on('digitReceived', ({ sessionId, digit }) => {
      const call = this.#calls.byMedia(sessionId);
      if (call) this.events.emit('digit', { callId: call.id, digit });
    });
  }

  list(): readonly CallInfo[] {
    return [...this.#calls.values()].map((call) => call.info);
  }

  get(callId: string): CallInfo | undefined {
    return this.#calls.get(callId)?.info;
  }

  mediaSessionOf(callId: string): string | undefined {
    return this.#calls.get(callId)?.media?.sessionId;
  }

  /** The Call-ID header of its dialog. */
  sipCallIdOf(callId: string): string | undefined {
    return this.#calls.get(callId)?.session?.dialog.id.callId;
  }

  callOfMediaSession(sessionId: string): string | undefined {
    return this.#calls.byMedia(sessionId)?.id;
  }

  /** The call exists at once; how it goes is told by events. */
  dial(text: string, account: Account, options: DialOptions = {}): Outcome<{ readonly callId: string }> {
    const target = parseDialTarget(text, account.address);
    if (!target.ok) return err({ code: 'badTarget', message: target.error });
    const isAnonymous = options.isAnonymous ?? account.settings.hideIdentity ?? false;
    const call = this.#place(account, target.value, { isAnonymous });
    if (!call) return err({ code: 'busy', message: 'There are too many calls already.' });
    this.#holdOthers(call);
    return ok({ callId: call.id });
  }

  /** Sends the peer to `target`; resolves with the last status that it reports. RFC 5589 §6 */
  transfer(callId: string, target: string): Promise<Outcome<{ readonly statusCode: number }>> {
    return this.#with(callId, (call) => transferTo(this.#options.core, call, target));
  }

  /** Brings the peers of two calls together. RFC 5589 §7 */
  transferAttended(callId: string, otherId: string): Promise<Outcome<{ readonly statusCode: number }>> {
    return this.#with(callId, (call) =>
      this.#with(otherId, (other) => transferToCall(this.#options.core, call, other)),
    );
  }

  /** Asks the conference at the other end to bring somebody in or to send them away. RFC 4579 §5.5 */
  changeParticipant(
    callId: string,
    target: string,
    change: 'add' | 'remove',
  ): Promise<Outcome<{ readonly statusCode: number }>> {
    return this.#with(callId, (call) => changeParticipant(this.#options.core, call, target, change));
  }

  /** The peer's wish that we call somebody else is granted. */
  acceptTransfer(callId: string): Outcome<{ readonly callId: string }> {
    const call = this.#calls.get(callId);
    return call ? this.#transferRequests.accept(call) : this.#missing(callId);
  }

  declineTransfer(callId: string): Outcome {
    const call = this.#calls.get(callId);
    return call ? this.#transferRequests.decline(call) : this.#missing(callId);
  }

  /** Takes a call that rings: in person unless told otherwise. */
  answer(callId: string, options: AnswerOptions = ANSWER_IN_PERSON): Promise<Outcome> {
    const incoming = this.#incoming.get(callId);
    if (!incoming) return Promise.resolve(this.#missing(callId));
    if (!options.isAway) this.#holdOthers(incoming.call);
    const answered = incoming.answer(options);
    if (answered.ok && !options.isAway) this.events.emit('taken', incoming.call.info);
    return Promise.resolve(answered);
  }

  /** The network changed: the peers of all calls are told where we are now. */
  refreshTargets(): void {
    for (const call of this.#calls.values()) void refreshTarget(call, this.#options.localAddressOf(call.account));
  }

  /** The account has another name now: those whom it speaks to are told. RFC 4916 §4.4 */
  announce(account: Account): void {
    const { address: uri, displayName } = account.configured;
    for (const call of this.#calls.values()) {
      const before = call.account.configured;
      if (
        call.account.id !== account.id ||
        (before.displayName === displayName && formatUri(before.address) === formatUri(uri))
      )
        continue;
      if (call.phase === 'connected')
        void call.session?.announceIdentity({ uri, ...(displayName !== undefined && { displayName }) });
    }
  }

  hangUp(callId: string): Outcome {
    return this.#take(callId, (call) => call.take({ kind: 'hangUpRequested' }));
  }

  reject(callId: string, statusCode: number): Outcome {
    return this.#take(callId, (call) => call.take({ kind: 'rejectRequested', statusCode }));
  }

  redirect(callId: string, text: string): Outcome {
    const incoming = this.#incoming.get(callId);
    if (!incoming) return this.#missing(callId);
    const target = parseDialTarget(text, incoming.call.account.address);
    if (!target.ok) return err({ code: 'badTarget', message: target.error });
    return this.#take(callId, () => incoming.redirect(target.value));
  }

  async hold(callId: string, isOnHold: boolean): Promise<Outcome> {
    const call = this.#calls.get(callId);
    if (!call) return this.#missing(callId);
    if (!isOnHold) this.#holdOthers(call);
    return setHold(call, isOnHold);
  }

  setMuted(callId: string, isMuted: boolean): Promise<Outcome> {
    return this.#with(callId, (call) => setMuted(call, isMuted));
  }

  sendDigits(callId: string, digits: string): Promise<Outcome> {
    return this.#with(callId, (call) => sendDigits(call, digits));
  }

  startRecording(callId: string, file: string): Promise<Outcome> {
    return this.#with(callId, (call) => startRecording(call, file));
  }

  stopRecording(callId: string): Promise<Outcome<{ readonly file: string }>> {
    return this.#with(callId, stopRecording);
  }

  /** Sends a file into the call in the microphone's place. */
  play(callId: string, file: string, isLooped: boolean): Promise<Outcome> {
    return this.#with(callId, (call) => playFile(call, file, isLooped));
  }

  // ---- calls from outside ----

  async #onInvite(invite: IncomingInvite): Promise<void> {
    const { accountOf, isDoNotDisturb, isAway, settings } = this.#options;
    const account = accountOf(invite);
    if (invite.replaces) return this.#onReplacement(invite, invite.replaces, account);
    const decision = decideIncoming({
      accountId: account?.id,
      isDoNotDisturb: isDoNotDisturb(),
      isAway: isAway(),
      liveCalls: this.#calls.liveCount,
      maxCalls: settings.maxCalls,
    });
    if (decision.kind === 'refuse' || !account) {
      if (decision.kind === 'refuse') invite.reject(decision.statusCode, { reasonPhrase: decision.reasonPhrase });
      return;
    }
    const { request, flow } = invite;
    const call = this.#create(
      account,
      {
        direction: 'incoming',
        remote: remotePartyOf(request, this.#options.isOwnServer(account.id, flow)),
        forwardedFrom: forwardedFromOf(request),
        claimed: invite.from,
      },
      false,
    );
    const preparation = IncomingCall.prepare(call, invite, this.#mediaOptions(account));
    const prepared = await this.#calls.whileEntering(call, preparation);
    if (!prepared.ok) {
      invite.reject(prepared.error);
      return;
    }
    // The caller may have gone while ports were bound.
    if (invite.isOver) return void call.media?.close();
    this.#incoming.set(call.id, prepared.value);
    this.#show(call);
    invite.ring();
    this.events.emit('ringing', call.info);
    if (!decision.isSilent && settings.autoAnswerAfterSec !== 0) this.#ring.update(this.list());
    if (asksForAutoAnswer(request) && mayAutoAnswer(call.info.remote, account.settings))
      void this.answer(call.id, ANSWER_BY_ITSELF);
    else this.#answerByItself(call);
  }

  /** RFC 3891 §3: the INVITE takes the place of a call that the user has already. */
  async #onReplacement(invite: IncomingInvite, replaced: InviteSession, account: Account | undefined): Promise<void> {
    const call = [...this.#calls.values()].find((candidate) => candidate.owns(replaced));
    const policy = this.#options.settings.acceptTransfers;
    const isFromServer = call !== undefined && this.#options.isOwnServer(call.account.id, invite.flow);
    const remote = remotePartyOf(invite.request, isFromServer);
    const isAsserted = remote.isAsserted;
    const refusal = refuseReplacement(call, { accountId: account?.id, policy, isAsserted });
    if (refusal !== undefined || !call) {
      invite.reject(refusal ?? 481);
      return;
    }
    await replaceCall(call, invite, remote, this.#mediaOptions(call.account));
  }

  #answerByItself(call: Call): void {
    const { settings, runtime } = this.#options;
    if (settings.autoAnswerAfterSec === null) return;
    runtime.setTimer(settings.autoAnswerAfterSec * 1000, () => {
      if (call.phase === 'ringing') void this.answer(call.id, ANSWER_BY_ITSELF);
    });
  }

  // ---- the table ----

  #create(account: Account, parties: CallParties, isShown = true): Call {
    const { runtime, logger, engine } = this.#options;
    const isOwnServer = (flow: Flow): boolean => this.#options.isOwnServer(account.id, flow);
    const call = new Call({ id: randomToken(runtime), account, ...parties, isOwnServer, runtime, logger, engine });
    call.events.on('changed', () => this.#changed());
    call.events.on('digit', ({ digit }) => this.events.emit('digit', { callId: call.id, digit }));
    call.events.on('connected', () => call.isFocus && followConference(this.#options.core, call));
    call.events.on('refer', (refer) => this.#transferRequests.take(call, refer));
    call.events.on('message', (message) => this.events.emit('message', { callId: call.id, account, message }));
    call.events.on('ended', (info) => {
      this.#transferRequests.forget(call);
      this.#onEnded(info);
    });
    if (isShown) this.#show(call);
    return call;
  }

  #place(account: Account, target: SipUri, { isAnonymous = false, headers = [] }: Placing): Call | undefined {
    if (this.#calls.liveCount >= this.#options.settings.maxCalls) return undefined;
    const remote = { displayName: '', address: target.withoutParameter('user').toString(), isAsserted: false };
    const call = this.#create(account, { direction: 'outgoing', remote });
    void placeCall(call, {
      core: this.#options.core,
      target,
      media: this.#mediaOptions(account, isAnonymous),
      headers,
      isAnonymous,
      anonymousContact: this.#options.anonymousContactOf(account.id),
    });
    return call;
  }

  #show(call: Call): void {
    this.#calls.set(call.id, call);
    this.#changed();
  }

  #onEnded(info: CallInfo): void {
    if (!this.#calls.has(info.id)) return;
    this.#incoming.delete(info.id);
    this.events.emit('ended', info);
    this.#options.runtime.setTimer(
      LINGER_MS,
      () => {
        this.#calls.delete(info.id);
        this.#changed();
      },
      true,
    );
  }

  #changed(): void {
    if (this.#ring.isOn) this.#ring.update(this.list());
    this.events.emit('changed', undefined);
  }

  /** One voice at a time: what was spoken to before waits. */
  #holdOthers(except: Call): void {
    for (const call of this.#calls.values()) {
      if (call !== except && call.phase === 'connected' && !call.info.isOnHold && !call.info.isAway)
        void setHold(call, true);
    }
  }

  #mediaOptions(account: Account, isAnonymous = false): CallMediaOptions {
    const { engine, portRange, localAddressOf, runtime } = this.#options;
    return {
      engine,
      portRange,
      localAddress: localAddressOf(account),
      codecs: account.settings.codecs,
      // RFC 3550 §6.5.1: user@host, which says no more than the address of record does.
      cname: isAnonymous ? ANONYMOUS_NAME : `${account.address.user ?? 'anonymous'}@${account.address.host}`,
      sdpSessionId: String(runtime.wallMs()),
      source: ANSWER_IN_PERSON.source,
      playsToDevice: true,
    };
  }

  #take(callId: string, take: (call: Call) => boolean): Outcome {
    const call = this.#calls.get(callId);
    if (!call) return this.#missing(callId);
    return take(call) ? ok(undefined) : err({ code: 'wrongState', message: 'The call is not in a state for this.' });
  }

  async #with<T>(callId: string, act: (call: Call) => Promise<Outcome<T>>): Promise<Outcome<T>> {
    const call = this.#calls.get(callId);
    return call ? act(call) : this.#missing(callId);
  }

  #missing(callId: string): { readonly ok: false; readonly error: CallFailure } {
    return err(this.#calls.failureFor(callId));
  }
}
