// For sockets that are only ever given IP addresses.
import type { SocketOptions } from 'node:dgram';
import { isIPv6 } from 'node:net';

/** In the place of a look-up of names: the system's one would put off every datagram to the next turn. */
export const takeAddressAsIs: NonNullable<SocketOptions['lookup']> = (address, _options, callback) =>
  callback(null, address, isIPv6(address) ? 6 : 4);
