// Where else a session can be reached: what a STUN server has seen, and places at a relay. RFC 8445 §5.1.1.2.
import type { Runtime } from '../../base/runtime.ts';
import { isSameSocketAddress, type SocketAddress } from '../../base/socket-address.ts';
import {
  connectToRelay,
  parseStun,
  parseTurnServers,
  ReflexiveSearcher,
  RelayRoutes,
  Relays,
  type SilentServers,
  type Component,
  type IceCandidate,
  type KeptPlace,
  type RelayLink,
  type RelayTrust,
  type TurnServer,
} from '../nat/index.ts';
import type { IceServers } from './media-engine.ts';
import type { KeptRelay, TurnAccount } from './session-config.ts';
import type { SessionSockets } from './session-sockets.ts';

const USUAL_TRUST: RelayTrust = { authorities: [], isVerifying: true };

/** A relay that was lost is asked so often whether it is there again: until the peer has given up hope as well. */
const ATTEMPTS = 10;
const ATTEMPT_INTERVAL_MS = 2000;

export interface CandidateSearchOptions {
  readonly runtime: Runtime;
  readonly sockets: SessionSockets;
  readonly hosts: readonly IceCandidate[];
  /** Those of the whole process. */
  readonly silentServers: SilentServers;
  /** The relay has lost our place at it, and what leads by it leads nowhere. */
  readonly onRelayLost: (component: Component) => void;
  /** What another process would need to go on with our places at the relay. */
  readonly onKept: (places: readonly KeptPlace[]) => void;
}

/** Belongs to one pair of sockets; what it has found is kept as long as they are. */
export class CandidateSearch {
  readonly #runtime: Runtime;
  readonly #sockets: SessionSockets;
  readonly #hosts: readonly IceCandidate[];
  readonly #silentServers: SilentServers;
  readonly #onRelayLost: (component: Component) => void;
  readonly #onKept: (places: readonly KeptPlace[]) => void;
  #searcher: ReflexiveSearcher | undefined;
  #relays: RelayRoutes | undefined;
  #found: readonly IceCandidate[] = [];
  /** Where the relay was asked for last. */
  #turn: TurnAccount | undefined;
  /** What was told of our places last. */
  #told = '[]';
  #isClosed = false;

  constructor({ runtime, sockets, hosts, silentServers, onRelayLost, onKept }: CandidateSearchOptions) {
    this.#runtime = runtime;
    this.#sockets = sockets;
    this.#hosts = hosts;
    this.#silentServers = silentServers;
    this.#onRelayLost = onRelayLost;
    this.#onKept = onKept;
  }

  /** What the servers tell in time, each place once. */
  async find({ stun, turn }: IceServers): Promise<readonly IceCandidate[]> {
    const searches = [
      ...(stun === undefined ? [] : [this.#findReflexive(stun)]),
      ...(turn ? [this.#findRelayed(turn)] : []),
    ];
    const found: IceCandidate[] = [];
    for (const candidate of (await Promise.all(searches)).flat()) {
      const isSame = (other: IceCandidate): boolean =>
        other.component === candidate.component && isSameSocketAddress(other, candidate);
      if (!found.some(isSame)) found.push(candidate);
    }
    this.#found = found;
    return found;
  }

  /** Goes on with the places that a process before this one had from these ports. */
  takeOver({ account, places }: KeptRelay): readonly IceCandidate[] {
    const server = parseTurnServers(account.server).find(({ transport }) => transport === 'udp');
    if (!server) return [];
    this.#turn = account;
    const relays = this.#createRelays(server, account);
    this.#relays = this.#createRoutes([], account);
    this.#relays.takeOver(relays);
    this.#found = relays.takeOver(places, ({ component, relay }) => this.#datagramLink(component, relay));
    return this.#found;
  }

  /** Whether the datagram belongs to a search or a relay. */
  receive(bytes: Uint8Array, component: Component, from: SocketAddress): boolean {
    if (this.#relays?.receive(bytes, component, from) === true) return true;
    const answer = this.#searcher && parseStun(bytes);
    return answer !== undefined && this.#searcher?.receive(answer, from) === true;
  }

  sendByRelay(bytes: Uint8Array, component: Component, to: SocketAddress): void {
    this.#relays?.send(bytes, component, to);
  }

  /** The way to this peer leads by the relay; returns how packets take it. */
  bindRelay(component: Component, to: SocketAddress): (bytes: Uint8Array) => void {
    this.#relays?.bind(component, to);
    return (bytes) => this.sendByRelay(bytes, component, to);
  }

  /** Whether the relay still has our places; if not, that is told as well. */
  async confirmRelay(): Promise<boolean> {
    return (await this.#relays?.confirm()) ?? false;
  }

  /** Asks for another place at the relay that was lost, until there is one; false when it is not there any more. */
  async regainRelay(): Promise<boolean> {
    for (let attempt = 0; attempt < ATTEMPTS && !this.#isClosed && this.#turn; attempt++) {
      if (attempt > 0) await this.#pause();
      const found = await this.#findRelayed(this.#turn, true);
      this.#found = [...this.#found.filter((candidate) => !found.includes(candidate)), ...found];
      if (this.#found.some(isRelayed)) return !this.#isClosed;
    }
    return false;
  }

  #pause(): Promise<void> {
    return new Promise((resolve) => void this.#runtime.setTimer(ATTEMPT_INTERVAL_MS, resolve, true));
  }

  close(): void {
    this.#isClosed = true;
    this.#searcher?.close();
    this.#relays?.close();
    this.#tellKept();
  }

  async #findReflexive(server: string): Promise<readonly IceCandidate[]> {
    if (this.#silentServers.has(server)) return [];
    const searcher = new ReflexiveSearcher({
      runtime: this.#runtime,
      server,
      hosts: this.#hosts,
      send: (bytes, component, to) => this.#sockets.sendStun(bytes, component, to),
    });
    this.#searcher = searcher;
    const found = await searcher.find();
    this.#silentServers.note(server, searcher.hasAnswered);
    if (this.#searcher === searcher) this.#searcher = undefined;
    return found;
  }

  /** RFC 8656 §6: from one port there is one place at a relay, which a restart of ICE keeps. */
  async #findRelayed(turn: TurnAccount, isInsisting = false): Promise<readonly IceCandidate[]> {
    this.#turn = turn;
    if (this.#found.some(isRelayed)) return this.#found;
    const isWorthIt = (server: TurnServer): boolean => isInsisting || !this.#silentServers.has(keyOf(turn, server));
    const servers = parseTurnServers(turn.server).filter(isWorthIt);
    this.#relays?.close();
    this.#relays = this.#createRoutes(servers, turn);
    const found = await this.#relays.find();
    this.#tellKept();
    return found;
  }

  #createRoutes(servers: readonly TurnServer[], turn: TurnAccount): RelayRoutes {
    return new RelayRoutes({
      runtime: this.#runtime,
      servers,
      create: (server) => this.#createRelays(server, turn),
      note: (server, hasAnswered) => this.#silentServers.note(keyOf(turn, server), hasAnswered),
    });
  }

  #createRelays(server: TurnServer, { username, password, trust = USUAL_TRUST }: TurnAccount): Relays {
    return new Relays({
      runtime: this.#runtime,
      server,
      credentials: { username, password },
      hosts: this.#hosts,
      open: (component, { at, name }, user) =>
        server.transport === 'udp'
          ? Promise.resolve(this.#datagramLink(component, at))
          : connectToRelay({ ...server, address: name }, at, trust, user),
      onData: (bytes, component, from) => this.#sockets.take(bytes, component, from, 'relay'),
      onLost: (component) => this.#loseRelay(component),
      onKept: () => this.#tellKept(),
    });
  }

  #tellKept(): void {
    const kept = this.#isClosed ? [] : (this.#relays?.kept ?? []);
    const told = JSON.stringify(kept);
    if (told === this.#told) return;
    this.#told = told;
    this.#onKept(kept);
  }

  #loseRelay(component: Component): void {
    this.#found = this.#found.filter((candidate) => !isRelayed(candidate));
    if (!this.#isClosed) this.#onRelayLost(component);
  }

  #datagramLink(component: Component, at: SocketAddress): RelayLink {
    return {
      isStream: false,
      send: (bytes) => this.#sockets.sendStun(bytes, component, at),
      close: () => {},
    };
  }
}

const keyOf = ({ server }: TurnAccount, { transport }: TurnServer): string => `${server} ${transport}`;

const isRelayed = ({ kind }: IceCandidate): boolean => kind === 'relay';
