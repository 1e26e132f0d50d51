// Opens the sockets that the phone listens on.
import type { SipSettings } from '../../src-shared/contract/index.ts';
import type { Logger } from '../base/logger.ts';
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

/** What the config file asks for must be had: a port that is taken is an error, not a surprise. */
export async function listen(transport: TransportLayer, wishes: readonly Wish[], logger: Logger): Promise<void> {
  if (wishes.length === 0) return open(transport, LOOPBACK);
  const served = wishes.filter(({ transport: protocol }) => protocol !== 'tls');
  if (served.length < wishes.length) logger.warn('TLS is not built yet; it is not listened for');
  return open(transport, served);
}

/** Once there is an account whose server is elsewhere; a second call changes nothing. */
export async function listenEverywhere(transport: TransportLayer): Promise<void> {
  if (!transport.listeningPoints.some(({ local }) => local.address === '0.0.0.0')) await open(transport, EVERYWHERE);
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
