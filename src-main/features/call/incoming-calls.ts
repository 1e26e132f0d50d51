// Calls from outside: let in by policy, rung, and answered by a person, by a rule, or by the answering machine.
import type { TypedEmitter } from '../../base/typed-emitter.ts';
import type { IncomingInvite, InviteSession } from '../../sip/core/index.ts';
import type { Account } from '../registration/index.ts';
import { asksForAutoAnswer, decideIncoming, mayAutoAnswer, RingTone, type IncomingDecision } from './arrival/index.ts';
import type { Call } from './call.ts';
import type { RemoteParty } from './call-info.ts';
import type { CallManagerEvents, CallManagerOptions } from './call-manager-options.ts';
import { forwardedFromOf, remotePartyOf } from './identity/index.ts';
import { ANSWER_BY_ITSELF, ANSWER_IN_PERSON, IncomingCall, type AnswerOptions } from './incoming-call.ts';
import type { LiveCalls } from './live-calls.ts';
import type { LocalConference } from './conference/index.ts';
import { refuseReplacement, replaceCall } from './transfer/index.ts';

export interface IncomingCallsParts {
  readonly options: CallManagerOptions;
  readonly events: TypedEmitter<CallManagerEvents>;
  readonly calls: LiveCalls;
  readonly conference: LocalConference;
}

export class IncomingCalls {
  readonly #options: CallManagerOptions;
  readonly #events: TypedEmitter<CallManagerEvents>;
  readonly #calls: LiveCalls;
  readonly #conference: LocalConference;
  readonly #waiting = new Map<string, IncomingCall>();
  readonly #ring: RingTone;

  constructor({ options, events, calls, conference }: IncomingCallsParts) {
    this.#options = options;
    this.#events = events;
    this.#calls = calls;
    this.#conference = conference;
    this.#ring = new RingTone(options.engine);
    events.on('changed', () => this.#ring.isOn && this.#ring.update(calls.list()));
    events.on('ended', ({ id }) => this.#waiting.delete(id));
    options.core.events.on('invite', (invite) => void this.#onInvite(invite));
  }

  /** What rings by this id; undefined when nothing does. */
  get(callId: string): IncomingCall | undefined {
    return this.#waiting.get(callId);
  }

  /** Takes a call that rings; the answering machine does not put the user's own calls on hold. */
  async answer(
    incoming: IncomingCall,
    options: AnswerOptions = ANSWER_IN_PERSON,
  ): Promise<ReturnType<IncomingCall['answer']>> {
    const { call } = incoming;
    const joined = this.#calls.table.get(call.info.joins ?? '');
    const isJoining = joined?.phase === 'connected' && !options.isAway;
    if (!options.isAway && !isJoining) this.#calls.holdOthers(call);
    const answered = incoming.answer(options);
    if (answered.ok && !options.isAway) this.#events.emit('taken', call.info);
    // RFC 3911 §4: who joins is brought together with the call that the INVITE names
    if (answered.ok && isJoining) await this.#conference.merge([joined, call]);
    return answered;
  }

  /** A person speaks to the answering machine's caller from now on; false when it has none there. */
  takeOver(call: Call): boolean {
    if (!call.info.isAway || call.phase !== 'connected') return false;
    this.#calls.holdOthers(call);
    const { source, playsToDevice } = ANSWER_IN_PERSON;
    call.media?.route(source, playsToDevice);
    call.update({ isAway: false, ringsThrough: false });
    this.#events.emit('taken', call.info);
    return true;
  }

  /** Rings for a caller of the answering machine, or stops; false when the machine does not have the call. */
  ringThrough(call: Call, isRinging: boolean): boolean {
    if (!call.info.isAway || call.phase !== 'connected') return false;
    call.update({ ringsThrough: isRinging });
    this.#ring.update(this.#calls.list());
    return true;
  }

  async #onInvite(invite: IncomingInvite): Promise<void> {
    const account = this.#options.accountOf(invite);
    if (invite.replaces) return this.#onReplacement(invite, invite.replaces, account);
    const joined = invite.joins && this.#callOf(invite.joins);
    const refusal = invite.joins && this.#refusalOf(joined, invite, account);
    if (refusal !== undefined) {
      invite.reject(refusal);
      return;
    }
    const decision = this.#decide(account);
    if (decision.kind === 'refuse' || !account) {
      if (decision.kind === 'refuse') invite.reject(decision.statusCode, { reasonPhrase: decision.reasonPhrase });
      return;
    }
    const call = this.#create(invite, account);
    if (joined) call.update({ joins: joined.id });
    const preparation = IncomingCall.prepare(call, invite, this.#calls.mediaOptions(account));
    const prepared = await this.#calls.table.whileEntering(call, preparation);
    if (!prepared.ok) {
      const { statusCode, headers } = prepared.error;
      invite.reject(statusCode, { headers });
      return;
    }
    // The caller may have gone while ports were bound.
    if (invite.isOver) return void call.media?.close();
    this.#waiting.set(call.id, prepared.value);
    this.#calls.show(call);
    invite.ring();
    this.#events.emit('ringing', call.info);
    this.#ringOrAnswer(prepared.value, invite, decision.isSilent);
  }

  #decide(account: Account | undefined): IncomingDecision {
    const { isDoNotDisturb, isAway, settings, maxAwayCalls } = this.#options;
    const { liveCount, awayCount } = this.#calls.table;
    return decideIncoming({
      accountId: account?.id,
      isDoNotDisturb: isDoNotDisturb(),
      isAway: isAway(liveCount - awayCount),
      liveCalls: liveCount,
      awayCalls: awayCount,
      maxCalls: settings.maxCalls,
      maxAwayCalls: maxAwayCalls(),
    });
  }

  #create(invite: IncomingInvite, account: Account): Call {
    return this.#calls.create(account, {
      direction: 'incoming',
      remote: this.#remoteOf(invite, account),
      forwardedFrom: forwardedFromOf(invite.request),
      claimed: invite.from,
    });
  }

  #ringOrAnswer(incoming: IncomingCall, { request }: IncomingInvite, isSilent: boolean): void {
    const { settings, runtime } = this.#options;
    const { call } = incoming;
    const { autoAnswerAfterSec } = settings;
    if (!isSilent && autoAnswerAfterSec !== 0) this.#ring.update(this.#calls.list());
    if (asksForAutoAnswer(request) && mayAutoAnswer(call.info.remote, call.account.settings)) {
      void this.answer(incoming, ANSWER_BY_ITSELF);
      return;
    }
    if (autoAnswerAfterSec === null) return;
    runtime.setTimer(autoAnswerAfterSec * 1000, () => {
      if (call.phase === 'ringing') void this.answer(incoming, ANSWER_BY_ITSELF);
    });
  }

  /** RFC 3891 §3: the INVITE takes the place of a call that the user has already. */
  async #onReplacement(invite: IncomingInvite, replaced: InviteSession, account: Account | undefined): Promise<void> {
    const call = this.#callOf(replaced);
    const refusal = this.#refusalOf(call, invite, account);
    if (refusal !== undefined || !call) {
      invite.reject(refusal ?? 481);
      return;
    }
    await replaceCall(call, invite, this.#remoteOf(invite, call.account), this.#calls.mediaOptions(call.account));
  }

  #remoteOf({ request, flow }: IncomingInvite, account: Account): RemoteParty {
    return remotePartyOf(request, this.#options.isOwnServer(account.id, flow));
  }

  #callOf(session: InviteSession): Call | undefined {
    return [...this.#calls.table.values()].find((candidate) => candidate.owns(session));
  }

  /** Whether the rules let this call be replaced or joined; RFC 3911 §4 wants the same care as RFC 3891 §3. */
  #refusalOf(call: Call | undefined, invite: IncomingInvite, account: Account | undefined): number | undefined {
    const isAsserted = call !== undefined && this.#remoteOf(invite, call.account).isAsserted;
    const policy = this.#options.settings.acceptTransfers;
    return refuseReplacement(call, { accountId: account?.id, policy, isAsserted });
  }
}
