// An INVITE that we got: ringing, progress, the answer, and the ways to end before it. RFC 3261 §13.3, §9.2; RFC 3262 §3.
import type { Timer } from '../../base/runtime.ts';
import { TypedEmitter } from '../../base/typed-emitter.ts';
import {
  buildResponse,
  Header,
  type NameAddress,
  type SipRequest,
  type SipResponse,
  type Uri,
} from '../syntax/index.ts';
import type { Flow, ServerTransaction } from '../transaction/index.ts';
import { putBody, sessionBodyOf, type Body } from './body.ts';
import { contactFor } from './contact.ts';
import { putCapabilities, type CoreContext } from './core-context.ts';
import type { ResponseParts } from './incoming-request.ts';
import type { InviteSession } from './invite-session.ts';
import { addExtraHeaders, type ExtraHeaders } from './new-request.ts';
import { hasOption, ReliableProvisionals } from './reliable-provisionals.ts';
import { wantsSecuredContact } from './secured-uris.ts';
import { answerTimer } from './session-timer.ts';
import { SUPPORTED_OPTIONS } from './user-agent-settings.ts';

export interface IncomingInviteEvents {
  /** The caller gave up before the answer; `request` is its CANCEL or BYE, absent when the INVITE expired. */
  cancelled: { readonly request: SipRequest | undefined };
  /** The ACK came; `body` is the answer to an offer in our 2xx. */
  confirmed: { readonly session: InviteSession; readonly body: Body | undefined };
  /** A reliable provisional response was not acknowledged; the caller has been refused. */
  failed: { readonly reason: string };
}

export interface IncomingInviteOptions {
  readonly context: CoreContext;
  readonly transaction: ServerTransaction;
  readonly session: InviteSession;
  /** The session that this call is to replace (RFC 3891), or to join (RFC 3911). */
  readonly meant: { readonly replaces?: InviteSession; readonly joins?: InviteSession };
  readonly onOver: (invite: IncomingInvite) => void;
}

/** RFC 3261 §13.3.1.1: a provisional response every minute keeps proxies from giving up. */
const REPEAT_PROVISIONAL_MS = 60_000;

/** Answered once by `accept`, `reject` or `redirect`; what comes later is ignored. */
export class IncomingInvite {
  readonly events: TypedEmitter<IncomingInviteEvents>;
  readonly request: SipRequest;
  /** The way that the INVITE came. */
  readonly flow: Flow;
  readonly session: InviteSession;
  readonly replaces: InviteSession | undefined;
  readonly joins: InviteSession | undefined;
  /** The offer; without one `accept` carries ours, and the answer comes with `confirmed`. */
  readonly body: Body | undefined;
  readonly #context: CoreContext;
  readonly #transaction: ServerTransaction;
  readonly #onOver: (invite: IncomingInvite) => void;
  readonly #reliable: ReliableProvisionals;
  #lastProvisional: SipResponse | undefined;
  #repeat: Timer | undefined;
  #expiry: Timer | undefined;
  #isOver = false;

  constructor({ context, transaction, session, meant, onOver }: IncomingInviteOptions) {
    this.#context = context;
    this.#transaction = transaction;
    this.#onOver = onOver;
    this.request = transaction.request;
    this.flow = transaction.flow;
    this.body = sessionBodyOf(transaction.request);
    this.session = session;
    this.replaces = meant.replaces;
    this.joins = meant.joins;
    this.events = new TypedEmitter(context.logger);
    this.#reliable = new ReliableProvisionals({
      runtime: context.runtime,
      timers: context.timers,
      transaction,
      onGiveUp: () => this.#giveUpUnacknowledged(),
    });
    session.setOwner({
      giveUp: (headers) => this.reject(480, { headers }),
      onEarlyBye: (bye) => this.onCancel(bye),
      onPrack: (prack) => this.#reliable.acknowledge(prack),
    });
    session.noteRemote(this.request);
    this.#watchExpiry();
  }

  get from(): NameAddress {
    return this.request.from;
  }

  get to(): NameAddress {
    return this.request.to;
  }

  get remoteUri(): Uri {
    return this.request.from.uri;
  }

  /** Whether it has been answered, refused or given up. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** 180. */
  ring(headers: ExtraHeaders = []): void {
    this.progress({ statusCode: 180, headers });
  }

  /** A provisional response, 183 unless named; a body makes early media. */
  progress({ statusCode = 183, ...parts }: ResponseParts & { readonly statusCode?: number } = {}): void {
    if (this.#isOver || statusCode <= 100 || statusCode >= 200) return;
    const response = this.#response(statusCode, parts);
    if (this.#isReliable()) {
      this.#reliable.send(response);
      return;
    }
    this.#lastProvisional = response;
    this.#transaction.respond(response);
    this.#repeatLater();
  }

  /** 200 with the answer, or with our offer; it is held back while a reliable provisional waits for its PRACK. */
  accept(body?: Body, headers: ExtraHeaders = []): void {
    if (this.#isOver) return;
    this.#finish();
    this.#reliable.whenAcknowledged(() => {
      if (this.session.state !== 'early') return;
      const response = this.#response(200, { headers, ...(body && { body }) });
      this.session.timer.restart(answerTimer(this.request, response, this.session.timerWish));
      this.session.confirm(body);
      this.session.sendSuccess(this.#transaction, response, (answer) => {
        if (this.session.state === 'confirmed') this.events.emit('confirmed', { session: this.session, body: answer });
      });
    });
  }

  /** Any final response from 400. */
  reject(statusCode: number, parts: ResponseParts = {}): void {
    if (statusCode < 400) return;
    this.#refuse(this.#plainResponse(statusCode, parts), 'local');
  }

  /** RFC 3261 §8.3: 302, or another of its class, with the addresses to try instead. */
  redirect(contacts: readonly NameAddress[], statusCode = 302): void {
    if (statusCode < 300 || statusCode > 399) return;
    const response = this.#plainResponse(statusCode, {});
    response.headers.put(Header.Contact, ...contacts);
    this.#refuse(response, 'local');
  }

  /** RFC 3261 §9.2, §15.1.2: the caller gave up by CANCEL, or by BYE in the early dialog. */
  onCancel(request: SipRequest | undefined): void {
    if (this.session.state !== 'early') return;
    this.#refuse(this.#plainResponse(487, {}), 'remote', true);
    this.events.emit('cancelled', { request });
  }

  #isReliable(): boolean {
    if (hasOption(this.request, 'Require', '100rel')) return true;
    const isWanted = this.session.account.reliableProvisional === 'required';
    return isWanted && hasOption(this.request, 'Supported', '100rel');
  }

  #giveUpUnacknowledged(): void {
    // RFC 3262 §3: the INVITE is refused with a 5xx when no PRACK comes
    this.#refuse(this.#plainResponse(504, {}), 'local', true);
    this.events.emit('failed', { reason: 'no PRACK' });
  }

  /** A response that makes or keeps the early dialog. */
  #response(statusCode: number, parts: ResponseParts): SipResponse {
    const response = this.#plainResponse(statusCode, parts);
    // RFC 3261 §12.1.1: Record-Route is copied, and Contact says where we are
    response.headers.copyFrom(this.request.headers, 'Record-Route');
    const isSecured = wantsSecuredContact(this.request, this.flow);
    response.headers.put(Header.Contact, contactFor(this.#context, this.flow, this.session.account, isSecured));
    putCapabilities(response, this.#context, SUPPORTED_OPTIONS);
    return response;
  }

  #plainResponse(statusCode: number, { reasonPhrase, headers, body }: ResponseParts): SipResponse {
    const { localTag } = this.session.dialog.id;
    const response = buildResponse(this.request, statusCode, reasonPhrase, { toTag: localTag });
    response.headers.set('Server', this.#context.settings.userAgent);
    addExtraHeaders(response, headers);
    putBody(response, body);
    return response;
  }

  #refuse(response: SipResponse, by: 'local' | 'remote', isForced = false): void {
    if (this.#isOver && !isForced) return;
    this.#finish();
    this.#reliable.stop();
    this.#transaction.respond(response);
    this.session.endEarly({ by, reason: `${response.statusCode} ${response.reasonPhrase}` });
  }

  #finish(): void {
    this.#isOver = true;
    this.#repeat?.cancel();
    this.#expiry?.cancel();
    this.#onOver(this);
  }

  #repeatLater(): void {
    this.#repeat?.cancel();
    this.#repeat = this.#context.runtime.setTimer(REPEAT_PROVISIONAL_MS, () => {
      if (this.#lastProvisional) this.#transaction.respond(this.#lastProvisional);
      this.#repeatLater();
    });
  }

  /** RFC 3261 §13.3.1: an INVITE that is not answered before its Expires is refused with 487. */
  #watchExpiry(): void {
    const expiresSec = this.request.headers.get(Header.Expires);
    if (expiresSec === undefined || expiresSec === 0 || expiresSec > 86_400) return;
    this.#expiry = this.#context.runtime.setTimer(expiresSec * 1000, () => this.onCancel(undefined));
  }
}
