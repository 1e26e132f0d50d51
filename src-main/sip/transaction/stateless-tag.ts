// The To tag of an answer that leaves no state behind: the same for each copy of a request. RFC 3261 §8.2.7.
import type { SipRequest } from '../syntax/index.ts';
import { serverKey } from './transaction-key.ts';

const OFFSET = 0x811c9dc5;
const PRIME = 0x01000193;

/** RFC 3261 §8.2.7: a stateless answer to a retransmission has the tag of the first one. */
export function statelessTag(request: SipRequest): string {
  let hash = OFFSET;
  const text = `${serverKey(request)} ${request.callId}`;
  // FNV-1a: it need not be secret, for no dialog comes of it.
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), PRIME);
  return `stateless-${(hash >>> 0).toString(16)}`;
}
