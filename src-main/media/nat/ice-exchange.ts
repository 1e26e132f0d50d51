// What an agent is given, and what it tells. RFC 8445 §5.3, §8.1.1.
import type { Runtime } from '../../base/runtime.ts';
import type { SocketAddress } from '../../base/socket-address.ts';
import type { Base, Component, IceCandidate } from './candidate.ts';
import type { IceCredentials } from './check-messages.ts';
import type { SendBy } from './check-sender.ts';

export interface SelectedPair {
  readonly component: Component;
  readonly base: Base;
  /** Our end, as the peer sees it. */
  readonly local: IceCandidate;
  readonly remote: SocketAddress;
  readonly remoteKind: IceCandidate['kind'];
}

export interface IceAgentOptions {
  readonly runtime: Runtime;
  readonly local: IceCredentials;
  readonly localCandidates: readonly IceCandidate[];
  readonly send: SendBy;
  readonly onSelected: (pair: SelectedPair) => void;
  /** Each component has its pair now, or one of them a better one. RFC 8445 §8.1.2 */
  readonly onCompleted: (pairs: readonly SelectedPair[]) => void;
  /** No way was found, or the peer no longer answers on the one that was. */
  readonly onFailed: (reason: 'noWay' | 'consentLost') => void;
}

export interface IceRemote extends IceCredentials {
  readonly candidates: readonly IceCandidate[];
  /** It answers checks and sends none. RFC 8445 §2.5 */
  readonly isLite: boolean;
}

export interface IceStart {
  readonly remote: IceRemote;
  readonly isControlling: boolean;
  /** Only RTP where reports go the same way. */
  readonly components: readonly Component[];
  /** The peer has chosen before, and does not say so again: what works is taken. */
  readonly isResumed?: boolean;
  /** The way that was in use then, by our end and the peer's: it is checked first, and taken where it still works. */
  readonly inUse?: readonly { readonly local: IceCandidate; readonly remote: SocketAddress }[] | undefined;
}

export type IceState = 'waiting' | 'checking' | 'completed' | 'failed';
