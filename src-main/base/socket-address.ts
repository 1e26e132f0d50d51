// An IP address with a port, and the text forms of both.

export interface SocketAddress {
  /** IPv4 dotted or IPv6 text without brackets. */
  readonly address: string;
  readonly port: number;
}

/** An IPv6 address is the only host with a colon once the port is apart. */
export const isIpv6Address = (address: string): boolean => address.includes(':');

/** `1.2.3.4:5060` or `[2001:db8::1]:5060`. */
export function formatSocketAddress({ address, port }: SocketAddress): string {
  return `${isIpv6Address(address) ? `[${address}]` : address}:${port}`;
}

export function isSameSocketAddress(a: SocketAddress, b: SocketAddress): boolean {
  return a.port === b.port && a.address === b.address;
}

/** Without the interface that a link-local address is written with: it means something on this machine only. */
export const withoutZone = (address: string): string => {
  const percent = address.indexOf('%');
  return percent < 0 ? address : address.slice(0, percent);
};
