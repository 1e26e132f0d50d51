// WebSocket and secure WebSocket by ws. RFC 7118 §4, RFC 6455 §4.1.
import { isUtf8 } from 'node:buffer';
import type { Socket } from 'node:net';
import { type SecureContext, TLSSocket } from 'node:tls';
import { WebSocket } from 'ws';
import { type Result, err, ok } from '../../base/result.ts';
import { type SocketAddress, formatSocketAddress } from '../../base/socket-address.ts';
import { MAX_MESSAGE_BYTES } from '../syntax/index.ts';
import type { PeerCertificate } from './certificate.ts';
import type { NetworkFailure, StreamConnection, StreamHandlers, StreamTarget } from './network.ts';
import { readPeerCertificate } from './node-certificate.ts';
import { networkFailure } from './node-failure.ts';
import { tlsClientOptions } from './node-tls-options.ts';

/** RFC 7118 §4.1: the subprotocol that both sides must name. */
const SUBPROTOCOL = 'sip';

export function connectNodeWebSocket(
  target: StreamTarget,
  context: SecureContext | undefined,
  signal: AbortSignal,
): Promise<Result<StreamConnection, NetworkFailure>> {
  return new Promise((resolve) => {
    const isSecure = target.protocol === 'wss';
    const socket = new WebSocket(`${isSecure ? 'wss' : 'ws'}://${formatSocketAddress(target)}/`, [SUBPROTOCOL], {
      headers: { Host: hostOf(target) },
      followRedirects: false,
      perMessageDeflate: false,
      // A message that is longer closes the connection.
      maxPayload: MAX_MESSAGE_BYTES,
      ...(isSecure && tlsClientOptions(target, context)),
    });
    let transport: Socket | undefined;
    const giveUp = (): void => {
      resolve(err({ kind: 'timeout', message: 'the peer did not answer in time' }));
      socket.terminate();
    };
    signal.addEventListener('abort', giveUp, { once: true });
    socket.on('error', (error) => resolve(err(networkFailure(error))));
    socket.once('upgrade', (response) => (transport = response.socket));
    socket.once('close', () => resolve(err({ kind: 'failed', message: 'the peer closed the connection' })));
    socket.once('open', () => {
      signal.removeEventListener('abort', giveUp);
      if (transport) resolve(ok(new NodeWebSocketConnection(socket, transport, target)));
    });
  });
}

const hostOf = (target: StreamTarget): string =>
  formatSocketAddress({ address: target.serverName ?? target.address, port: target.port });

class NodeWebSocketConnection implements StreamConnection {
  readonly local: SocketAddress;
  readonly remote: SocketAddress;
  readonly isMessageFramed = true;
  readonly certificate?: PeerCertificate;
  readonly #socket: WebSocket;
  readonly #waiting: Uint8Array[] = [];
  #handlers: StreamHandlers | undefined;
  #reason = 'the peer closed the connection';

  constructor(socket: WebSocket, transport: Socket, { address, port }: StreamTarget) {
    this.local = { address: transport.localAddress ?? '', port: transport.localPort ?? 0 };
    this.remote = { address, port };
    const certificate = transport instanceof TLSSocket ? readPeerCertificate(transport) : undefined;
    if (certificate) this.certificate = certificate;
    this.#socket = socket;
    socket.binaryType = 'nodebuffer';
    socket.on('message', (data) => this.#onMessage(data as Buffer));
    socket.on('pong', () => this.#handlers?.onPong?.());
    socket.on('error', (error) => (this.#reason = error.message));
  }

  get unsentBytes(): number {
    return this.#socket.bufferedAmount;
  }

  start(handlers: StreamHandlers): void {
    this.#handlers = handlers;
    for (const bytes of this.#waiting.splice(0)) handlers.onData(bytes);
    if (this.#socket.readyState === WebSocket.CLOSED) handlers.onClosed(this.#reason);
    else this.#socket.once('close', () => handlers.onClosed(this.#reason));
  }

  write(bytes: Uint8Array): void {
    // RFC 7118 §4.2: text where the message is UTF-8, else binary.
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(bytes, { binary: !isUtf8(bytes) });
  }

  ping(): void {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.ping();
  }

  close(isAbrupt = false): void {
    if (isAbrupt) this.#socket.terminate();
    else this.#socket.close();
  }

  /** What comes between the handshake and `start` is kept: a server may speak first. */
  #onMessage(bytes: Uint8Array): void {
    if (this.#handlers) this.#handlers.onData(bytes);
    else if (this.#waiting.length < 16) this.#waiting.push(bytes);
  }
}
