// Opens the sockets that the phone listens on.
import type { SipSettings } from '../../src-shared/contract/index.ts';
import type { Account } from '../features/registration/index.ts';
import type { OwnWish, TransportLayer } from '../sip/transport/index.ts';

export interface ListeningPlace {
  readonly transport: string;
  readonly address: string;
  readonly port: number;
  /** The account that has it for itself. */
  readonly accountId?: string;
}

type Wish = SipSettings['listen'][number];

/** Without a wish: loopback for the test line, and every interface once there is an account to be reached by. */
const LOOPBACK: readonly Wish[] = [
  { transport: 'udp', address: '127.0.0.1', port: 0 },
  { transport: 'tcp', address: '127.0.0.1', port: 0 },
];
const EVERYWHERE: readonly Wish[] = [
  { transport: 'udp', address: '0.0.0.0', port: 0 },
  { transport: 'tcp', address: '0.0.0.0', port: 0 },
];
/** A machine without IPv6 has none of these, and that is no fault. */
const EVERYWHERE_IPV6: readonly Wish[] = [
  { transport: 'udp', address: '::', port: 0 },
  { transport: 'tcp', address: '::', port: 0 },
];

/** What the config file asks for must be had: a port that is taken is an error, not a surprise. */
export function listen(transport: TransportLayer, wishes: readonly Wish[]): Promise<void> {
  return open(transport, wishes.length === 0 ? LOOPBACK : wishes);
}

/** Once there is an account whose server is elsewhere; a second call changes nothing. */
export async function listenEverywhere(transport: TransportLayer): Promise<void> {
  if (transport.listeningPoints.some(({ local }) => local.address === '0.0.0.0')) return;
  await open(transport, EVERYWHERE);
  for (const { transport: protocol, address, port } of EVERYWHERE_IPV6)
    await transport.listen({ protocol, address, port });
}

/** The sockets that an account wants for itself; undefined when it shares those of the phone. */
export function ownWishesOf(account: Account, named: readonly Wish[], isElsewhere: boolean): OwnWish[] | undefined {
  const { listenPort: port, transport } = account.settings;
  if (typeof port !== 'number') return undefined;
  // RFC 3261 §18.2.1: who is reached by UDP is reached by TCP at the same port too
  const protocols = transport === 'tls' ? (['tls'] as const) : (['udp', 'tcp'] as const);
  const addresses = named.length > 0 ? [...new Set(named.map(({ address }) => address))] : ownAddresses(isElsewhere);
  return protocols.flatMap((protocol) =>
    addresses.map((address) => ({ protocol, address, port, isOptional: named.length === 0 && address === '::' })),
  );
}

const ownAddresses = (isElsewhere: boolean): string[] => (isElsewhere ? ['0.0.0.0', '::'] : ['127.0.0.1']);

export function listeningPlaces(transport: TransportLayer): readonly ListeningPlace[] {
  return transport.listeningPoints.map(({ protocol, local, listener }) => ({
    transport: protocol,
    address: local.address,
    port: local.port,
    ...(listener !== undefined && { accountId: listener }),
  }));
}

async function open(transport: TransportLayer, wishes: readonly Wish[]): Promise<void> {
  for (const { transport: protocol, address, port } of wishes) {
    const opened = await transport.listen({ protocol, address, port });
    if (!opened.ok) throw new Error(`cannot listen on ${protocol} ${address}:${port}: ${opened.error.message}`);
  }
}
