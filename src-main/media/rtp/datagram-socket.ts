// A bound UDP socket as media needs it; the network is a parameter so that tests can bring their own.
import { createSocket } from 'node:dgram';
import { isIP } from 'node:net';
import { takeAddressAsIs } from '../../base/no-lookup.ts';
import { isIpv6Address, type SocketAddress } from '../../base/socket-address.ts';

/** Called for every datagram; `bytes` belongs to the receiver. */
export type DatagramListener = (bytes: Uint8Array, from: SocketAddress) => void;

export interface DatagramSocket {
  /** `bytes` must stay unchanged until `onSent`; an unreachable peer is no failure. */
  send(bytes: Uint8Array, to: SocketAddress, onSent: () => void): void;
  close(): void;
}

/** Opens sockets; undefined when the port is taken or the address is not ours. */
export interface Network {
  open(local: SocketAddress, listener: DatagramListener): Promise<DatagramSocket | undefined>;
}

/**
 * Whether packets can go there: an address, not a name (which would be looked up for every packet), no wildcard (the
 * old way to say hold, RFC 3264 §8.4) and a port.
 */
export const isSendable = ({ address, port }: SocketAddress): boolean =>
  port > 0 && port < 65_536 && isIP(address) !== 0 && address !== '0.0.0.0' && address !== '::';

/** Room for 100 packets that arrive while this process is busy. */
const RECEIVE_BUFFER_BYTES = 262_144;

/** The network of this machine. */
export const nodeNetwork: Network = {
  open: (local, listener) =>
    new Promise((resolve) => {
      const type = isIpv6Address(local.address) ? 'udp6' : 'udp4';
      const socket = createSocket({ type, lookup: takeAddressAsIs, recvBufferSize: RECEIVE_BUFFER_BYTES });
      let isOpen = true;
      let isBound = false;
      socket.on('message', (bytes, from) => listener(bytes, from));
      // WHY: after bind, an error is an ICMP answer to something sent: the peer may still come back.
      socket.on('error', () => {
        if (isBound) return;
        if (isOpen) socket.close();
        isOpen = false;
        resolve(undefined);
      });
      socket.bind({ address: local.address, port: local.port, exclusive: true }, () => {
        isBound = true;
        resolve({
          send: (bytes, to, onSent) => {
            if (isOpen) socket.send(bytes, to.port, to.address, onSent);
          },
          close: () => {
            if (!isOpen) return;
            isOpen = false;
            socket.close();
          },
        });
      });
    }),
};
