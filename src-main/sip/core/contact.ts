// Our Contact on a flow. RFC 3261 §8.1.1.8, RFC 7118 §5.
import { NameAddress, Parameters, SipUri } from '../syntax/index.ts';
import { isWebSocket, type Flow, type TransactionLayer } from '../transaction/index.ts';
import type { AccountIdentity } from './account-identity.ts';

/** RFC 3261 §8.1.1.8: where requests reach us, over the kind of transport that `flow` is. */
export function contactFor(
  context: { readonly transactions: TransactionLayer },
  flow: Flow,
  account: AccountIdentity,
): NameAddress {
  const address = account.contactAddress ?? context.transactions.transport.contactAddress(flow);
  // RFC 7118 §5.2: both kinds of WebSocket are written `ws`, at a host that reaches nobody and has no port
  const transport = isWebSocket(flow.protocol) ? 'ws' : flow.protocol;
  const parameters = transport === 'udp' ? Parameters.none : Parameters.of({ transport });
  const uri = new SipUri({
    // RFC 3261 §12.1.1: a secured request wants a secured Contact
    scheme: flow.isSecure && account.address.scheme === 'sips' ? 'sips' : 'sip',
    user: account.contactUser,
    host: address.address,
    port: isWebSocket(flow.protocol) ? undefined : address.port,
    parameters,
  });
  return new NameAddress({ uri });
}
