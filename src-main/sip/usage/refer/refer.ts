// Call transfer as we ask for it: REFER within a session and the NOTIFYs that report on it. RFC 3515, RFC 5589.
import type { ExtraHeaders, IncomingRequest, InviteSession, UserAgentCore } from '../../core/index.ts';
import {
  formatNameAddress,
  Header,
  NameAddress,
  Parameters,
  type ReplacesValue,
  type Uri,
} from '../../syntax/index.ts';
import { ReferProgress } from './refer-progress.ts';
import { readReferReport } from './refer-report.ts';

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
