// What the transport writes into the top Via, and where responses go by it. RFC 3261 §18.1.1, §18.2.1, §18.2.2, RFC 3581 §3, §4; RFC 5923 §5.
import { InvariantError } from '../../base/result.ts';
import { type SocketAddress, withoutZone } from '../../base/socket-address.ts';
import { Header, type SipRequest, type SipResponse, isSameHost } from '../syntax/index.ts';
import { type Flow, defaultPort, isWebSocket, parseProtocol } from './flow.ts';

/** Puts protocol, sent-by and `rport` into the top Via of a request that is about to leave by `flow`. */
export function prepareOutgoingRequest(request: SipRequest, flow: Flow): void {
  const via = request.headers.get(Header.Via);
  if (!via) throw new InvariantError('a request without Via cannot be sent');
  // RFC 3261 §18.1.1: the client transport inserts the sent-by.
  const { address } = flow.sentBy;
  // RFC 7118 §5.2: on a WebSocket the sent-by is a name that reaches nobody, without a port.
  const port = isWebSocket(flow.protocol) ? undefined : flow.sentBy.port;
  let { parameters } = via;
  // RFC 3581 §3: ask for the response at the port that the request comes from.
  if (flow.protocol === 'udp' && !parameters.has('rport')) parameters = parameters.with('rport');
  // RFC 5923 §5: `alias` asks for the peer's own requests over this connection, which it grants to a certificate only
  if (flow.isReusable === true && !parameters.has('alias')) parameters = parameters.with('alias');
  const fixed = via.with({ transport: flow.protocol.toUpperCase(), host: address, port, parameters });
  request.headers.replaceFirst(Header.Via, fixed);
}

/** Notes in the top Via of an incoming request where it really came from. */
export function fixIncomingRequest(request: SipRequest, remote: SocketAddress): void {
  const via = request.topVia;
  let { parameters } = via;
  // RFC 3261 §18.2.1: `received` when sent-by is a name or another address. RFC 3581 §4: always beside rport.
  const address = withoutZone(remote.address);
  const isReceivedDue = !isSameHost(via.host, address) || via.isRportWanted || via.received !== undefined;
  if (!isReceivedDue) return;
  parameters = parameters.with('received', address);
  // RFC 3581 §4: the source port is the value of rport, whatever the sender wrote there.
  if (via.isRportWanted) parameters = parameters.with('rport', String(remote.port));
  request.headers.replaceFirst(Header.Via, via.with({ parameters }));
}

/**
 * Where a response goes when its request's connection cannot carry it. RFC 3261 §18.2.2, RFC 3581 §4.
 * Undefined when the Via names a host that was never seen as an address.
 * DEVIATION: maddr is not followed: it serves multicast, and lets a stranger choose whom we send to.
 */
export function responseTarget(response: SipResponse, requestFlow: Flow): SocketAddress {
  const via = response.topVia;
  const { remote } = requestFlow;
  // A link-local address needs the zone that Via does not carry.
  const isRemote = via.received === undefined || isSameHost(via.received, withoutZone(remote.address));
  const address = isRemote ? remote.address : via.received;
  const isDatagram = requestFlow.protocol === 'udp';
  const rport = isDatagram ? via.rport : undefined;
  const port = rport ?? via.port ?? defaultPort(parseProtocol(via.transport) ?? requestFlow.protocol);
  return { address, port: port === 0 ? defaultPort(requestFlow.protocol) : port };
}
