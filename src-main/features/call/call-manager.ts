// All calls of the phone: the one door for commands on calls.
import { err, ok, type Result } from '../../base/result.ts';
import { TypedEmitter } from '../../base/typed-emitter.ts';
import type { SendSource } from '../../media/index.ts';
import type { Dialog, ExtraHeaders } from '../../sip/core/index.ts';
import type { SipUri } from '../../sip/syntax/index.ts';
import type { Account } from '../registration/index.ts';
import { announceAccount } from './announce-account.ts';
import type { Call } from './call.ts';
import type { CallFailure, CallInfo } from './call-info.ts';
import type { CallManagerEvents, CallManagerOptions } from './call-manager-options.ts';
import {
  playFile,
  setMuted,
  setVolume,
  startRecording,
  stopRecording,
  type PlayedFile,
  type RecordingForm,
} from './call-sound.ts';
import { changeParticipant, followConference, LocalConference } from './conference/index.ts';
import { parseDialTarget } from './dial-target.ts';
import { sendDigits } from './dtmf.ts';
import { followEngine } from './follow-engine.ts';
import { setHold } from './hold.ts';
import type { AnswerOptions } from './incoming-call.ts';
import { IncomingCalls } from './incoming-calls.ts';
import { LiveCalls, type Placing } from './live-calls.ts';
import { refreshTarget } from './refresh-target.ts';
import { SilentCalls } from './silent-calls.ts';
import { parkCall, TransferRequests, transferTo, transferToCall } from './transfer/index.ts';

export interface DialOptions {
  /** The callee shall not learn who calls; absent: as the account's settings say. */
  readonly isAnonymous?: boolean | undefined;
}

type Outcome<T = undefined> = Result<T, CallFailure>;

export class CallManager {
  readonly events: TypedEmitter<CallManagerEvents>;
  readonly #options: CallManagerOptions;
  readonly #live: LiveCalls;
  readonly #incoming: IncomingCalls;
  readonly #transferRequests: TransferRequests;
  readonly #conference: LocalConference;

  constructor(options: CallManagerOptions) {
    const { engine, settings } = options;
    this.#options = options;
    this.events = new TypedEmitter(options.logger);
    this.#live = new LiveCalls(options, this.events, (call) => this.#follow(call));
    this.#conference = new LocalConference(engine);
    this.#incoming = new IncomingCalls({
      ...{ options, events: this.events, calls: this.#live, conference: this.#conference },
    });
    this.#transferRequests = new TransferRequests({
      policy: settings.acceptTransfers,
      dial: ({ account }, target, headers) =>
        this.#live.place(account, target, { headers, isAnonymous: account.settings.hideIdentity ?? false }),
    });
    followEngine(engine, this.#calls, {
      silent: new SilentCalls(options.runtime, settings.silenceLimitSec),
      onDigit: (callId, digit) => this.events.emit('digit', { callId, digit }),
    });
  }

  get #calls(): LiveCalls['table'] {
    return this.#live.table;
  }

  list(): readonly CallInfo[] {
    return this.#live.list();
  }

  get(callId: string): CallInfo | undefined {
    return this.#calls.get(callId)?.info;
  }

  mediaSessionOf(callId: string): string | undefined {
    return this.#calls.get(callId)?.media?.sessionId;
  }

  /** The Call-ID header of its dialog. */
  sipCallIdOf(callId: string): string | undefined {
    return this.dialogOf(callId)?.id.callId;
  }

  /** Its dialog, once there is one that is the only one. */
  dialogOf(callId: string): Dialog | undefined {
    const call = this.#calls.get(callId);
    return (call?.session ?? [...(call?.earlySessions ?? [])].at(-1))?.dialog;
  }

  callOfMediaSession(sessionId: string): string | undefined {
    return this.#calls.byMedia(sessionId)?.id;
  }

  /** The call exists at once; how it goes is told by events. */
  dial(text: string, account: Account, options: DialOptions = {}): Outcome<{ readonly callId: string }> {
    const target = parseDialTarget(text, account.address);
    if (!target.ok) return err({ code: 'badTarget', message: target.error });
    const isAnonymous = options.isAnonymous ?? account.settings.hideIdentity ?? false;
    return this.#call(account, target.value, { isAnonymous });
  }

  /** Calls an address that somebody else named, with what the INVITE carries on from there. */
  callFor(account: Account, target: SipUri, headers: ExtraHeaders): Outcome<{ readonly callId: string }> {
    return this.#call(account, target, { headers, isAnonymous: account.settings.hideIdentity ?? false });
  }

  #call(account: Account, target: SipUri, placing: Placing): Outcome<{ readonly callId: string }> {
    const call = this.#live.place(account, target, placing);
    if (!call) return err({ code: 'busy', message: 'There are too many calls already.' });
    this.#live.holdOthers(call);
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

  /** Leaves the peer to a park server. RFC 5359 §2.15 */
  park(callId: string, server: string): Promise<Outcome<{ readonly statusCode: number }>> {
    return this.#with(callId, (call) => parkCall(this.#options.core, call, server));
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
  async answer(callId: string, options?: AnswerOptions): Promise<Outcome> {
    const incoming = this.#incoming.get(callId);
    return incoming ? this.#incoming.answer(incoming, options) : this.#missing(callId);
  }

  /** Sound for a caller before anybody answers; false when none can be sent. RFC 3960 §3 */
  sendEarly(callId: string, source: SendSource): boolean {
    return this.#incoming.get(callId)?.sendEarly(source) ?? false;
  }

  /** A person takes the call from the answering machine. */
  takeOver(callId: string): Outcome {
    return this.#take(callId, (call) => this.#incoming.takeOver(call));
  }

  /** A caller of the answering machine rings at the user, or no longer. */
  ringThrough(callId: string, isRinging: boolean): Outcome {
    return this.#take(callId, (call) => this.#incoming.ringThrough(call, isRinging));
  }

  /** The network changed: the peers of all calls are told where we are now. */
  refreshTargets(): void {
    for (const call of this.#calls.values()) void refreshTarget(call, this.#options.localAddressOf(call.account));
  }

  /** The account has another name now: those whom it speaks to are told. RFC 4916 §4.4 */
  announce(account: Account): void {
    announceAccount(this.#calls.values(), account);
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
    if (isOnHold) return setHold(call, true);
    this.#live.holdOthers(call);
    // Who comes back to one of a conference comes back to all of it.
    for (const other of this.#conference.othersThan(call)) void setHold(other, false);
    return setHold(call, false);
  }

  /** Mixes these calls here, so that their peers hear each other. RFC 5359 §2.10 */
  merge(callIds: readonly string[]): Promise<Outcome<{ readonly conferenceId: string }>> {
    return this.#withAll(callIds, async (calls) => {
      const merged = await this.#conference.merge(calls);
      const [first] = calls;
      if (merged.ok && first) this.#live.holdOthers(first);
      return merged;
    });
  }

  /** Takes calls out of the conference here; they wait on hold. */
  split(callIds: readonly string[]): Promise<Outcome<{ readonly conferenceId: string }>> {
    return this.#withAll(callIds, (calls) => this.#conference.split(calls));
  }

  setMuted(callId: string, isMuted: boolean): Promise<Outcome> {
    return this.#with(callId, (call) => setMuted(call, isMuted));
  }

  sendDigits(callId: string, digits: string): Promise<Outcome> {
    return this.#with(callId, (call) => sendDigits(call, digits));
  }

  setVolume(callId: string, percent: number): Promise<Outcome> {
    return this.#with(callId, (call) => setVolume(call, percent));
  }

  startRecording(callId: string, file: string, form: RecordingForm = {}): Promise<Outcome> {
    return this.#with(callId, (call) => startRecording(call, file, form));
  }

  stopRecording(callId: string): Promise<Outcome<{ readonly file: string }>> {
    return this.#with(callId, stopRecording);
  }

  /** Sends a file into the call in the microphone's place. */
  play(callId: string, file: PlayedFile): Promise<Outcome> {
    return this.#with(callId, (call) => playFile(call, file));
  }

  /** Ties what happens in a call to those who deal with it. */
  #follow(call: Call): void {
    const { account, id } = call;
    call.events.on('digit', ({ digit }) => this.events.emit('digit', { callId: id, digit }));
    call.events.on('connected', () => call.isFocus && followConference(this.#options.core, call));
    call.events.on('refer', (refer) => this.#transferRequests.take(call, refer));
    call.events.on('message', (message) => this.events.emit('message', { callId: id, account, message }));
    call.events.on('ended', () => this.#transferRequests.forget(call));
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

  async #withAll<T>(
    callIds: readonly string[],
    act: (calls: readonly Call[]) => Promise<Outcome<T>>,
  ): Promise<Outcome<T>> {
    const calls = callIds.flatMap((callId) => this.#calls.get(callId) ?? []);
    const missing = callIds.find((callId) => !this.#calls.has(callId));
    return missing === undefined ? act(calls) : this.#missing(missing);
  }

  #missing(callId: string): { readonly ok: false; readonly error: CallFailure } {
    return err(this.#calls.failureFor(callId));
  }
}
