// Transfer as the peer asks us for it: only with the user's word or a rule, then INVITE and reports. RFC 3515 §2.4, RFC 3892.
import type { Timer } from '../../../base/runtime.ts';
import { err, ok, type Result } from '../../../base/result.ts';
import { Parameters, reasonPhraseOf, SipUri } from '../../../sip/syntax/index.ts';
import type { ExtraHeaders } from '../../../sip/core/index.ts';
import { IncomingRefer } from '../../../sip/usage/index.ts';
import { plainAddress } from '../../registration/index.ts';
import type { Call, CallEvents } from '../call.ts';
import type { CallFailure } from '../call-info.ts';
import { referredStatusOf } from './referred-call.ts';

/** Who decides on a transfer that a peer asks for. */
export type TransferPolicy = 'ask' | 'always' | 'never';

export interface TransferRequestOptions {
  readonly policy: TransferPolicy;
  /** Places the call to the target; undefined when the phone has no room for it. */
  readonly dial: (from: Call, target: SipUri, headers: ExtraHeaders) => Call | undefined;
}

/** How long the user may think; the subscription that REFER made lasts longer. */
const QUESTION_LIMIT_MS = 90_000;

interface Question {
  readonly refer: IncomingRefer;
  readonly target: SipUri;
  readonly limit: Timer;
}

/** One question a call at most, so that a peer cannot pile them up. */
export class TransferRequests {
  readonly #options: TransferRequestOptions;
  readonly #questions = new Map<Call, Question>();

  constructor(options: TransferRequestOptions) {
    this.#options = options;
  }

  /** A REFER within a call. */
  take(call: Call, { refer: request, session }: CallEvents['refer']): void {
    const { policy } = this.#options;
    const refer = IncomingRefer.take(request, session);
    if (!refer) return;
    const { uri } = refer.referTo;
    const method = uri instanceof SipUri ? uri.parameters.get('method') : undefined;
    // RFC 3515 §2.4.2: what is not a call that we could place is refused before anybody is asked
    if (!(uri instanceof SipUri) || (method !== undefined && method.toUpperCase() !== 'INVITE')) {
      refer.reject(uri instanceof SipUri ? 603 : 416);
      return;
    }
    if (policy === 'never' || call.phase !== 'connected' || this.#questions.has(call)) {
      refer.reject(603);
      return;
    }
    refer.accept();
    const target = uri.with({ headers: Parameters.none }).withoutParameter('method');
    // RFC 5630 §5.1.1.3: a secured call does not become an unsecured one by a rule, only by the user's word
    const isDowngrade = session.dialog.isSecured && !target.isSecure;
    if (policy === 'always' && !isDowngrade) this.#go(call, refer, target);
    else this.#ask(call, refer, target);
  }

  accept(call: Call): Result<{ readonly callId: string }, CallFailure> {
    const question = this.#settle(call);
    if (!question) return NO_QUESTION;
    const next = this.#go(call, question.refer, question.target);
    return next ? ok({ callId: next.id }) : err({ code: 'busy', message: 'There are too many calls already.' });
  }

  decline(call: Call): Result<undefined, CallFailure> {
    const question = this.#settle(call);
    if (!question) return NO_QUESTION;
    question.refer.report(603, 'Decline');
    return ok(undefined);
  }

  /** The call is over: there is nothing left to ask. */
  forget(call: Call): void {
    this.#settle(call);
  }

  #ask(call: Call, refer: IncomingRefer, target: SipUri): void {
    const limit = call.runtime.setTimer(QUESTION_LIMIT_MS, () => void this.decline(call), true);
    this.#questions.set(call, { refer, target, limit });
    const referredBy = refer.referredBy ? plainAddress(refer.referredBy.uri) : call.info.remote.address;
    call.update({ transferRequest: { target: plainAddress(target), referredBy } });
  }

  #settle(call: Call): Question | undefined {
    const question = this.#questions.get(call);
    if (!question) return undefined;
    question.limit.cancel();
    this.#questions.delete(call);
    call.update({ transferRequest: undefined });
    return question;
  }

  #go(call: Call, refer: IncomingRefer, target: SipUri): Call | undefined {
    const next = this.#options.dial(call, target, refer.inviteHeaders);
    if (next) reportOn(next, refer);
    else refer.report(486, 'Busy Here');
    return next;
  }
}

/** RFC 3515 §2.4.5: tells the one who asked how the new call goes. */
function reportOn(next: Call, refer: IncomingRefer): void {
  let lastPhase = next.phase;
  const stop = next.events.on('changed', (info) => {
    if (info.phase === lastPhase) return;
    lastPhase = info.phase;
    const statusCode = referredStatusOf(info);
    if (statusCode === undefined) return;
    if (statusCode >= 200) stop();
    refer.report(statusCode, reasonPhraseOf(statusCode));
  });
}

const NO_QUESTION = err({
  code: 'wrongState',
  message: 'Nobody asks to transfer this call.',
} as const satisfies CallFailure);
