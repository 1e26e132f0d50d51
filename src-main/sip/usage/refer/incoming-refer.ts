// A REFER that came, within a session or outside any, in the words of a feature. RFC 3515 §2.4.2, RFC 3892, RFC 4488 §4.
import type { AccountIdentity, ExtraHeaders, IncomingRequest, InviteSession, UserAgentCore } from '../../core/index.ts';
import { formatNameAddress, Header, SipUri, type NameAddress, type ReplacesValue } from '../../syntax/index.ts';
import { SessionReports, type ReferReports } from './refer-reports.ts';
import { ReferSubscription } from './refer-subscription.ts';

interface Parts {
  readonly request: IncomingRequest;
  readonly referTo: NameAddress;
  /** Undefined when there is no room for one more subscription. */
  readonly openReports: () => ReferReports | undefined;
  /** Whose dialog the 202 makes; absent where the dialog is there already. */
  readonly dialogAccount?: AccountIdentity;
}

export class IncomingRefer {
  readonly referTo: NameAddress;
  readonly referredBy: NameAddress | undefined;
  /** The session that the new call is to replace, when Refer-To says so; malformed ones are left out. */
  readonly replaces: ReplacesValue | undefined;
  readonly #parts: Parts;
  #reports: ReferReports | undefined;

  private constructor(parts: Parts) {
    const { request, referTo } = parts;
    this.#parts = parts;
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

  /** From a session's `refer` event; a REFER without one readable Refer-To is refused with 400. */
  static take(request: IncomingRequest, session: InviteSession): IncomingRefer | undefined {
    return IncomingRefer.#read(request, { openReports: () => new SessionReports(session) });
  }

  /** Outside any dialog: acceptance makes one, by which the reports go. */
  static takeOutside(
    request: IncomingRequest,
    core: UserAgentCore,
    account: AccountIdentity,
  ): IncomingRefer | undefined {
    return IncomingRefer.#read(request, {
      openReports: () => ReferSubscription.open(core, request, account),
      dialogAccount: account,
    });
  }

  /** RFC 3515 §2.4.2: exactly one Refer-To, else 400. */
  static #read(request: IncomingRequest, parts: Omit<Parts, 'request' | 'referTo'>): IncomingRefer | undefined {
    const referTo = request.request.headers.get(Header.ReferTo);
    if (referTo && request.request.headers.raw('Refer-To').length === 1) {
      return new IncomingRefer({ request, referTo, ...parts });
    }
    request.respond(400);
    return undefined;
  }

  /** 202 and a first NOTIFY, unless the peer wants none; false when the reports would be one too many. RFC 3515 §2.4.4 */
  accept(): boolean {
    const { request, openReports, dialogAccount } = this.#parts;
    // RFC 4488 §4: a peer that wants no subscription is told that there is none
    const isReportWanted = request.request.headers.first('Refer-Sub')?.trim().toLowerCase() !== 'false';
    this.#reports = isReportWanted ? openReports() : undefined;
    if (isReportWanted && !this.#reports) {
      request.respond(503, { headers: [['Retry-After', '60']] });
      return false;
    }
    request.respond(202, {
      ...(!isReportWanted && { headers: [['Refer-Sub', 'false']] }),
      ...(dialogAccount && { dialogAccount }),
    });
    this.report(100, 'Trying');
    return true;
  }

  reject(statusCode = 603): void {
    this.#parts.request.respond(statusCode);
  }

  /** Tells the peer how the new call is doing; a final status ends the reports. */
  report(statusCode: number, reasonPhrase: string): void {
    const reports = this.#reports;
    const isFinal = statusCode >= 200;
    if (isFinal) this.#reports = undefined;
    reports?.tell({ statusCode, reasonPhrase, isFinal });
  }
}
