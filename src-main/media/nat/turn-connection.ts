// The way to a relay by a stream, for networks that let no datagrams out. RFC 8656 §3.1, RFC 7065 §3.1.
import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls, createSecureContext, rootCertificates, type SecureContext } from 'node:tls';
import type { SocketAddress } from '../../base/socket-address.ts';
import type { RelayLink, RelayLinkUser } from './relays.ts';
import type { TurnServer } from './server-place.ts';
import { TurnFraming } from './turn-framing.ts';

/** Sound that waits longer than this is of no use any more. */
const MAX_WAITING_BYTES = 16_384;

/** Whose certificates a relay may show. RFC 8656 §3.1, RFC 8489 §6.2.3 */
export interface RelayTrust {
  /** In PEM, beside the authorities that every program trusts. */
  readonly authorities: readonly string[];
  /** False: any certificate will do. */
  readonly isVerifying: boolean;
}

/** Connects; fails as the system or the server's certificate does. What comes is handed on message by message. */
export async function connectToRelay(
  server: TurnServer,
  at: SocketAddress,
  trust: RelayTrust,
  { onBytes, onClosed }: RelayLinkUser,
): Promise<RelayLink> {
  const socket = await open(server, at, trust);
  const framing = new TurnFraming();
  socket.setNoDelay(true);
  socket.on('error', () => socket.destroy());
  socket.on('close', onClosed);
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

function open({ transport, address }: TurnServer, at: SocketAddress, trust: RelayTrust): Promise<Socket> {
  const place = { host: at.address, port: at.port };
  // RFC 8489 §6.2.3: the certificate is for the name that the person was given, or else for the address.
  const named = isIP(address) === 0 ? { servername: address } : {};
  const secure = { secureContext: contextFor(trust.authorities), rejectUnauthorized: trust.isVerifying };
  return new Promise((resolve, reject) => {
    const socket: Socket =
      transport === 'tls'
        ? connectTls({ ...place, ...named, ...secure }, () => resolve(socket))
        : connectTcp(place, () => resolve(socket));
    socket.once('error', reject);
  });
}

let last: { readonly authorities: string; readonly context: SecureContext } | undefined;

/** WHY: reading the authorities costs tens of milliseconds, and they are the same for every call. */
function contextFor(authorities: readonly string[]): SecureContext {
  const joined = authorities.join('\n');
  if (last?.authorities === joined) return last.context;
  const ca = authorities.length > 0 ? { ca: [...rootCertificates, ...authorities] } : {};
  const context = createSecureContext({ minVersion: 'TLSv1.2', ...ca });
  last = { authorities: joined, context };
  return context;
}
