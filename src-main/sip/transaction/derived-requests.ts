// Requests that a transaction makes of its own request: the Via, ACK to a failure, CANCEL. RFC 3261 §8.1.1.7, §17.1.1.3, §9.1.
import { buildRequest, Header, viaWithBranch, type SipRequest, type SipResponse } from '../syntax/index.ts';

/** Gives a request its Via; the transport fills in transport and sent-by. */
export function prependVia(request: SipRequest, branch: string): void {
  request.headers.prependValue(Header.Via, viaWithBranch(branch));
}

/** RFC 3261 §17.1.1.3: To is that of the response, all else that of the INVITE, with its top Via only. */
export function buildAckForFailure(invite: SipRequest, response: SipResponse): SipRequest {
  const ack = derive(invite, 'ACK');
  ack.headers.put(Header.To, response.to);
  // RFC 3261 §22.1: an ACK carries the credentials of its INVITE
  ack.headers.copyFrom(invite.headers, 'Authorization');
  ack.headers.copyFrom(invite.headers, 'Proxy-Authorization');
  return ack;
}

/** RFC 3261 §9.1: Request-URI, Call-ID, To, From, CSeq number, top Via and Route are those of the INVITE. */
export function buildCancel(invite: SipRequest): SipRequest {
  return derive(invite, 'CANCEL');
}

function derive(invite: SipRequest, method: string): SipRequest {
  const request = buildRequest({
    method,
    requestUri: invite.requestUri,
    from: invite.from,
    to: invite.to,
    callId: invite.callId,
    cseq: invite.cseq.sequence,
    routes: invite.headers.all(Header.Route),
  });
  request.headers.prependValue(Header.Via, invite.topVia);
  return request;
}
