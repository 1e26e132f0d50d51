// The branches of an INVITE that we sent: each To tag that answers is a dialog of its own. RFC 3261 §12.1, §13.2.2.4.
import type { SipResponse } from '../syntax/index.ts';
import type { InviteSession } from './invite-session.ts';
import type { ExtraHeaders } from './new-request.ts';
import { ReliableProvisionalReceiver } from './reliable-provisionals.ts';

export interface InviteBranch {
  readonly session: InviteSession;
  readonly reliable: ReliableProvisionalReceiver;
  /** Its 2xx has come. */
  hasAnswered: boolean;
}

export interface InviteBranchesOptions {
  readonly maxForks: number;
  /** Makes a session of the dialog that the response begins. */
  readonly open: (response: SipResponse) => InviteSession;
  /** The user gives up an early dialog: the whole INVITE is cancelled. */
  readonly giveUp: (headers?: ExtraHeaders) => void;
}

export class InviteBranches {
  readonly #options: InviteBranchesOptions;
  readonly #byTag = new Map<string, InviteBranch>();

  constructor(options: InviteBranchesOptions) {
    this.#options = options;
  }

  /** RFC 3261 §12.1: each To tag is a dialog of its own; undefined when there are too many. */
  of(response: SipResponse): InviteBranch | undefined {
    const tag = response.to.tag ?? '';
    const known = this.#byTag.get(tag);
    // A branch that was not chosen may still be answered by a 2xx, which makes its dialog anew.
    if (known && (known.hasAnswered || known.session.state === 'early' || response.statusCode < 200)) return known;
    if (known) this.#byTag.delete(tag);
    const { maxForks, open, giveUp } = this.#options;
    if (this.#byTag.size >= maxForks && !this.#makeRoom(response)) return undefined;
    const branch = { session: open(response), reliable: new ReliableProvisionalReceiver(), hasAnswered: false };
    branch.session.setOwner({
      giveUp,
      onEarlyBye: (bye) => branch.session.endEarly({ by: 'remote', reason: 'BYE', request: bye }),
      onPrack: () => false,
    });
    this.#byTag.set(tag, branch);
    return branch;
  }

  /** Ends the early dialogs, but that of the winner. */
  endEarly(winner?: InviteSession): void {
    for (const { session } of this.#byTag.values()) {
      if (session !== winner && session.state === 'early') session.endEarly({ by: 'remote', reason: 'not chosen' });
    }
  }

  /** The INVITE is sent anew: what answered the one before is over. */
  clear(): void {
    this.endEarly();
    this.#byTag.clear();
  }

  /** RFC 3261 §13.2.2.4: every 2xx is acknowledged, so early dialogs without end must not keep it out. */
  #makeRoom({ isSuccess }: SipResponse): boolean {
    const [tag, branch] = [...this.#byTag].find(([, { hasAnswered }]) => isSuccess && !hasAnswered) ?? [];
    if (tag === undefined || !branch) return false;
    branch.session.endEarly({ by: 'remote', reason: 'not chosen' });
    return this.#byTag.delete(tag);
  }
}
