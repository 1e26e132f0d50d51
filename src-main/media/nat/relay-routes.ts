// The ways to one relay, tried one after the other until one of them answers. RFC 8656 §3.1, RFC 8445 §5.1.1.2.
import type { Runtime, Timer } from '../../base/runtime.ts';
import type { SocketAddress } from '../../base/socket-address.ts';
import type { Component, IceCandidate } from './candidate.ts';
import type { KeptPlace } from './kept-place.ts';
import type { Relays } from './relays.ts';
import type { TurnServer } from './server-place.ts';

/** A name, a connection, a challenge and its answer; no call waits longer. */
const LIMIT_MS = 1500;
/** A way that has not answered by then gets another one beside it. */
const HEAD_START_MS = 250;

export type RelayRoute = Pick<
  Relays,
  'hasAnswered' | 'kept' | 'find' | 'receive' | 'send' | 'bind' | 'confirm' | 'close'
>;

export interface RelayRoutesOptions {
  readonly runtime: Runtime;
  /** In the order in which they are tried. */
  readonly servers: readonly TurnServer[];
  readonly create: (server: TurnServer) => RelayRoute;
  /** What became of the attempt to reach the relay by this way. */
  readonly note: (server: TurnServer, hasAnswered: boolean) => void;
}

export class RelayRoutes {
  readonly #options: RelayRoutesOptions;
  readonly #running = new Set<RelayRoute>();
  #untried: TurnServer[];
  #chosen: RelayRoute | undefined;
  #next: Timer | undefined;
  #limit: Timer | undefined;
  #settle: ((found: readonly IceCandidate[]) => void) | undefined;

  constructor(options: RelayRoutesOptions) {
    this.#options = options;
    this.#untried = [...options.servers];
  }

  /** What the first way brings that leads to a place at the relay. */
  find(): Promise<readonly IceCandidate[]> {
    return new Promise((resolve) => {
      this.#settle = resolve;
      this.#limit = this.#options.runtime.setTimer(LIMIT_MS, () => this.#end([]), true);
      this.#tryNext();
    });
  }

  /** Goes on by the way that a process before this one has found. */
  takeOver(route: RelayRoute): void {
    this.#running.add(route);
    this.#chosen = route;
  }

  /** What another process would need to go on with our places. */
  get kept(): readonly KeptPlace[] {
    return this.#chosen?.kept ?? [];
  }

  /** Whether the datagram is the affair of a relay. */
  receive(bytes: Uint8Array, component: Component, from: SocketAddress): boolean {
    return [...this.#running].some((route) => route.receive(bytes, component, from));
  }

  send(bytes: Uint8Array, component: Component, to: SocketAddress): void {
    this.#chosen?.send(bytes, component, to);
  }

  bind(component: Component, to: SocketAddress): void {
    this.#chosen?.bind(component, to);
  }

  /** Whether the relay still has our places. */
  async confirm(): Promise<boolean> {
    return (await this.#chosen?.confirm()) ?? false;
  }

  close(): void {
    this.#end([]);
    for (const route of this.#running) route.close();
    this.#running.clear();
  }

  #tryNext(): void {
    this.#next?.cancel();
    const server = this.#untried.shift();
    if (!server) {
      if (this.#running.size === 0) this.#end([]);
      return;
    }
    const route = this.#options.create(server);
    this.#running.add(route);
    const lookOn = (): void => {
      if (![...this.#running].some(({ hasAnswered }) => hasAnswered)) this.#tryNext();
    };
    this.#next = this.#options.runtime.setTimer(HEAD_START_MS, lookOn, true);
    void route.find().then((found) => this.#take(server, route, found));
  }

  /** One that comes too late gives back what it got; until then it is let run, so that its answer is known. */
  #take(server: TurnServer, route: RelayRoute, found: readonly IceCandidate[]): void {
    if (!this.#running.has(route)) return;
    this.#options.note(server, route.hasAnswered);
    if (this.#settle && found.length > 0) {
      this.#chosen = route;
      return this.#end(found);
    }
    route.close();
    this.#running.delete(route);
    // Who refuses here refuses there.
    if (route.hasAnswered) this.#end([]);
    else if (this.#settle) this.#tryNext();
  }

  #end(found: readonly IceCandidate[]): void {
    this.#next?.cancel();
    this.#limit?.cancel();
    this.#untried = [];
    this.#settle?.(found);
    this.#settle = undefined;
  }
}
