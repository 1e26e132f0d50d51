// UDP by dgram.
import { type Socket, createSocket } from 'node:dgram';
import { takeAddressAsIs } from '../../base/no-lookup.ts';
import { type Result, err, ok } from '../../base/result.ts';
import { type SocketAddress, isIpv6Address } from '../../base/socket-address.ts';
import type { DatagramHandlers, DatagramSocket, NetworkFailure } from './network.ts';
import { networkFailure } from './node-failure.ts';

/** Bursts of calls and messages must not be lost before they are read. */
const RECEIVE_BUFFER_BYTES = 1_048_576;

export function bindNodeDatagram(local: SocketAddress): Promise<Result<DatagramSocket, NetworkFailure>> {
  return new Promise((resolve) => {
    const socket = createFor(local.address);
    socket.once('error', (error) => {
      socket.close();
      resolve(err(networkFailure(error)));
    });
    socket.bind({ address: local.address, port: local.port, exclusive: true }, () => {
      socket.removeAllListeners('error');
      resolve(ok(new NodeDatagramSocket(socket)));
    });
  });
}

const createFor = (address: string): Socket =>
  createSocket({
    lookup: takeAddressAsIs,
    ...(isIpv6Address(address) ? { type: 'udp6', ipv6Only: true } : { type: 'udp4' }),
  });

class NodeDatagramSocket implements DatagramSocket {
  readonly local: SocketAddress;
  readonly #socket: Socket;
  #handlers: DatagramHandlers | undefined;
  #isClosed = false;

  constructor(socket: Socket) {
    const { address, port } = socket.address();
    this.local = { address, port };
    this.#socket = socket;
    socket.setRecvBufferSize(RECEIVE_BUFFER_BYTES);
    socket.on('message', (bytes, { address: from, port: fromPort }) =>
      this.#handlers?.onDatagram(bytes, { address: from, port: fromPort }),
    );
    socket.on('error', (error) => this.#handlers?.onError(error.message));
  }

  start(handlers: DatagramHandlers): void {
    this.#handlers = handlers;
  }

  send(bytes: Uint8Array, remote: SocketAddress, onFailed: (reason: string) => void): void {
    if (this.#isClosed) return;
    this.#socket.send(bytes, remote.port, remote.address, (error) => {
      if (error) onFailed(error.message);
    });
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#socket.close();
  }
}

/** Asks the routing table by a connected socket that sends nothing. */
export function localAddressFor(remote: SocketAddress): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = createFor(remote.address);
    const finish = (address: string | undefined): void => {
      socket.close();
      resolve(address);
    };
    socket.once('error', () => finish(undefined));
    socket.connect(remote.port, remote.address, () => finish(socket.address().address));
  });
}

/** Two line ends: a sign of life that every SIP server passes over. RFC 5626 §4.4.1 */
const PROBE = Buffer.from('\r\n\r\n');
const UNREACHABLE: readonly string[] = ['ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH'];

/** WHY: Node hands on what ICMP says to connected sockets only, and the one that listens cannot be connected to a peer. */
export function refusesDatagrams(remote: SocketAddress, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createFor(remote.address);
    let isDone = false;
    const finish = (isRefusing: boolean): void => {
      if (isDone) return;
      isDone = true;
      socket.close();
      resolve(isRefusing);
    };
    const onError = (error: NodeJS.ErrnoException | null): void => {
      if (error) finish(UNREACHABLE.includes(error.code ?? ''));
    };
    signal.addEventListener('abort', () => finish(false));
    socket.on('error', onError);
    socket.connect(remote.port, remote.address, () => socket.send(PROBE, onError));
  });
}
