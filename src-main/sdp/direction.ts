// Who sends and who receives, seen from either side. RFC 3264 §5.1, §6.1, §8.4.
import type { SdpDirection } from './session-description.ts';

/** What we do with a stream. */
export type MediaDirection = 'sendReceive' | 'sendOnly' | 'receiveOnly' | 'inactive';

const canSend = (direction: MediaDirection): boolean => direction === 'sendReceive' || direction === 'sendOnly';
const canReceive = (direction: MediaDirection): boolean => direction === 'sendReceive' || direction === 'receiveOnly';

function directionOf(sends: boolean, receives: boolean): MediaDirection {
  if (sends) return receives ? 'sendReceive' : 'sendOnly';
  return receives ? 'receiveOnly' : 'inactive';
}

const TO_SDP = {
  sendReceive: 'sendrecv',
  sendOnly: 'sendonly',
  receiveOnly: 'recvonly',
  inactive: 'inactive',
} as const;

export const toSdpDirection = (direction: MediaDirection): SdpDirection => TO_SDP[direction];

/** What is left for us when the peer says `remote`: its sending is our receiving. */
export function mirrored(remote: SdpDirection): MediaDirection {
  return directionOf(remote === 'sendrecv' || remote === 'recvonly', remote === 'sendrecv' || remote === 'sendonly');
}

/** What both allow. RFC 3264 §6.1: an answer only ever narrows the offer. */
export function narrowed(a: MediaDirection, b: MediaDirection): MediaDirection {
  return directionOf(canSend(a) && canSend(b), canReceive(a) && canReceive(b));
}

/** Whether the peer takes nothing from us although we would send. RFC 3264 §8.4. */
export function isHeldBy(remote: SdpDirection, wanted: MediaDirection): boolean {
  return canSend(wanted) && (remote === 'sendonly' || remote === 'inactive');
}
