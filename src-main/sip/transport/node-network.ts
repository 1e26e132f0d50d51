// The network of this machine. RFC 3261 §18, RFC 3263 §4.
import type { SipNetwork } from './network.ts';
import { bindNodeDatagram, localAddressFor } from './node-datagram.ts';
import { nodeResolver } from './node-resolver.ts';
import { connectNodeStream, listenNodeStream } from './node-stream.ts';

/** Sockets by dgram and net, names by the resolver of its own with the system's as fallback. */
export function nodeNetwork(): SipNetwork {
  return {
    bindDatagram: bindNodeDatagram,
    listenStream: listenNodeStream,
    connectStream: connectNodeStream,
    localAddressFor,
    ...nodeResolver(),
  };
}
