// Tells by its first bytes what a datagram on the media port is. RFC 7983 §7, RFC 5761 §4.

export type DatagramKind = 'rtp' | 'rtcp' | 'stun' | 'dtls' | 'channel' | 'unknown';

/** RFC 7983 §7: ranges of the first byte; between 128 and 191 it is RTP or RTCP. */
export function datagramKind(bytes: Uint8Array): DatagramKind {
  const first = bytes[0] ?? 255;
  if (first <= 3) return 'stun';
  if (first >= 20 && first <= 63) return 'dtls';
  if (first >= 64 && first <= 79) return 'channel';
  if (first < 128 || first > 191) return 'unknown';
  // RFC 5761 §4: packet types 192 to 223 are RTCP, which RTP payload types 64 to 95 must not imitate.
  const second = bytes[1] ?? 0;
  return second >= 192 && second <= 223 ? 'rtcp' : 'rtp';
}
