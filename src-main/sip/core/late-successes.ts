// 2xx that come when their INVITE is long over: acknowledged and ended, so that nobody waits in a call without us. RFC 3261 §13.2.2.4.
import type { Runtime } from '../../base/runtime.ts';
import type { SipRequest, SipResponse } from '../syntax/index.ts';
import type { AccountIdentity } from './account-identity.ts';
import { callerDialog, type Dialog } from './dialog.ts';
import type { InviteSession } from './invite-session.ts';

export interface LateSuccessesOptions {
  readonly runtime: Runtime;
  /** Dialogs of one INVITE that are ended so; those beyond are left to the peer's own BYE. */
  readonly maxForks: number;
  readonly openSession: (dialog: Dialog, account: AccountIdentity) => InviteSession | undefined;
}

interface Finished {
  readonly invite: SipRequest;
  readonly account: AccountIdentity;
  readonly untilMs: number;
  dismissed: number;
}

/** INVITEs that are remembered; the oldest are forgotten first. */
const MAX_FINISHED = 256;
/** RFC 3261 §16.6: a proxy lets a branch ring for longer than 3 minutes only while it is told of it. */
const REMEMBER_MS = 200_000;

export class LateSuccesses {
  readonly #options: LateSuccessesOptions;
  readonly #finished = new Map<string, Finished>();

  constructor(options: LateSuccessesOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#finished.size;
  }

  /** The INVITE has had its outcome; its transaction takes further 2xx for 64*T1 more, and this from then on. */
  remember(invite: SipRequest, account: AccountIdentity): void {
    const [oldest] = this.#finished.keys();
    if (oldest !== undefined && this.#finished.size >= MAX_FINISHED) this.#finished.delete(oldest);
    const untilMs = this.#options.runtime.nowMs() + REMEMBER_MS;
    this.#finished.set(keyOf(invite), { invite, account, untilMs, dismissed: 0 });
  }

  /** A 2xx that no transaction waits for; `known` is the session that it belongs to, if there is one. */
  take(response: SipResponse, known: InviteSession | undefined): void {
    if (response.cseq.method !== 'INVITE' || !response.isSuccess) return;
    if (known) {
      known.acks.repeat(response.cseq.sequence);
      return;
    }
    const key = keyOf(response);
    const finished = this.#finished.get(key);
    if (!finished) return;
    if (finished.untilMs < this.#options.runtime.nowMs()) this.#finished.delete(key);
    else if (finished.dismissed < this.#options.maxForks) this.#dismiss(finished, response);
  }

  /** RFC 3261 §13.2.2.4: a 2xx is always acknowledged; RFC 3261 §15: whoever does not want its dialog sends BYE. */
  #dismiss(finished: Finished, response: SipResponse): void {
    const { invite, account } = finished;
    const session = this.#options.openSession(callerDialog(invite, response), account);
    if (!session) return;
    finished.dismissed++;
    session.confirm(undefined);
    void session.acks.send(invite);
    session.bye([['Reason', 'SIP;cause=408;text="Answered too late"']]);
  }
}

const keyOf = ({ callId, from, cseq }: SipRequest | SipResponse): string =>
  `${callId} ${from.tag ?? ''} ${cseq.sequence}`;
