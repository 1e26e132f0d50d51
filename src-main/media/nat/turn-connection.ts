// The way to a relay by a stream, for networks that let no datagrams out. RFC 8656 §3.1, RFC 7065 §3.1.
import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { SocketAddress } from '../../base/socket-address.ts';
import type { RelayLink } from './relays.ts';
import type { TurnServer } from './server-place.ts';
import { TurnFraming } from './turn-framing.ts';

/** Sound that waits longer than this is of no use any more. */
const MAX_WAITING_BYTES = 16_384;

/** Connects; fails as the system or the server's certificate does. What comes is handed on message by message. */
export async function connectToRelay(
  server: TurnServer,
  at: SocketAddress,
  onBytes: (bytes: Uint8Array) => void,
): Promise<RelayLink> {
  const socket = await open(server, at);
  const framing = new TurnFraming();
  socket.setNoDelay(true);
  socket.on('error', () => socket.destroy());
  socket.on('data', (bytes: Buffer) => {
    const messages = framing.take(bytes);
    for (const message of messages ?? []) onBytes(message);
    if (!messages) socket.destroy();
  });
  return {
    isStream: true,
    send: (bytes) => {
      if (socket.writable && socket.writableLength < MAX_WAITING_BYTES) socket.write(bytes);
    },
    close: () => socket.end(),
  };
}

function open({ transport, address }: TurnServer, at: SocketAddress): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const place = { host: at.address, port: at.port };
    const isNamed = isIP(address) === 0;
    const socket: Socket =
      transport === 'tls'
        ? connectTls({ ...place, ...(isNamed && { servername: address }) }, () => resolve(socket))
        : connectTcp(place, () => resolve(socket));
    socket.once('error', reject);
  });
}
