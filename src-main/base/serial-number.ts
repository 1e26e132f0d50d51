// Numbers that wrap: RTP sequence numbers and timestamps. RFC 1982 serial number arithmetic.

/** `a` minus `b` on a circle of 2^16, from -32768 to 32767. */
export function serialDifference16(a: number, b: number): number {
  return ((a - b) << 16) >> 16;
}

/** `a` minus `b` on a circle of 2^32, from -2^31 to 2^31-1. */
export function serialDifference32(a: number, b: number): number {
  return (a - b) | 0;
}
