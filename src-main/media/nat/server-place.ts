// Where the servers are that an account names: URIs in parts, names as addresses. RFC 7064 §3.1, RFC 7065 §3.1.
import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import type { SocketAddress } from '../../base/socket-address.ts';

const STUN_PORT = 3478;
const SECURE_PORT = 5349;

export type TurnTransport = 'udp' | 'tcp' | 'tls';

/** `address` is a name or an address. */
export interface TurnServer extends SocketAddress {
  readonly transport: TurnTransport;
}

const HOST_PORT = '(?:\\[([\\da-f:.]+)\\]|([^\\s:[\\]?/]+))(?::(\\d{1,5}))?';
const STUN_URI = new RegExp(`^(?:stun:)?${HOST_PORT}$`, 'i');
const TURN_URI = new RegExp(`^(?:(turns?):)?${HOST_PORT}(?:\\?transport=(udp|tcp))?$`, 'i');

/** `name`, `name:port`, `[address]:port`, with or without `stun:`; undefined where it is nothing of the kind. */
export function parseStunServer(text: string): SocketAddress | undefined {
  const [, bracketed, plain, port] = STUN_URI.exec(text.trim()) ?? [];
  return placeOf(bracketed ?? plain, port, STUN_PORT);
}

/**
 * As parseStunServer, with `turn:` or `turns:`, and `?transport=tcp`; `turns:` is TLS over TCP. Where no transport is named,
 * all of them, in the order in which they are tried; nothing where it is nothing of the kind.
 */
export function parseTurnServers(text: string): readonly TurnServer[] {
  const [, scheme, bracketed, plain, port, transport] = TURN_URI.exec(text.trim()) ?? [];
  const isSecure = scheme?.toLowerCase() === 'turns';
  const place = placeOf(bracketed ?? plain, port, isSecure ? SECURE_PORT : STUN_PORT);
  if (!place) return [];
  if (isSecure) return [{ ...place, transport: 'tls' }];
  if (transport !== undefined) return [{ ...place, transport: transport.toLowerCase() === 'tcp' ? 'tcp' : 'udp' }];
  // RFC 7065 §3.1: the usual port of one is not that of the other; an unusual one is for all of them.
  const securePort = place.port === STUN_PORT ? SECURE_PORT : place.port;
  return [
    { ...place, transport: 'udp' },
    { ...place, transport: 'tcp' },
    { ...place, port: securePort, transport: 'tls' },
  ];
}

function placeOf(address: string | undefined, port: string | undefined, usualPort: number): SocketAddress | undefined {
  const number = port === undefined ? usualPort : Number(port);
  return address === undefined || number < 1 || number > 65_535 ? undefined : { address, port: number };
}

/** The server's address of the family that `host` is of. Fails as the system's resolver does. */
export async function resolveServer(server: SocketAddress, host: SocketAddress): Promise<SocketAddress> {
  if (isIP(server.address) !== 0) return { address: server.address, port: server.port };
  const { address } = await lookup(server.address, { family: isIP(host.address) });
  return { address, port: server.port };
}
