// Opens the sockets that the phone listens on.
import type { SipSettings } from '../../src-shared/contract/index.ts';
import type { TransportLayer } from '../sip/transport/index.ts';

export interface ListeningPlace {
  readonly transport: string;
  readonly address: string;
  readonly port: number;
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

export function listeningPlaces(transport: TransportLayer): readonly ListeningPlace[] {
  return transport.listeningPoints.map(({ protocol, local }) => ({
    transport: protocol,
    address: local.address,
    port: local.port,
  }));
}

async function open(transport: TransportLayer, wishes: readonly Wish[]): Promise<void> {
  for (const { transport: protocol, address, port } of wishes) {
    const opened = await transport.listen({ protocol, address, port });
    if (!opened.ok) throw new Error(`cannot listen on ${protocol} ${address}:${port}: ${opened.error.message}`);
  }
}
