// TCP by net, TLS by tls. RFC 3261 §18, §26.2.1.
import { type Server, type Socket, connect, createServer } from 'node:net';
import {
  type SecureContext,
  type SecureContextOptions,
  type TLSSocket,
  connect as connectTls,
  createServer as createTlsServer,
} from 'node:tls';
import { type Result, err, ok } from '../../base/result.ts';
import { isIpv6Address } from '../../base/socket-address.ts';
import type { PeerCertificate } from './certificate.ts';
import type {
  NetworkFailure,
  StreamConnection,
  StreamHandlers,
  StreamListener,
  StreamPlace,
  StreamTarget,
} from './network.ts';
import { readPeerCertificate } from './node-certificate.ts';
import { networkFailure } from './node-failure.ts';
import { tlsClientOptions } from './node-tls-options.ts';
import { SocketQuota } from './socket-quota.ts';

/** A peer that opens a secured connection and does not finish the handshake is gone after this. */
const HANDSHAKE_LIMIT_MS = 10_000;
/** Sockets of one listener, those in a handshake included, which the transport does not see yet. */
const MAX_LISTENER_SOCKETS = 512;
/** Of these, sockets of one source. */
const MAX_LISTENER_SOCKETS_PER_SOURCE = 96;

type OnConnection = (connection: StreamConnection) => void;

export function listenNodeStream(
  { address, port, protocol = 'tcp' }: StreamPlace,
  secure: SecureContextOptions,
  onConnection: OnConnection,
): Promise<Result<StreamListener, NetworkFailure>> {
  return new Promise((resolve) => {
    const server = protocol === 'tls' ? tlsServer(secure, onConnection) : tcpServer(onConnection);
    server.maxConnections = MAX_LISTENER_SOCKETS;
    limitSources(server);
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

function limitSources(server: Server): void {
  const quota = new SocketQuota(MAX_LISTENER_SOCKETS_PER_SOURCE);
  server.prependListener('connection', (socket: Socket) => {
    const { remoteAddress = '' } = socket;
    if (quota.take(remoteAddress)) socket.once('close', () => quota.release(remoteAddress));
    else socket.destroy();
  });
}

const tcpServer = (onConnection: OnConnection): Server =>
  createServer({ noDelay: true }, (socket) => onConnection(new NodeStreamConnection(socket)));

function tlsServer(secure: SecureContextOptions, onConnection: OnConnection): Server {
  const server = createTlsServer(
    {
      ...secure,
      noDelay: true,
      handshakeTimeout: HANDSHAKE_LIMIT_MS,
      // RFC 3261 §26.3.1: phones seldom have certificates; one that is shown is looked at, none is no fault.
      requestCert: true,
      rejectUnauthorized: false,
    },
    (socket) => onConnection(new NodeStreamConnection(socket, readPeerCertificate(socket))),
  );
  server.on('tlsClientError', (_error, socket) => socket.destroy());
  return server;
}

export function connectNodeStream(
  target: StreamTarget,
  context: SecureContext | undefined,
  signal: AbortSignal,
): Promise<Result<StreamConnection, NetworkFailure>> {
  return new Promise((resolve) => {
    const isTls = target.protocol === 'tls';
    const socket = isTls
      ? connectTls({ host: target.address, port: target.port, ...tlsClientOptions(target, context) })
      : connect({ host: target.address, port: target.port, noDelay: true });
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
    socket.once(isTls ? 'secureConnect' : 'connect', () => {
      signal.removeEventListener('abort', giveUp);
      socket.setNoDelay(true);
      const connection = new NodeStreamConnection(socket, isTls ? readPeerCertificate(socket as TLSSocket) : undefined);
      socket.removeListener('error', onError);
      resolve(ok(connection));
    });
  });
}

class NodeStreamConnection implements StreamConnection {
  readonly local: StreamTarget;
  readonly remote: StreamTarget;
  readonly certificate?: PeerCertificate;
  readonly #socket: Socket;
  #reason = 'the peer closed the connection';

  constructor(socket: Socket, certificate?: PeerCertificate) {
    this.local = { address: socket.localAddress ?? '', port: socket.localPort ?? 0 };
    this.remote = { address: socket.remoteAddress ?? '', port: socket.remotePort ?? 0 };
    if (certificate) this.certificate = certificate;
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
