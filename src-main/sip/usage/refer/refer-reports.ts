// The NOTIFYs by which we report on a call that we were asked for, within a session. RFC 3515 §2.4.5, RFC 3420 §2.
import { textBody, type Body, type InviteSession } from '../../core/index.ts';

const SIPFRAG = 'message/sipfrag;version=2.0';

export interface ReportedStatus {
  readonly statusCode: number;
  readonly reasonPhrase: string;
  readonly isFinal: boolean;
}

/** Where reports go. After a final one nothing follows. */
export interface ReferReports {
  tell(status: ReportedStatus): void;
}

/** RFC 3515 §2.4.5: a status line as a message fragment; what a peer wrote into the phrase stays in its line. */
export const sipfragOf = ({ statusCode, reasonPhrase }: ReportedStatus): Body =>
  textBody(SIPFRAG, `SIP/2.0 ${statusCode} ${reasonPhrase.replace(/[\r\n]+/g, ' ')}\r\n`);

/** Through the dialog of the call in which the REFER came. */
export class SessionReports implements ReferReports {
  readonly #session: InviteSession;
  readonly #waiting: ReportedStatus[] = [];
  #isSending = false;

  constructor(session: InviteSession) {
    this.#session = session;
  }

  /** RFC 6665 §4.2.2: one at a time, so that none overtakes the one before it. */
  tell(status: ReportedStatus): void {
    this.#waiting.push(status);
    if (!this.#isSending) void this.#sendAll();
  }

  async #sendAll(): Promise<void> {
    this.#isSending = true;
    for (let status = this.#waiting.shift(); status; status = this.#waiting.shift()) await this.#send(status);
    this.#isSending = false;
  }

  async #send(status: ReportedStatus): Promise<void> {
    if (this.#session.state === 'ended') return;
    await this.#session.request('NOTIFY', {
      headers: [
        ['Event', 'refer'],
        ['Subscription-State', status.isFinal ? 'terminated;reason=noresource' : 'active;expires=180'],
      ],
      body: sipfragOf(status),
      hasContact: true,
    });
  }
}
