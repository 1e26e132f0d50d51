// Where a stream stands in its numbering: where it begins, and what another process would need to go on. RFC 3550 §5.1.
import type { Runtime } from '../../base/runtime.ts';
import type { NetworkPath } from './network-path.ts';
import type { PacketSender } from './packet-sender.ts';
import type { SendPosition, SessionResume } from './session-config.ts';

/** RFC 3550 §5.1: SSRC, first sequence number and first timestamp are random. */
export function randomPosition(runtime: Runtime): SendPosition {
  const random32 = (): number => Buffer.from(runtime.randomBytes(4)).readUInt32BE();
  return { ssrc: random32(), sequence: random32() & 0x7fff, timestamp: random32() };
}

/** Undefined while there are no sockets. */
export function sessionResume(
  sessionId: string,
  { position }: PacketSender,
  { sockets, secure }: NetworkPath,
): SessionResume | undefined {
  return sockets && { sessionId, rtpPort: sockets.localRtp.port, position, ...secure.position };
}
