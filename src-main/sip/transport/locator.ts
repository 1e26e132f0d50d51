// From a URI to the addresses to try. RFC 3263 §4, RFC 5630 §3.
import { type Result, err, ok } from '../../base/result.ts';
import type { Runtime } from '../../base/runtime.ts';
import { type SipUri, type Uri, isIpAddress } from '../syntax/index.ts';
import { type Hop, type TransportProtocol, defaultPort, parseProtocol } from './flow.ts';
import type { SipNetwork } from './network.ts';
import { orderSrvRecords } from './srv-order.ts';

export interface LocateFailure {
  readonly kind: 'notFound' | 'timeout' | 'unsupportedScheme' | 'unsupportedTransport';
  readonly message: string;
}

/** `any`: addresses of both families are tried. */
export type AddressFamily = 'any' | 'ipv4' | 'ipv6';

export interface LocateOptions {
  /** Used where the URI does not name one. */
  readonly protocol?: TransportProtocol;
  /** Which addresses of a name are used; a number is used as it is. */
  readonly addressFamily?: AddressFamily;
}

export type Located = Result<readonly Hop[], LocateFailure>;

/** RFC 3263 §4.1: what is asked for when the URI leaves the choice, in our order of preference. */
const PREFERENCE: readonly TransportProtocol[] = ['udp', 'tcp', 'tls'];
const SERVICES: Readonly<Record<string, TransportProtocol>> = { 'sip+d2u': 'udp', 'sip+d2t': 'tcp', 'sips+d2t': 'tls' };
const LIMIT_MS = 8_000;
/** Where the name service gives no time to live, as for SRV and NAPTR. */
const UNKNOWN_TTL_SEC = 60;
const MAX_TTL_SEC = 3_600;
const CACHE_ENTRIES = 256;
const MAX_HOPS = 16;
const MAX_SRV_TARGETS = 8;
/** NAPTR records that are followed: each costs a question, and its answers more. */
const MAX_SERVICES = 8;

/** Asks the name service, with a limit in time and a bounded memory. */
export class Locator {
  readonly #network: SipNetwork;
  readonly #runtime: Runtime;
  readonly #cache = new Map<string, CacheEntry>();

  constructor(network: SipNetwork, runtime: Runtime) {
    this.#network = network;
    this.#runtime = runtime;
  }

  /** The hops for `uri` in the order to try. */
  async locate(uri: Uri, options: LocateOptions = {}): Promise<Located> {
    if (uri.kind !== 'sip') return err({ kind: 'unsupportedScheme', message: `${uri.scheme} URIs are not served` });
    const named = uri.parameters.get('transport');
    const protocol = named === undefined ? options.protocol : parseProtocol(named);
    if (named !== undefined && !protocol) {
      return err({ kind: 'unsupportedTransport', message: `the transport ${named} is not served` });
    }
    // RFC 5630 §3.1.3: a sips URI is reached over TLS or not at all, whatever transport it or the account names.
    const secured = protocol && uri.isSecure ? securedProtocol(protocol) : protocol;
    // RFC 3263 §4: the maddr parameter takes the place of the host.
    const target = uri.parameters.get('maddr') ?? uri.host;
    const { addressFamily = 'any' } = options;
    const key = [uri.scheme, target.toLowerCase(), uri.port, secured, addressFamily].join('|');
    const known = this.#cache.get(key);
    if (known && known.untilMs > this.#runtime.nowMs()) return ok(known.hops);
    const search: Search = { domain: target, addressFamily, ttlSec: MAX_TTL_SEC };
    const located = await this.#withinLimit(this.#resolve(uri, search, secured));
    if (located.ok) this.#remember(key, located.value, search.ttlSec);
    // RFC 8767 §4: when the name service is silent, an answer that is too old is better than none.
    else if (known && located.error.kind === 'timeout') return ok(known.hops);
    return located;
  }

  /** The network changed: other servers may be near. */
  forget(): void {
    this.#cache.clear();
  }

  async #resolve(uri: SipUri, search: Search, protocol: TransportProtocol | undefined): Promise<Located> {
    const target = search.domain;
    const fallback = protocol ?? (uri.isSecure ? 'tls' : 'udp');
    // RFC 3263 §4.1, §4.2: a numeric address or an explicit port asks for no service records.
    if (isIpAddress(target) || uri.port !== undefined) {
      return this.#addressHops({ name: target, port: uri.port ?? defaultPort(fallback), protocol: fallback }, search);
    }
    const services = protocol ? [service(target, protocol)] : await this.#services(target, uri.isSecure);
    for (const candidate of services) {
      const hops = await this.#serviceHops(candidate, search);
      if (hops.length > 0) return ok(hops);
    }
    // RFC 3263 §4.2: without service records, the address records of the name itself.
    return this.#addressHops({ name: target, port: defaultPort(fallback), protocol: fallback }, search);
  }

  /** RFC 3263 §4.1: NAPTR says which protocols the domain prefers; without it, ours. */
  async #services(domain: string, isSecure: boolean): Promise<Service[]> {
    const records = await this.#network.resolveNaptr(domain);
    const ordered = records.ok ? [...records.value] : [];
    ordered.sort((a, b) => a.order - b.order || a.preference - b.preference);
    const services = ordered.flatMap(({ flags, service: text, replacement }) => {
      const protocol = SERVICES[text.toLowerCase()];
      const isUsable = protocol && flags.toLowerCase() === 's' && (protocol === 'tls' || !isSecure);
      return isUsable && (isSecure || PREFERENCE.includes(protocol)) ? [{ protocol, name: replacement }] : [];
    });
    if (services.length > 0) return services.slice(0, MAX_SERVICES);
    return (isSecure ? (['tls'] as const) : PREFERENCE).map((protocol) => service(domain, protocol));
  }

  async #serviceHops({ name, protocol }: Service, search: Search): Promise<Hop[]> {
    const records = await this.#network.resolveSrv(name);
    if (!records.ok) return [];
    noteTtl(search, undefined);
    const targets = orderSrvRecords(records.value, this.#runtime).filter((record) => record.name !== '.');
    const lists = await Promise.all(
      targets
        .slice(0, MAX_SRV_TARGETS)
        .map((record) => this.#addressHops({ name: record.name, port: record.port, protocol }, search)),
    );
    return lists.flatMap((located) => (located.ok ? located.value : [])).slice(0, MAX_HOPS);
  }

  async #addressHops({ name, port, protocol }: Place, search: Search): Promise<Located> {
    // RFC 5922 §7.3: the certificate is for the domain that was asked for, not for the host that DNS named.
    const hop = (address: string): Hop => ({ protocol, address: { address, port }, serverName: search.domain });
    if (isIpAddress(name)) return ok([hop(name)]);
    const { addressFamily } = search;
    // WHY: IPv4 first: by UDP a broken way shows only after half a minute, and IPv4 is the one that nearly every server has.
    const answers = await Promise.all([
      addressFamily === 'ipv6' ? undefined : this.#network.resolve4(name),
      addressFamily === 'ipv4' ? undefined : this.#network.resolve6(name),
    ]);
    const addresses = answers.flatMap((answer) => {
      if (!answer?.ok) return [];
      noteTtl(search, answer.value.ttlSec);
      return answer.value.addresses;
    });
    if (addresses.length > 0) return ok(addresses.slice(0, MAX_HOPS).map(hop));
    const isTimeout = answers.some((answer) => answer && !answer.ok && answer.error.kind === 'timeout');
    return err({ kind: isTimeout ? 'timeout' : 'notFound', message: `${name} has no address` });
  }

  #withinLimit(work: Promise<Located>): Promise<Located> {
    return new Promise((resolve) => {
      const timer = this.#runtime.setTimer(LIMIT_MS, () =>
        resolve(err({ kind: 'timeout', message: 'the name service does not answer' })),
      );
      void work.then((located) => {
        timer.cancel();
        resolve(located);
      });
    });
  }

  #remember(key: string, hops: readonly Hop[], ttlSec: number): void {
    this.#cache.delete(key);
    this.#cache.set(key, { untilMs: this.#runtime.nowMs() + Math.max(1, ttlSec) * 1000, hops });
    for (const oldest of this.#cache.keys()) {
      if (this.#cache.size <= CACHE_ENTRIES) return;
      this.#cache.delete(oldest);
    }
  }
}

interface CacheEntry {
  readonly untilMs: number;
  readonly hops: readonly Hop[];
}

/** One search for a domain; the shortest time to live of its answers counts for all. */
interface Search {
  readonly domain: string;
  readonly addressFamily: AddressFamily;
  ttlSec: number;
}

interface Place {
  readonly name: string;
  readonly port: number;
  readonly protocol: TransportProtocol;
}

function noteTtl(search: Search, ttlSec: number = UNKNOWN_TTL_SEC): void {
  search.ttlSec = Math.min(search.ttlSec, ttlSec);
}

interface Service {
  readonly protocol: TransportProtocol;
  readonly name: string;
}

/** RFC 3263 §4.1: the name that service records stand under. */
function service(domain: string, protocol: TransportProtocol): Service {
  const labels = { udp: '_sip._udp', tcp: '_sip._tcp', tls: '_sips._tcp', ws: '_sip._ws', wss: '_sips._ws' } as const;
  return { protocol, name: `${labels[protocol]}.${domain}` };
}

/** RFC 3261 §26.2.2: a SIPS URI with `transport=tcp` means TLS over TCP. */
function securedProtocol(protocol: TransportProtocol): TransportProtocol {
  if (protocol === 'ws') return 'wss';
  return protocol === 'wss' ? 'wss' : 'tls';
}
