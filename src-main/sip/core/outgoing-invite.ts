// An INVITE that we sent: what its responses make of it, CANCEL, the 2xx, PRACK. RFC 3261 §13.2, §9.1.
import { TypedEmitter } from '../../base/typed-emitter.ts';
import { Header, type NameAddress, type SipRequest, type SipResponse, type Uri } from '../syntax/index.ts';
import type { Flow } from '../transaction/index.ts';
import type { AccountIdentity } from './account-identity.ts';
import type { RouteSet } from './account-routes.ts';
import { bodyOf, putBody, type Body } from './body.ts';
import { putCapabilities, type CoreContext } from './core-context.ts';
import { callerDialog } from './dialog.ts';
import { InviteBranches } from './invite-branches.ts';
import { givenUp, inviteFailureOf, type InviteFailure, type OutgoingInviteEvents } from './invite-outcome.ts';
import type { InviteSession } from './invite-session.ts';
import { addExtraHeaders, newRequest, type ExtraHeaders } from './new-request.ts';
import type { RequestFailure } from './send-options.ts';
import type { SentRequest } from './sent-request.ts';
import { askAnswer, type AnswerOffer } from './session-events.ts';
import { putTimerRequest, raisedWish, readTimerAnswer, type SessionTimerWish } from './session-timer.ts';
import { SUPPORTED_OPTIONS } from './user-agent-settings.ts';

export interface InviteOptions {
  /** Request-URI and To. */
  readonly target: Uri;
  readonly account: AccountIdentity;
  /** The offer; without one the callee offers, and `answerOffer` makes the answer. */
  readonly offer?: Body;
  readonly answerOffer?: AnswerOffer;
  readonly headers?: ExtraHeaders;
  /** The INVITE whose 3xx is followed by this one, which keeps its To, From and Call-ID. RFC 3261 §8.1.3.4 */
  readonly redirectedFrom?: OutgoingInvite;
}

export interface OutgoingInviteOptions extends InviteOptions {
  readonly context: CoreContext;
  readonly from: NameAddress;
  readonly to: NameAddress;
  readonly callId: string;
  /** CSeq number to start with. */
  readonly sequence: number;
  /** Preloaded route sets, of which the first that leads to an answer is used. */
  readonly routeSets: readonly RouteSet[];
  /** Makes a session and enters its dialog into the table. */
  readonly openSession: (dialog: ReturnType<typeof callerDialog>, account: AccountIdentity) => InviteSession;
}

/** Made by `UserAgentCore.invite`. */
export class OutgoingInvite {
  readonly events: TypedEmitter<OutgoingInviteEvents>;
  readonly callId: string;
  readonly #options: OutgoingInviteOptions;
  readonly #branches: InviteBranches;
  #wish: SessionTimerWish;
  #sequence: number;
  #sent: SentRequest;
  #winner: InviteSession | undefined;
  #isCancelled = false;
  #isOver = false;

  constructor(options: OutgoingInviteOptions) {
    this.#options = options;
    this.callId = options.callId;
    this.#sequence = options.sequence;
    this.events = new TypedEmitter(options.context.logger);
    this.#branches = new InviteBranches({
      maxForks: options.context.settings.maxForks,
      open: (response) => options.openSession(callerDialog(this.request, response), options.account),
      giveUp: (headers) => this.cancel(headers),
    });
    const minSec = options.context.settings.minSessionExpiresSec;
    this.#wish = { expiresSec: options.account.sessionExpiresSec ?? 0, minSec };
    this.#sent = this.#send();
  }

  /** Whether a final outcome has been told. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** The INVITE as sent last. */
  get request(): SipRequest {
    return this.#sent.request;
  }

  /** Gives up. `failed` follows with kind `cancelled`, also when a 2xx crosses the CANCEL: it is ended with BYE. */
  cancel(headers: ExtraHeaders = []): void {
    if (this.#isOver || this.#isCancelled) return;
    this.#isCancelled = true;
    this.#sent.cancel((list) => headers.forEach(([name, value]) => list.append(name, value)));
  }

  #send(): SentRequest {
    const { context, target, account, from, to, routeSets, offer, headers } = this.#options;
    const request = newRequest({
      method: 'INVITE',
      requestUri: target,
      from,
      to,
      callId: this.callId,
      sequence: this.#sequence,
      routes: routeSets[0] ?? [],
    });
    const isReliableOff = account.reliableProvisional === 'off';
    const supported = SUPPORTED_OPTIONS.filter((option) => option !== '100rel' || !isReliableOff);
    putCapabilities(request, context, supported);
    if (account.reliableProvisional === 'required') request.headers.append('Require', '100rel');
    putTimerRequest(request, this.#wish);
    addExtraHeaders(request, headers);
    putBody(request, offer);
    return context.sender.send({
      request,
      nextHop: routeSets[0]?.[0]?.uri ?? target,
      routeSets,
      account,
      hasContact: true,
      nextSequence: () => ++this.#sequence,
      user: {
        onProvisional: (response, flow) => this.#onProvisional(response, flow),
        onFinal: (response, flow) => this.#onFinal(response, flow),
        onFailure: (failure) => this.#onFailure(failure),
      },
    });
  }

  #onProvisional(response: SipResponse, flow: Flow): void {
    if (response.statusCode === 100 || this.#isOver || this.#winner) return;
    const branch = response.to.tag === undefined ? undefined : this.#branches.of(response);
    branch?.session.noteRemote(response);
    const reliable = branch?.reliable.take(response);
    // RFC 3262 §4: a reliable response that repeats or skips a number is dropped
    if (reliable === undefined && response.headers.has('RSeq') && branch) return;
    if (reliable !== undefined && branch) {
      void this.#acknowledgeProvisional(branch.session, response, reliable).finally(() => branch.reliable.settle());
    }
    this.events.emit('progress', { response, session: branch?.session, body: bodyOf(response), flow });
  }

  /** RFC 3262 §4: PRACK within the early dialog; it carries the answer when the response carried the offer. */
  async #acknowledgeProvisional(session: InviteSession, response: SipResponse, sequence: number): Promise<void> {
    const offered = this.#options.offer ? undefined : bodyOf(response);
    const { logger } = this.#options.context;
    const onNoAnswer = (error: unknown): void => logger.error('no answer to an early offer', { error });
    const asked = offered && askAnswer(this.#options.answerOffer, offered);
    const answer = await asked?.catch(onNoAnswer);
    const { sequence: inviteSequence, method } = response.cseq;
    const rack: readonly [string, string] = ['RAck', `${sequence} ${inviteSequence} ${method}`];
    await session.request('PRACK', { headers: [rack], ...(answer && { body: answer }) });
  }

  #onFinal(response: SipResponse, flow: Flow): void {
    if (response.statusCode < 300) {
      this.#onSuccess(response, flow);
      return;
    }
    if (this.#isOver) return;
    if (response.statusCode === 422 && this.#retryWithLongerInterval(response)) return;
    this.#branches.endEarly();
    const { statusCode, reasonPhrase } = response;
    if (this.#isCancelled) {
      this.#fail({ kind: 'cancelled', statusCode, reasonPhrase, response });
      return;
    }
    if (statusCode >= 400) {
      this.#fail({ kind: 'rejected', statusCode, reasonPhrase, response });
      return;
    }
    this.#isOver = true;
    const contacts = response.headers.all(Header.Contact);
    this.events.emit('redirected', { statusCode, contacts, response });
  }

  #onSuccess(response: SipResponse, flow: Flow): void {
    const branch = this.#branches.of(response);
    if (!branch) return;
    const { session } = branch;
    // RFC 3261 §13.2.2.4: a 2xx that comes again is acknowledged again
    if (branch.hasAnswered) {
      session.acks.repeat(response.cseq.sequence);
      return;
    }
    branch.hasAnswered = true;
    session.dialog.confirm(response);
    session.dialog.noteLocalSequence(this.request.cseq.sequence);
    session.noteRemote(response);
    session.confirm(this.#options.offer);
    // RFC 3261 §13.2.2.4, §15: a further branch, and a call that was given up, is acknowledged and ended with BYE
    if (this.#winner || this.#isCancelled) void this.#dismiss(session);
    else this.#win(session, response, flow);
  }

  #win(session: InviteSession, response: SipResponse, flow: Flow): void {
    this.#winner = session;
    this.#isOver = true;
    const body = bodyOf(response);
    const { offer, answerOffer } = this.#options;
    void session.acks.send(this.request, offer || !body ? undefined : askAnswer(answerOffer, body));
    session.timer.restart(readTimerAnswer(response));
    this.#branches.endEarly(session);
    this.events.emit('answered', { session, response, body, flow });
  }

  async #dismiss(session: InviteSession): Promise<void> {
    await session.acks.send(this.request);
    // RFC 3326 §2: a phone that answered too late is told that another one has the call
    session.bye(this.#winner ? [['Reason', 'SIP;cause=200;text="Call completed elsewhere"']] : []);
    if (!this.#winner) this.#fail(givenUp());
  }

  /** RFC 4028 §7.3: the same INVITE with the interval that the 422 asks for. */
  #retryWithLongerInterval(response: SipResponse): boolean {
    const wish = this.#wish.expiresSec > 0 ? raisedWish(response, this.#wish) : undefined;
    if (!wish || this.#isCancelled) return false;
    this.#wish = wish;
    this.#sequence++;
    this.#branches.clear();
    this.#sent = this.#send();
    return true;
  }

  #onFailure(failure: RequestFailure): void {
    if (this.#isOver) return;
    this.#branches.endEarly();
    this.#fail(inviteFailureOf(failure, this.#isCancelled));
  }

  #fail(failure: InviteFailure): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.events.emit('failed', failure);
  }
}
