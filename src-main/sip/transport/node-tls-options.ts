// How we open secured connections. RFC 3261 §26.3.1, RFC 5922 §7.
import type { ConnectionOptions, SecureContext } from 'node:tls';
import { isIpAddress } from '../syntax/index.ts';
import type { StreamTarget } from './network.ts';

/**
 * WHY: the handshake is let through and the certificate judged after it (certificate.ts) and before the first byte of SIP,
 * so that a refusal can show the user whose certificate it was.
 */
export function tlsClientOptions(
  { serverName = '' }: StreamTarget,
  secureContext: SecureContext | undefined,
): ConnectionOptions {
  return {
    // RFC 5922 §7.3: the server is asked for by the SIP domain; RFC 6066 §3: a number is no server name.
    servername: isIpAddress(serverName) || serverName.includes(':') ? '' : serverName,
    rejectUnauthorized: false,
    checkServerIdentity: () => undefined,
    ...(secureContext ? { secureContext } : { minVersion: 'TLSv1.2' }),
  };
}
