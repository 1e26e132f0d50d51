// Call transfer: REFER within a session and the NOTIFYs that report on it. RFC 3515, RFC 3420, RFC 5589.
import type { Timer } from '../../../base/runtime.ts';
import { TypedEmitter } from '../../../base/typed-emitter.ts';
import {
  textBody,
  type ExtraHeaders,
  type IncomingRequest,
  type InviteSession,
  type UserAgentCore,
} from '../../core/index.ts';
import {
  formatNameAddress,
  Header,
  NameAddress,
  Parameters,
  SipUri,
  type ReplacesValue,
  type Uri,
} from '../../syntax/index.ts';
import { readReferReport } from './refer-report.ts';

const SIPFRAG = 'message/sipfrag;version=2.0';

/** RFC 3515 §2.4.4: how long the referee may take before we stop waiting for NOTIFYs. */
const NOTIFY_LIMIT_MS = 180_000;

/** Refer-To for a transfer after consultation: the target is to replace `session` of ours with it. RFC 5589 §7.3 */
export function referToReplacing(session: InviteSession): Uri {
  const { callId, localTag, remoteTag } = session.dialog.id;
  const target = session.dialog.remoteTarget;
  if (target.kind !== 'sip') return target;
  const replaces: ReplacesValue = { callId, toTag: remoteTag, fromTag: localTag, isEarlyOnly: false };
  return target.with({ headers: Parameters.of({ Replaces: Header.Replaces.format(replaces) }) });
}

export interface OutgoingReferEvents {
  /** A status line of the referee's call; `isFinal` when nothing follows. */
  progress: { readonly statusCode: number; readonly reasonPhrase: string; readonly isFinal: boolean };
  /** The REFER was refused, or the referee fell silent. Nothing follows. */
  failed: { readonly statusCode: number; readonly reason: string };
}

/** A REFER that we send. */
export class OutgoingRefer {
  readonly events: TypedEmitter<OutgoingReferEvents>;
  readonly #stopListening: () => void;
  readonly #limit: Timer;
  #isAccepted = false;
  #isOver = false;

  constructor(core: UserAgentCore, session: InviteSession, target: Uri) {
    this.events = new TypedEmitter(core.logger);
    const stops = [
      session.events.on('notify', (notify) => this.#onNotify(notify)),
      session.events.on('ended', () => this.#onSessionEnded()),
    ];
    this.#stopListening = () => stops.forEach((stop) => stop());
    this.#limit = core.runtime.setTimer(NOTIFY_LIMIT_MS, () => this.#fail(408, 'no report on the transfer'), true);
    void this.#send(session, target);
  }

  async #send(session: InviteSession, target: Uri): Promise<void> {
    const { local } = session.dialog;
    const headers: ExtraHeaders = [
      ['Refer-To', formatNameAddress({ uri: target })],
      ['Referred-By', formatNameAddress(new NameAddress({ uri: local.uri }))],
    ];
    const result = await session.request('REFER', { headers, hasContact: true });
    if (!result.ok) {
      this.#fail(result.error.kind === 'timeout' ? 408 : 503, result.error.message);
      return;
    }
    const { statusCode, reasonPhrase, headers: answered } = result.value;
    if (statusCode >= 300) {
      this.#fail(statusCode, reasonPhrase);
      return;
    }
    this.#isAccepted = true;
    // RFC 4488 §4: a referee that made no subscription says so, and no NOTIFY will come
    if (answered.first('Refer-Sub')?.trim().toLowerCase() === 'false') this.#succeed(statusCode, reasonPhrase);
  }

  /** RFC 5589 §6.1: a referee that took the REFER may hang up before it reports. */
  #onSessionEnded(): void {
    if (this.#isAccepted) this.#succeed(202, 'Accepted');
    else this.#fail(481, 'the call ended');
  }

  #succeed(statusCode: number, reasonPhrase: string): void {
    if (this.#isOver) return;
    this.#finish();
    this.events.emit('progress', { statusCode, reasonPhrase, isFinal: true });
  }

  /** RFC 3515 §2.4.5: each NOTIFY carries a status line; the last says that the subscription is terminated. */
  #onNotify(notify: IncomingRequest): void {
    const report = this.#isOver ? undefined : readReferReport(notify);
    if (!report) return;
    notify.respond(200);
    const { status, isTerminated } = report;
    if (!status) {
      if (isTerminated) this.#fail(500, 'the report cannot be read');
      return;
    }
    this.#isAccepted = true;
    const isFinal = isTerminated || status.statusCode >= 200;
    if (isFinal) this.#finish();
    this.events.emit('progress', { ...status, isFinal });
  }

  #fail(statusCode: number, reason: string): void {
    if (this.#isOver) return;
    this.#finish();
    this.events.emit('failed', { statusCode, reason });
  }

  #finish(): void {
    this.#isOver = true;
    this.#limit.cancel();
    this.#stopListening();
  }
}

/** A REFER that came, in the words of a feature. */
export class IncomingRefer {
  readonly referTo: NameAddress;
  readonly referredBy: NameAddress | undefined;
  /** The session that the new call is to replace, when Refer-To says so; malformed ones are left out. */
  readonly replaces: ReplacesValue | undefined;
  readonly #request: IncomingRequest;
  readonly #session: InviteSession;
  #isReportWanted = true;

  private constructor(request: IncomingRequest, session: InviteSession, referTo: NameAddress) {
    this.#request = request;
    this.#session = session;
    this.referTo = referTo;
    this.referredBy = request.request.headers.get(Header.ReferredBy);
    const replaces = referTo.uri instanceof SipUri ? referTo.uri.headers.get('Replaces') : undefined;
    this.replaces = replaces === undefined ? undefined : Header.Replaces.parse(replaces);
  }

  /** RFC 3892 §2.2, RFC 3891 §3: what the INVITE to the target carries on from the REFER. */
  get inviteHeaders(): ExtraHeaders {
    return [
      ...(this.referredBy ? [['Referred-By', formatNameAddress(this.referredBy)] as const] : []),
      ...(this.replaces ? [['Replaces', Header.Replaces.format(this.replaces)] as const] : []),
    ];
  }

  /** From a session's `refer` event; a REFER without one readable Refer-To is refused with 400. RFC 3515 §2.4.2 */
  static take(request: IncomingRequest, session: InviteSession): IncomingRefer | undefined {
    const referTo = request.request.headers.get(Header.ReferTo);
    if (referTo && request.request.headers.raw('Refer-To').length === 1) {
      return new IncomingRefer(request, session, referTo);
    }
    request.respond(400);
    return undefined;
  }

  /** RFC 3515 §2.4.4, RFC 4488 §4: 202 and a first NOTIFY, unless the peer wants none. */
  accept(): void {
    this.#isReportWanted = this.#request.request.headers.first('Refer-Sub')?.trim().toLowerCase() !== 'false';
    this.#request.respond(202, this.#isReportWanted ? {} : { headers: [['Refer-Sub', 'false']] });
    this.report(100, 'Trying');
  }

  reject(statusCode = 603): void {
    this.#request.respond(statusCode);
  }

  /** Tells the peer how the new call is doing; a final status ends the reports. */
  report(statusCode: number, reasonPhrase: string): void {
    if (!this.#isReportWanted || this.#session.state === 'ended') return;
    const isFinal = statusCode >= 200;
    if (isFinal) this.#isReportWanted = false;
    const state = isFinal ? 'terminated;reason=noresource' : 'active;expires=180';
    void this.#session.request('NOTIFY', {
      headers: [
        ['Event', 'refer'],
        ['Subscription-State', state],
      ],
      body: textBody(SIPFRAG, `SIP/2.0 ${statusCode} ${reasonPhrase.replace(/[\r\n]+/g, ' ')}\r\n`),
      hasContact: true,
    });
  }
}
