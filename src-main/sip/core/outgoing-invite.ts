// An INVITE that we sent: early dialogs of its branches, CANCEL, the 2xx, and the ways to fail. RFC 3261 §13.2, §9.1.
import { TypedEmitter } from '../../base/typed-emitter.ts';
import { Header, type NameAddress, type SipRequest, type SipResponse, type Uri } from '../syntax/index.ts';
import type { Flow } from '../transaction/index.ts';
import type { AccountIdentity } from './account-identity.ts';
import type { RouteSet } from './account-routes.ts';
import { bodyOf, putBody, type Body } from './body.ts';
import { putCapabilities, type CoreContext } from './core-context.ts';
import { callerDialog } from './dialog.ts';
import type { InviteSession } from './invite-session.ts';
import { addExtraHeaders, newRequest, type ExtraHeaders } from './new-request.ts';
import { ReliableProvisionalReceiver } from './reliable-provisionals.ts';
import type { RequestFailure, SentRequest } from './sent-request.ts';
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

/** `auth`: credentials refused or missing; `rejected`: any other final response. */
export type InviteFailureKind = 'rejected' | 'timeout' | 'transport' | 'cancelled' | 'auth';

export interface InviteFailure {
  readonly kind: InviteFailureKind;
  /** The response's, or what RFC 3261 §8.1.3.1 puts in the place of a missing one: 408, 503, 487. */
  readonly statusCode: number;
  readonly reasonPhrase: string;
  readonly response?: SipResponse;
}

export interface OutgoingInviteEvents {
  /** A provisional response beyond 100; `session` is early, and undefined for a response without a To tag. */
  progress: {
    readonly response: SipResponse;
    readonly session: InviteSession | undefined;
    readonly body: Body | undefined;
    readonly flow: Flow;
  };
  /** The first 2xx; `body` is the answer, or the offer that `answerOffer` was asked to answer. */
  answered: {
    readonly session: InviteSession;
    readonly response: SipResponse;
    readonly body: Body | undefined;
    readonly flow: Flow;
  };
  /** 3xx; whether to call `contacts` is the user's choice. Nothing follows. */
  redirected: {
    readonly statusCode: number;
    readonly contacts: readonly NameAddress[];
    readonly response: SipResponse;
  };
  /** Nothing follows. */
  failed: InviteFailure;
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

interface Branch {
  readonly session: InviteSession;
  readonly reliable: ReliableProvisionalReceiver;
  /** Its 2xx has come. */
  hasAnswered: boolean;
}

/** Made by `UserAgentCore.invite`. */
export class OutgoingInvite {
  readonly events: TypedEmitter<OutgoingInviteEvents>;
  readonly callId: string;
  readonly #options: OutgoingInviteOptions;
  readonly #branches = new Map<string, Branch>();
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

  // ---- branches ----

  /** RFC 3261 §12.1: each To tag is a dialog of its own. */
  #branch(response: SipResponse): Branch | undefined {
    const tag = response.to.tag ?? '';
    const known = this.#branches.get(tag);
    // A branch that was not chosen may still be answered by a 2xx, which makes its dialog anew.
    if (known && (known.hasAnswered || known.session.state === 'early' || response.statusCode < 200)) return known;
    if (known) this.#branches.delete(tag);
    const { context, account, openSession } = this.#options;
    if (this.#branches.size >= context.settings.maxForks && !this.#makeRoom(response)) return undefined;
    const dialog = callerDialog(this.request, response);
    const branch = {
      session: openSession(dialog, account),
      reliable: new ReliableProvisionalReceiver(),
      hasAnswered: false,
    };
    branch.session.setOwner({
      giveUp: (headers) => this.cancel(headers),
      onEarlyBye: (bye) => branch.session.endEarly({ by: 'remote', reason: 'BYE', request: bye }),
      onPrack: () => false,
    });
    this.#branches.set(tag, branch);
    return branch;
  }

  /** RFC 3261 §13.2.2.4: every 2xx is acknowledged, so early dialogs without end must not keep it out. */
  #makeRoom({ isSuccess }: SipResponse): boolean {
    const [tag, branch] = [...this.#branches].find(([, { hasAnswered }]) => isSuccess && !hasAnswered) ?? [];
    if (tag === undefined || !branch) return false;
    branch.session.endEarly({ by: 'remote', reason: 'not chosen' });
    return this.#branches.delete(tag);
  }

  #endOtherBranches(winner?: InviteSession): void {
    for (const { session } of this.#branches.values()) {
      if (session !== winner && session.state === 'early') session.endEarly({ by: 'remote', reason: 'not chosen' });
    }
  }

  // ---- responses ----

  #onProvisional(response: SipResponse, flow: Flow): void {
    if (response.statusCode === 100 || this.#isOver || this.#winner) return;
    const branch = response.to.tag === undefined ? undefined : this.#branch(response);
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
    this.#endOtherBranches();
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
    const branch = this.#branch(response);
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
    this.#endOtherBranches(session);
    this.events.emit('answered', { session, response, body, flow });
  }

  async #dismiss(session: InviteSession): Promise<void> {
    await session.acks.send(this.request);
    // RFC 3326 §2: a phone that answered too late is told that another one has the call
    session.bye(this.#winner ? [['Reason', 'SIP;cause=200;text="Call completed elsewhere"']] : []);
    if (!this.#winner) this.#fail({ kind: 'cancelled', statusCode: 487, reasonPhrase: 'Request Terminated' });
  }

  /** RFC 4028 §7.3: the same INVITE with the interval that the 422 asks for. */
  #retryWithLongerInterval(response: SipResponse): boolean {
    const wish = this.#wish.expiresSec > 0 ? raisedWish(response, this.#wish) : undefined;
    if (!wish || this.#isCancelled) return false;
    this.#wish = wish;
    this.#sequence++;
    this.#endOtherBranches();
    this.#branches.clear();
    this.#sent = this.#send();
    return true;
  }

  // ---- failures ----

  #onFailure(failure: RequestFailure): void {
    if (this.#isOver) return;
    this.#endOtherBranches();
    const { response } = failure;
    if (response && failure.kind === 'auth') {
      const { statusCode, reasonPhrase } = response;
      this.#fail({ kind: 'auth', statusCode, reasonPhrase, response });
      return;
    }
    if (this.#isCancelled || failure.kind === 'cancelled') {
      this.#fail({ kind: 'cancelled', statusCode: 487, reasonPhrase: 'Request Terminated' });
      return;
    }
    // RFC 3261 §8.1.3.1: a time-out counts as 408, a transport error as 503
    if (failure.kind === 'timeout') {
      this.#fail({ kind: 'timeout', statusCode: 408, reasonPhrase: failure.message });
      return;
    }
    this.#fail({ kind: 'transport', statusCode: 503, reasonPhrase: failure.message });
  }

  #fail(failure: InviteFailure): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.events.emit('failed', failure);
  }
}
