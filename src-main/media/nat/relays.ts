// The places of a session at a relay, one for each component. RFC 8445 §5.1.1.2, RFC 8656 §7.
import type { Runtime } from '../../base/runtime.ts';
import { isIpv6Address, isSameSocketAddress, type SocketAddress } from '../../base/socket-address.ts';
import { reflexiveCandidate, relayedCandidate, type Component, type IceCandidate } from './candidate.ts';
import { resolveServer, type TurnServer } from './server-place.ts';
import { parseStun } from './stun-message.ts';
import { TurnAllocation } from './turn-allocation.ts';
import type { TurnCredentials } from './turn-requests.ts';

/** A name, a connection, a challenge and its answer; no call waits longer. */
const LIMIT_MS = 1500;

/** How bytes get to the relay. */
export interface RelayLink {
  readonly isStream: boolean;
  send(bytes: Uint8Array): void;
  close(): void;
}

/** Who is told what comes by a stream, message by message, and that it has ended. */
export interface RelayLinkUser {
  readonly onBytes: (bytes: Uint8Array) => void;
  readonly onClosed: () => void;
}

export interface RelaysOptions {
  readonly runtime: Runtime;
  readonly server: TurnServer;
  readonly credentials: TurnCredentials;
  readonly hosts: readonly IceCandidate[];
  /** Opens the way to the relay. Fails with what went wrong. */
  readonly open: (component: Component, at: SocketAddress, user: RelayLinkUser) => Promise<RelayLink>;
  readonly onData: (bytes: Uint8Array, component: Component, from: SocketAddress) => void;
  /** A place that was given is no longer there. */
  readonly onLost: (component: Component) => void;
}

interface Relay {
  readonly allocation: TurnAllocation;
  readonly link: RelayLink;
  /** Whether the relay has given it. */
  isGiven: boolean;
}

export class Relays {
  readonly #options: RelaysOptions;
  readonly #relays = new Map<Component, Relay>();
  #server: SocketAddress | undefined;
  #isClosed = false;
  #hasAnswered = false;

  constructor(options: RelaysOptions) {
    this.#options = options;
  }

  /** Whether the relay is there, though it may have refused. */
  get hasAnswered(): boolean {
    return this.#hasAnswered;
  }

  /** The relayed candidates, and those that the relay has seen; what the relay does not give in time is left out. */
  async find(): Promise<readonly IceCandidate[]> {
    const { runtime, hosts } = this.#options;
    const found: IceCandidate[] = [];
    await new Promise<void>((resolve) => {
      const limit = runtime.setTimer(LIMIT_MS, resolve, true);
      const finish = (): void => {
        limit.cancel();
        resolve();
      };
      void Promise.all(hosts.map((host) => this.#allocate(host, found))).then(finish, finish);
    });
    return [...found];
  }

  /** Whether the datagram is the relay's own affair; at its place there may be a STUN server as well. */
  receive(bytes: Uint8Array, component: Component, from: SocketAddress): boolean {
    const isFromRelay = this.#server !== undefined && isSameSocketAddress(from, this.#server);
    if (!isFromRelay || this.#relays.get(component)?.link.isStream !== false) return false;
    return this.#take(bytes, component, from);
  }

  send(bytes: Uint8Array, component: Component, to: SocketAddress): void {
    this.#relays.get(component)?.allocation.send(bytes, to);
  }

  /** The way to this peer leads by the relay. */
  bind(component: Component, to: SocketAddress): void {
    this.#relays.get(component)?.allocation.bind(to);
  }

  close(): void {
    this.#isClosed = true;
    for (const { allocation, link } of this.#relays.values()) {
      allocation.close();
      link.close();
    }
    this.#relays.clear();
  }

  async #allocate(host: IceCandidate, found: IceCandidate[]): Promise<void> {
    const { runtime, credentials, server, open, onData } = this.#options;
    const { component } = host;
    const at = await resolveServer(server, host);
    this.#server = at;
    const link = await open(component, at, {
      onBytes: (bytes) => this.#take(bytes, component, at),
      onClosed: () => this.#lose(component),
    });
    if (this.#isClosed) {
      link.close();
      return;
    }
    const allocation = new TurnAllocation({
      runtime,
      relay: at,
      credentials,
      isIpv6: isIpv6Address(host.address),
      isStream: link.isStream,
      send: (bytes) => link.send(bytes),
      onData: ({ bytes, from }) => onData(bytes, component, from),
      onLost: () => this.#lose(component),
    });
    const relay = { allocation, link, isGiven: false };
    this.#relays.set(component, relay);
    const allocated = await allocation.allocate();
    if (!allocated.ok) {
      this.#lose(component);
      return;
    }
    relay.isGiven = true;
    const { relayed, mapped } = allocated.value;
    const seen = server.transport === 'udp' ? reflexiveCandidate(host, mapped, server.address) : undefined;
    found.push(relayedCandidate(component, relayed, mapped, server.address), ...(seen ? [seen] : []));
  }

  #lose(component: Component): void {
    const relay = this.#relays.get(component);
    if (!relay) return;
    this.#relays.delete(component);
    relay.allocation.close();
    relay.link.close();
    if (relay.isGiven) this.#options.onLost(component);
  }

  #take(bytes: Uint8Array, component: Component, from: SocketAddress): boolean {
    const allocation = this.#relays.get(component)?.allocation;
    if (!allocation) return false;
    const message = parseStun(bytes);
    if (!message) allocation.receiveChannelData(bytes);
    else if (!allocation.receive(message, from)) return false;
    this.#hasAnswered = true;
    return true;
  }
}
