// Asks a STUN server where the world sees our sockets. RFC 8445 §5.1.1.2, RFC 8489 §6.2.1, §8.1.
import type { Runtime } from '../../base/runtime.ts';
import type { SocketAddress } from '../../base/socket-address.ts';
import { reflexiveCandidate, type Component, type IceCandidate } from './candidate.ts';
import { parseStunServer, resolveServer } from './server-place.ts';
import { mappedAddressOf } from './stun-attributes.ts';
import { BINDING, buildStun, type ReceivedStun } from './stun-message.ts';
import { StunTransactions } from './stun-transactions.ts';

/** No call waits longer for an answer. */
const LIMIT_MS = 500;
const RTO_MS = 100;
/** RTO of 100 ms: after 0, 100 and 300 ms. */
const TRANSMISSIONS = 3;

export interface ReflexiveSearch {
  readonly runtime: Runtime;
  /** `name`, `name:port`, `[address]:port`, with or without `stun:`. */
  readonly server: string;
  readonly hosts: readonly IceCandidate[];
  readonly send: (bytes: Uint8Array, component: Component, to: SocketAddress) => void;
}

/** Finds the reflexive candidates of these hosts: those that a server has told in time. */
export class ReflexiveSearcher {
  readonly #search: ReflexiveSearch;
  readonly #transactions: StunTransactions;
  #server: SocketAddress | undefined;
  #hasAnswered = false;

  constructor(search: ReflexiveSearch) {
    this.#search = search;
    this.#transactions = new StunTransactions(search.runtime);
  }

  /** Whether the server is there, though it may see us where we are. */
  get hasAnswered(): boolean {
    return this.#hasAnswered;
  }

  /** A server may have any name; whoever it is, only what was asked is answered, and from where it was asked. */
  receive(message: ReceivedStun, from: SocketAddress): boolean {
    const isServer = from.address === this.#server?.address && from.port === this.#server.port;
    return isServer && this.#transactions.receive(message, from);
  }

  async find(): Promise<readonly IceCandidate[]> {
    const { runtime, hosts } = this.#search;
    const found: IceCandidate[] = [];
    await new Promise<void>((resolve) => {
      const limit = runtime.setTimer(LIMIT_MS, resolve, true);
      const asked = this.#resolve().then((server) => {
        this.#server = server;
        return server && Promise.all(hosts.map((host) => this.#ask(host, server, found)));
      });
      const finish = (): void => {
        limit.cancel();
        resolve();
      };
      void asked.then(finish, finish);
    });
    this.close();
    return found;
  }

  close(): void {
    this.#transactions.close();
  }

  async #resolve(): Promise<SocketAddress | undefined> {
    const server = parseStunServer(this.#search.server);
    const [host] = this.#search.hosts;
    return server && host && resolveServer(server, host);
  }

  #ask(host: IceCandidate, server: SocketAddress, found: IceCandidate[]): Promise<void> {
    const { send } = this.#search;
    return new Promise((resolve) => {
      this.#transactions.ask({
        build: (transactionId) => buildStun({ kind: 'request', method: BINDING, transactionId, attributes: [] }),
        send: (bytes) => send(bytes, host.component, server),
        rtoMs: RTO_MS,
        transmissions: TRANSMISSIONS,
        mayTake: () => true,
        onAnswer: (answer) => {
          this.#hasAnswered = true;
          const seen = answer.kind === 'success' ? mappedAddressOf(answer) : undefined;
          const candidate = seen && reflexiveCandidate(host, seen, server.address);
          if (candidate) found.push(candidate);
          resolve();
        },
        onTimeout: resolve,
      });
    });
  }
}
