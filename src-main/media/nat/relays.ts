// The places of a session at a relay, one for each component. RFC 8445 §5.1.1.2, RFC 8656 §7.
import type { Runtime } from '../../base/runtime.ts';
import { isIpv6Address, isSameSocketAddress, type SocketAddress } from '../../base/socket-address.ts';
import { reflexiveCandidate, relayedCandidate, type Component, type IceCandidate } from './candidate.ts';
import type { KeptPlace } from './kept-place.ts';
import { resolveServer, type TurnServer } from './server-place.ts';
import { parseStun } from './stun-message.ts';
import { TurnAllocation, type Allocated } from './turn-allocation.ts';
import type { TurnCredentials, TurnRedirection } from './turn-requests.ts';

/** A name, a connection, a challenge and its answer; no call waits longer. */
const LIMIT_MS = 1500;
/** RFC 8489 §10: more than this are going round. */
const MAX_REDIRECTIONS = 3;

/** How bytes get to the relay. */
export interface RelayLink {
  readonly isStream: boolean;
  send(bytes: Uint8Array): void;
  close(): void;
}

/** Where a relay is, and for which name its certificate is. */
export interface RelayPlace {
  readonly at: SocketAddress;
  readonly name: string;
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
  readonly open: (component: Component, place: RelayPlace, user: RelayLinkUser) => Promise<RelayLink>;
  readonly onData: (bytes: Uint8Array, component: Component, from: SocketAddress) => void;
  /** A place that was given is no longer there. */
  readonly onLost: (component: Component) => void;
  /** `kept` is another one now. */
  readonly onKept: () => void;
}

interface Relay {
  readonly allocation: TurnAllocation;
  readonly link: RelayLink;
  readonly at: SocketAddress;
  /** Whether the relay has given it. */
  isGiven: boolean;
}

export class Relays {
  readonly #options: RelaysOptions;
  readonly #relays = new Map<Component, Relay>();
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

  /** Goes on with the places that a process before this one had from the same ports. */
  takeOver(places: readonly KeptPlace[], linkTo: (place: KeptPlace) => RelayLink): readonly IceCandidate[] {
    return places.flatMap((place) => {
      const host = this.#options.hosts.find(({ component }) => component === place.component);
      if (!host) return [];
      const relay = this.#createRelay(host, place.relay, linkTo(place), place);
      relay.isGiven = true;
      void relay.allocation.takeOver(place);
      return this.#candidatesOf(host, place.relay, place);
    });
  }

  /** RFC 8656 §3.1: a place that was reached by a stream ends with it, and is nothing to hand on. */
  get kept(): readonly KeptPlace[] {
    return [...this.#relays].flatMap(([component, { allocation, link, at }]) => {
      const kept = link.isStream ? undefined : allocation.kept;
      return kept ? [{ component, relay: at, ...kept }] : [];
    });
  }

  /** Whether the datagram is the relay's own affair; at its place there may be a STUN server as well. */
  receive(bytes: Uint8Array, component: Component, from: SocketAddress): boolean {
    const relay = this.#relays.get(component);
    if (!relay || relay.link.isStream || !isSameSocketAddress(from, relay.at)) return false;
    return this.#take(bytes, component, from);
  }

  send(bytes: Uint8Array, component: Component, to: SocketAddress): void {
    this.#relays.get(component)?.allocation.send(bytes, to);
  }

  /** The way to this peer leads by the relay. */
  bind(component: Component, to: SocketAddress): void {
    this.#relays.get(component)?.allocation.bind(to);
  }

  /** Whether the relay still has all of our places; those that it has not are told to be lost. */
  async confirm(): Promise<boolean> {
    const confirmed = [...this.#relays.values()].map(({ allocation }) => allocation.confirm());
    return confirmed.length > 0 && (await Promise.all(confirmed)).every(Boolean);
  }

  close(): void {
    this.#isClosed = true;
    for (const { allocation, link } of this.#relays.values()) {
      allocation.close();
      link.close();
    }
    this.#relays.clear();
  }

  /** RFC 8489 §10: a relay may send us to another one, but not round and round. */
  async #allocate(host: IceCandidate, found: IceCandidate[]): Promise<void> {
    const { server } = this.#options;
    const asked: SocketAddress[] = [];
    let place: RelayPlace | undefined = { at: await resolveServer(server, host), name: server.address };
    while (place && asked.length <= MAX_REDIRECTIONS) {
      const { at, name }: RelayPlace = place;
      const isElsewhere = isIpv6Address(at.address) !== isIpv6Address(host.address) || at.port === 0;
      if (isElsewhere || asked.some((other) => isSameSocketAddress(other, at))) return;
      asked.push(at);
      const redirection: TurnRedirection | undefined = await this.#allocateAt({ at, name }, host, found);
      place = redirection && { at: redirection.alternate, name: redirection.domain ?? name };
    }
  }

  /** Returns where else to ask, if it is for another relay. */
  async #allocateAt(
    place: RelayPlace,
    host: IceCandidate,
    found: IceCandidate[],
  ): Promise<TurnRedirection | undefined> {
    const { open } = this.#options;
    const { component } = host;
    const { at } = place;
    const link = await open(component, place, {
      onBytes: (bytes) => this.#take(bytes, component, at),
      onClosed: () => this.#lose(component, at),
    });
    if (this.#isClosed) {
      link.close();
      return undefined;
    }
    const relay = this.#createRelay(host, at, link);
    const allocated = await relay.allocation.allocate();
    if (!allocated.ok) {
      this.#lose(component, at);
      return typeof allocated.error === 'object' ? allocated.error : undefined;
    }
    relay.isGiven = true;
    found.push(...this.#candidatesOf(host, at, allocated.value));
    return undefined;
  }

  #createRelay(host: IceCandidate, at: SocketAddress, link: RelayLink, kept?: KeptPlace): Relay {
    const { runtime, credentials, onData, onKept } = this.#options;
    const { component } = host;
    const allocation = new TurnAllocation({
      runtime,
      relay: at,
      credentials,
      isIpv6: isIpv6Address(host.address),
      isStream: link.isStream,
      send: (bytes) => link.send(bytes),
      onData: ({ bytes, from }) => onData(bytes, component, from),
      onLost: () => this.#lose(component, at),
      onChanged: onKept,
      kept,
    });
    const relay = { allocation, link, at, isGiven: false };
    this.#relays.set(component, relay);
    return relay;
  }

  #candidatesOf(host: IceCandidate, at: SocketAddress, { relayed, mapped }: Allocated): IceCandidate[] {
    const isUdp = this.#options.server.transport === 'udp';
    const seen = isUdp ? reflexiveCandidate(host, mapped, at.address) : undefined;
    return [relayedCandidate(host.component, relayed, mapped, at.address), ...(seen ? [seen] : [])];
  }

  #lose(component: Component, at: SocketAddress): void {
    const relay = this.#relays.get(component);
    if (relay?.at !== at) return;
    this.#relays.delete(component);
    relay.allocation.close();
    relay.link.close();
    if (!relay.isGiven) return;
    this.#options.onKept();
    this.#options.onLost(component);
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
