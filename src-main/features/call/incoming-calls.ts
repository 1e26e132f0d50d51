// Calls from outside: let in by policy, rung, and answered by a person, by a rule, or by the answering machine.
import type { TypedEmitter } from '../../base/typed-emitter.ts';
import type { IncomingInvite, InviteSession } from '../../sip/core/index.ts';
import type { Account } from '../registration/index.ts';
import { asksForAutoAnswer, mayAutoAnswer } from './answer-mode.ts';
import type { Call } from './call.ts';
import type { CallManagerEvents, CallManagerOptions } from './call-manager-options.ts';
import { forwardedFromOf } from './forwarding.ts';
import { ANSWER_IN_PERSON, IncomingCall, type AnswerOptions } from './incoming-call.ts';
import { decideIncoming, type IncomingDecision } from './incoming-policy.ts';
import type { LiveCalls } from './live-calls.ts';
import { remotePartyOf } from './remote-party.ts';
import { refuseReplacement, replaceCall } from './replacement.ts';
import { RingTone } from './ring-tone.ts';

export class IncomingCalls {
  readonly #options: CallManagerOptions;
  readonly #events: TypedEmitter<CallManagerEvents>;
  readonly #calls: LiveCalls;
  readonly #waiting = new Map<string, IncomingCall>();
  readonly #ring: RingTone;

  constructor(options: CallManagerOptions, events: TypedEmitter<CallManagerEvents>, calls: LiveCalls) {
    this.#options = options;
    this.#events = events;
    this.#calls = calls;
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
  async answer(incoming: IncomingCall, options: AnswerOptions = ANSWER_IN_PERSON): ReturnType<IncomingCall['answer']> {
    if (!options.isAway) this.#calls.holdOthers(incoming.call);
    const answered = await incoming.answer(options);
    if (answered.ok && !options.isAway) this.#events.emit('taken', incoming.call.info);
    return answered;
  }

  async #onInvite(invite: IncomingInvite): Promise<void> {
    const account = this.#options.accountOf(invite);
    if (invite.replaces) return this.#onReplacement(invite, invite.replaces, account);
    const decision = this.#decide(account);
    if (decision.kind === 'refuse' || !account) {
      if (decision.kind === 'refuse') invite.reject(decision.statusCode, { reasonPhrase: decision.reasonPhrase });
      return;
    }
    const call = this.#create(invite, account);
    const preparation = IncomingCall.prepare(call, invite, this.#calls.mediaOptions(account));
    const prepared = await this.#calls.table.whileEntering(call, preparation);
    if (!prepared.ok) {
      invite.reject(prepared.error);
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
    const { isDoNotDisturb, isAway, settings } = this.#options;
    return decideIncoming({
      accountId: account?.id,
      isDoNotDisturb: isDoNotDisturb(),
      isAway: isAway(),
      liveCalls: this.#calls.table.liveCount,
      maxCalls: settings.maxCalls,
    });
  }

  #create({ request, flow, from }: IncomingInvite, account: Account): Call {
    return this.#calls.create(account, {
      direction: 'incoming',
      remote: remotePartyOf(request, this.#options.isOwnServer(account.id, flow)),
      forwardedFrom: forwardedFromOf(request),
      claimed: from,
    });
  }

  #ringOrAnswer(incoming: IncomingCall, { request }: IncomingInvite, isSilent: boolean): void {
    const { settings, runtime } = this.#options;
    const { call } = incoming;
    const { autoAnswerAfterSec } = settings;
    if (!isSilent && autoAnswerAfterSec !== 0) this.#ring.update(this.#calls.list());
    if (asksForAutoAnswer(request) && mayAutoAnswer(call.info.remote, call.account.settings)) {
      void this.answer(incoming);
      return;
    }
    if (autoAnswerAfterSec === null) return;
    runtime.setTimer(autoAnswerAfterSec * 1000, () => {
      if (call.phase === 'ringing') void this.answer(incoming);
    });
  }

  /** RFC 3891 §3: the INVITE takes the place of a call that the user has already. */
  async #onReplacement(invite: IncomingInvite, replaced: InviteSession, account: Account | undefined): Promise<void> {
    const call = [...this.#calls.table.values()].find((candidate) => candidate.owns(replaced));
    const policy = this.#options.settings.acceptTransfers;
    const refusal = refuseReplacement(call, { accountId: account?.id, policy });
    if (refusal !== undefined || !call) {
      invite.reject(refusal ?? 481);
      return;
    }
    await replaceCall(
      call,
      invite,
      remotePartyOf(invite.request, this.#options.isOwnServer(call.account.id, invite.flow)),
      this.#calls.mediaOptions(call.account),
    );
  }
}
