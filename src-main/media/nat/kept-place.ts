// What another process of ours needs to go on with our place at a relay. RFC 8656 §3.2, §7, §12.
import type { SocketAddress } from '../../base/socket-address.ts';
import type { Component } from './candidate.ts';
import type { ServerQuestion } from './long-term-credential.ts';

/** A short way to a peer; without `isBound` the relay has refused it. */
export interface KeptChannel {
  readonly peer: SocketAddress;
  readonly isBound: boolean;
}

/** A place as the relay knows it, without the name and the password that keep it. */
export interface KeptAllocation {
  /** Where the relay receives for us. */
  readonly relayed: SocketAddress;
  /** Where the relay sees us. */
  readonly mapped: SocketAddress;
  readonly question: ServerQuestion;
  /** In the order of their numbers. */
  readonly channels: readonly KeptChannel[];
}

/** Of which component, and at which relay; reached by datagrams: what a stream led to has ended with its process. */
export interface KeptPlace extends KeptAllocation {
  readonly component: Component;
  readonly relay: SocketAddress;
}
