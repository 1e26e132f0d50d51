// TCP by net.
import { type Socket, connect, createServer } from 'node:net';
import { type Result, err, ok } from '../../base/result.ts';
import { type SocketAddress, isIpv6Address } from '../../base/socket-address.ts';
import type { NetworkFailure, StreamConnection, StreamHandlers, StreamListener } from './network.ts';
import { networkFailure } from './node-failure.ts';

export function listenNodeStream(
  { address, port }: SocketAddress,
  onConnection: (connection: StreamConnection) => void,
): Promise<Result<StreamListener, NetworkFailure>> {
  return new Promise((resolve) => {
    const server = createServer({ noDelay: true }, (socket) => onConnection(new NodeStreamConnection(socket)));
    server.once('error', (error) => resolve(err(networkFailure(error))));
    server.listen({ host: address, port, exclusive: true, ipv6Only: isIpv6Address(address) }, () => {
      server.on('error', () => {});
      const bound = server.address();
      const local = bound !== null && typeof bound === 'object' ? bound : { address, port };
      resolve(
        ok({
          local: { address: local.address, port: local.port },
          close: () => void server.close(),
        }),
      );
    });
  });
}

export function connectNodeStream(
  remote: SocketAddress,
  signal: AbortSignal,
): Promise<Result<StreamConnection, NetworkFailure>> {
  return new Promise((resolve) => {
    const socket = connect({ host: remote.address, port: remote.port, noDelay: true });
    const giveUp = (): void => {
      socket.destroy();
      resolve(err({ kind: 'timeout', message: 'the peer did not answer in time' }));
    };
    signal.addEventListener('abort', giveUp, { once: true });
    const onError = (error: Error): void => {
      signal.removeEventListener('abort', giveUp);
      resolve(err(networkFailure(error)));
    };
    socket.once('error', onError);
    socket.once('connect', () => {
      signal.removeEventListener('abort', giveUp);
      const connection = new NodeStreamConnection(socket);
      socket.removeListener('error', onError);
      resolve(ok(connection));
    });
  });
}

class NodeStreamConnection implements StreamConnection {
  readonly local: SocketAddress;
  readonly remote: SocketAddress;
  readonly #socket: Socket;
  #reason = 'the peer closed the connection';

  constructor(socket: Socket) {
    this.local = { address: socket.localAddress ?? '', port: socket.localPort ?? 0 };
    this.remote = { address: socket.remoteAddress ?? '', port: socket.remotePort ?? 0 };
    this.#socket = socket;
    socket.on('error', (error) => (this.#reason = error.message));
  }

  get unsentBytes(): number {
    return this.#socket.writableLength;
  }

  start(handlers: StreamHandlers): void {
    this.#socket.on('data', (bytes: Uint8Array) => handlers.onData(bytes));
    if (this.#socket.destroyed) handlers.onClosed(this.#reason);
    else this.#socket.once('close', () => handlers.onClosed(this.#reason));
  }

  write(bytes: Uint8Array): void {
    if (this.#socket.writable) this.#socket.write(bytes);
  }

  close(isAbrupt = false): void {
    if (isAbrupt) this.#socket.destroy();
    else this.#socket.end(() => this.#socket.destroySoon());
  }
}
