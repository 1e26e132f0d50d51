// By what a message is matched to its transaction. RFC 3261 §17.1.3, §17.2.3.
import type { SipRequest, SipResponse } from '../syntax/index.ts';

/** RFC 3261 §17.1.3: the branch of the top Via and the method of CSeq; undefined without a branch. */
export function clientKey(message: SipRequest | SipResponse): string | undefined {
  const branch = message.topVia.branch;
  if (branch === undefined) return undefined;
  return `${branch.toLowerCase()} ${transactionMethod(message.cseq.method)}`;
}

/**
 * RFC 3261 §17.2.3: branch, sent-by and method when the branch has the cookie; else what RFC 2543 left.
 * ACK has the key of its INVITE; `method` may name another method to look for (that of a CANCEL's INVITE).
 */
export function serverKey(message: SipRequest | SipResponse, method = message.cseq.method): string {
  const via = message.topVia;
  const wanted = transactionMethod(method);
  if (via.hasBranchCookie) return `${via.branch?.toLowerCase() ?? ''} ${via.sentBy.toLowerCase()} ${wanted}`;
  // RFC 3261 §17.2.3: without the cookie it is Request-URI, tags, Call-ID, CSeq number and top Via that must match.
  // WHY: the To tag is left out, since an ACK has the one that our response added; the CSeq number tells requests
  // of one dialog apart. The Request-URI is left out too, so that a response finds its transaction.
  const parts = [message.callId, message.from.tag ?? '', message.cseq.sequence, via.sentBy.toLowerCase()];
  return `${parts.join(' ')} ${via.branch ?? ''} ${wanted}`;
}

/** ACK to a failure belongs to its INVITE's transaction. */
const transactionMethod = (method: string): string => (method === 'ACK' ? 'INVITE' : method);
