// Finds a free even port for RTP with the odd one above for RTCP. RFC 3550 §11.
import { err, ok, type Result } from '../../base/result.ts';
import type { Runtime } from '../../base/runtime.ts';
import type { DatagramListener, DatagramSocket, Network } from './datagram-socket.ts';

export interface RtpPortPair {
  readonly port: number;
  readonly rtp: DatagramSocket;
  readonly rtcp: DatagramSocket;
}

export interface PortSearch {
  readonly address: string;
  readonly range: readonly [first: number, last: number];
  readonly onRtp: DatagramListener;
  readonly onRtcp: DatagramListener;
}

/** More failed binds than this mean that the address is wrong, not the port taken. */
const MAX_ATTEMPTS = 200;

/** Opens a pair; begins anywhere in the range, so that a port is not used again at once. */
export async function openRtpPortPair(
  network: Network,
  runtime: Runtime,
  search: PortSearch,
): Promise<Result<RtpPortPair, 'noFreePort'>> {
  const first = search.range[0] + (search.range[0] % 2);
  const count = Math.floor((search.range[1] - first + 1) / 2);
  const offset = Math.floor(runtime.random() * count);
  for (let i = 0; i < Math.min(count, MAX_ATTEMPTS); i++) {
    // RFC 3550 §11: RTP takes an even port, RTCP the next higher odd one.
    const port = first + 2 * ((offset + i) % count);
    const rtp = await network.open({ address: search.address, port }, search.onRtp);
    if (!rtp) continue;
    const rtcp = await network.open({ address: search.address, port: port + 1 }, search.onRtcp);
    if (rtcp) return ok({ port, rtp, rtcp });
    rtp.close();
  }
  return err('noFreePort');
}
