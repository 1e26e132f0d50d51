// Which of this machine's addresses an account's peers can reach: the one that the system would send from.
import { withoutZone } from '../base/socket-address.ts';
import type { Account } from '../features/registration/index.ts';
import type { SipNetwork, TransportLayer } from '../sip/transport/index.ts';

const FALLBACK = '127.0.0.1';

export class LocalAddresses {
  readonly #network: SipNetwork;
  readonly #transport: TransportLayer;
  /** What the settings say, which counts before anything found out. */
  readonly #configured: string | null;
  readonly #byAccount = new Map<string, string>();

  constructor(network: SipNetwork, transport: TransportLayer, configured: string | null) {
    this.#network = network;
    this.#transport = transport;
    this.#configured = configured;
  }

  /** Finds out again: at start, and when an account or the network changed. */
  async learn(account: Account): Promise<void> {
    const target = account.identity.outboundProxies[0] ?? account.registrar;
    const { transport, addressFamily } = account.identity;
    const hops = await this.#transport.locate(target, {
      ...(transport && { protocol: transport }),
      ...(addressFamily && { addressFamily }),
    });
    const hop = hops.ok ? hops.value[0] : undefined;
    const address = hop && (await this.#network.localAddressFor(hop.address));
    if (address !== undefined) this.#byAccount.set(account.id, withoutZone(address));
  }

  of(account: Account): string {
    if (account.isTestLine) return FALLBACK;
    return this.#configured ?? this.#byAccount.get(account.id) ?? FALLBACK;
  }
}
