// For sockets that are only ever given IP addresses.
import { isIpv6Address } from './socket-address.ts';

/** In the place of a look-up of names, which would put off every datagram to the next turn. */
export const takeAddressAsIs = (
  address: string,
  _options: unknown,
  callback: (error: null, address: string, family: number) => void,
): void => callback(null, address, isIpv6Address(address) ? 6 : 4);
