// What the calls of the phone need from the rest of it, and what they tell the rest.
import type { Logger } from '../../base/logger.ts';
import type { Runtime } from '../../base/runtime.ts';
import type { JitterConfig, MediaEngine, RelayTrust } from '../../media/index.ts';
import type { Flow, IncomingInvite, IncomingRequest, UserAgentCore } from '../../sip/core/index.ts';
import type { SipUri } from '../../sip/syntax/index.ts';
import type { Account } from '../registration/index.ts';
import type { CallInfo } from './call-info.ts';
import type { TransferPolicy } from './transfer/index.ts';

export interface CallSettings {
  readonly autoAnswerAfterSec: number | null;
  readonly maxCalls: number;
  /** Who decides when a peer wants to transfer us. */
  readonly acceptTransfers: TransferPolicy;
  /** What those hear who are on hold; null: nothing. */
  readonly holdMusicFile: string | null;
  /** A call from whose peer nothing comes for so long is over; null: it never is. */
  readonly silenceLimitSec: number | null;
}

export interface CallManagerOptions {
  readonly core: UserAgentCore;
  readonly engine: MediaEngine;
  readonly runtime: Runtime;
  readonly logger: Logger;
  readonly settings: CallSettings;
  readonly portRange: readonly [first: number, last: number];
  readonly silenceSuppression: boolean;
  readonly jitter: JitterConfig;
  /** Whose certificates the accounts' relays may show. */
  readonly relayTrust: RelayTrust;
  /** The account that a call from outside is for; undefined when it is for nobody here. */
  readonly accountOf: (invite: IncomingInvite) => Account | undefined;
  /** The local address that the account's peers can reach. */
  readonly localAddressOf: (account: Account) => string;
  /** Whether what comes over a flow comes from the server that the account is registered with. */
  readonly isOwnServer: (accountId: string, flow: Flow) => boolean;
  /** The Contact for a caller who hides. */
  readonly anonymousContactOf: (accountId: string) => SipUri | undefined;
  readonly isDoNotDisturb: () => boolean;
  /** Would the answering machine take a call beside so many of the user's own? */
  readonly isAway: (ownCalls: number) => boolean;
  /** How many callers the answering machine takes at once. */
  readonly maxAwayCalls: () => number;
}

export interface CallManagerEvents {
  /** A call came, went or changed. */
  changed: undefined;
  /** A call from outside rings. */
  ringing: CallInfo;
  /** A person answered a call from outside. */
  taken: CallInfo;
  ended: CallInfo;
  digit: { readonly callId: string; readonly digit: string };
  /** A text within a call. RFC 3428 */
  message: { readonly callId: string; readonly account: Account; readonly message: IncomingRequest };
}
