// Where an account's servers are: whoever calls past them is a stranger. RFC 3263 §4.
import type { Account, Registrations } from '../features/registration/index.ts';
import type { Flow } from '../sip/core/index.ts';
import type { TransportLayer } from '../sip/transport/index.ts';

export class KnownServers {
  readonly #transport: TransportLayer;
  readonly #registrations: Registrations;
  readonly #byAccount = new Map<string, ReadonlySet<string>>();

  constructor(transport: TransportLayer, registrations: Registrations) {
    this.#transport = transport;
    this.#registrations = registrations;
  }

  /** Looks up every address of the registrar and the proxies: a provider may send calls from any of them. */
  async learn({ id, registrar, identity }: Account): Promise<void> {
    const { transport, outboundProxies } = identity;
    const servers = [registrar, ...outboundProxies];
    const located = await Promise.all(
      servers.map((server) => this.#transport.locate(server, { ...(transport && { protocol: transport }) })),
    );
    const hops = located.flatMap((result) => (result.ok ? result.value : []));
    if (hops.length > 0) this.#byAccount.set(id, new Set(hops.map(({ address }) => address.address)));
  }

  /** The port does not matter: proxies send from where they like. */
  has(accountId: string, flow: Flow): boolean {
    return (
      this.#byAccount.get(accountId)?.has(flow.remote.address) === true ||
      this.#registrations.isOwnServer(accountId, flow)
    );
  }
}
