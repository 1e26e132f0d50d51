// Call transfer: REFER within a session and the NOTIFYs that report on it. RFC 3515, RFC 3420, RFC 5589.
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
import { ReferProgress } from './refer-progress.ts';
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

/** A REFER that we send. */
export class OutgoingRefer {
  readonly #progress: ReferProgress;
  #isAccepted = false;

  constructor(core: UserAgentCore, session: InviteSession, target: Uri) {
    const stops = [
      session.events.on('notify', (notify) => this.#onNotify(notify)),
      session.events.on('ended', () => this.#onSessionEnded()),
    ];
    this.#progress = new ReferProgress(core, NOTIFY_LIMIT_MS, () => stops.forEach((stop) => stop()));
    void this.#send(session, target);
  }

  get events(): ReferProgress['events'] {
    return this.#progress.events;
  }

  async #send(session: InviteSession, target: Uri): Promise<void> {
    const { local } = session.dialog;
    const headers: ExtraHeaders = [
      ['Refer-To', formatNameAddress({ uri: target })],
      ['Referred-By', formatNameAddress(new NameAddress({ uri: local.uri }))],
    ];
    if (this.#progress.answered(await session.request('REFER', { headers, hasContact: true }))) this.#isAccepted = true;
  }

  /** RFC 5589 §6.1: a referee that took the REFER may hang up before it reports. */
  #onSessionEnded(): void {
    if (this.#isAccepted) this.#progress.succeed(202, 'Accepted');
    else this.#progress.fail(481, 'the call ended');
  }

  #onNotify(notify: IncomingRequest): void {
    const report = this.#progress.isOver ? undefined : readReferReport(notify);
    if (!report) return;
    notify.respond(200);
    if (report.status) this.#isAccepted = true;
    this.#progress.report(report);
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
