// Where the peer has shown to be, by its checks or its answers to ours. RFC 8445 §7.3, RFC 7675 §5.1.
import type { SocketAddress } from '../../base/socket-address.ts';
import type { Component } from './candidate.ts';

/** A peer has a few; one that has more is heard where it was first. */
const MAX_PLACES = 64;

export class KnownPlaces {
  readonly #places = new Set<string>();

  has(component: Component, from: SocketAddress): boolean {
    return this.#places.has(keyOf(component, from));
  }

  add(component: Component, from: SocketAddress): void {
    if (this.#places.size < MAX_PLACES) this.#places.add(keyOf(component, from));
  }
}

const keyOf = (component: Component, { address, port }: SocketAddress): string => `${component} ${address} ${port}`;
