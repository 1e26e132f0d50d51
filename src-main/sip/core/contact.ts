// Our Contact on a flow. RFC 3261 §8.1.1.8, RFC 5626 §4.3, RFC 5627 §4.4, RFC 5630 §5.1.1, RFC 7118 §5.
import { NameAddress, Parameters, SipUri } from '../syntax/index.ts';
import { isWebSocket, type Flow, type TransactionLayer } from '../transaction/index.ts';
import type { AccountIdentity } from './account-identity.ts';

/** RFC 3261 §8.1.1.8: where requests reach us, over the kind of transport that `flow` is; as SIPS when the request is. */
export function contactFor(
  context: { readonly transactions: TransactionLayer },
  flow: Flow,
  account: AccountIdentity,
  isSecured = false,
): NameAddress {
  const scheme = isSecured ? 'sips' : 'sip';
  // RFC 5627 §4.4.1: the GRUU that the registrar gave stands in for the address; RFC 5630 §5.1.1.4: it has a SIPS form too
  if (account.gruu) return new NameAddress({ uri: isSecured ? account.gruu.with({ scheme }) : account.gruu });
  const address = account.contactAddress ?? context.transactions.transport.contactAddress(flow);
  // RFC 7118 §5.2: both kinds of WebSocket are written `ws`, at a host that reaches nobody and has no port
  const transport = isWebSocket(flow.protocol) ? 'ws' : flow.protocol;
  // RFC 5630 §3.1.4: SIPS says TLS already, and `transport=tls` beside it is wrong
  const isImplied = transport === 'udp' || (isSecured && transport === 'tls');
  const plain = isImplied ? Parameters.none : Parameters.of({ transport });
  // RFC 5626 §4.3: `ob` asks for the requests of the dialog over the flow that opens it
  const parameters = account.isOutbound === true ? plain.with('ob') : plain;
  const uri = new SipUri({
    scheme,
    user: account.contactUser,
    host: address.address,
    port: isWebSocket(flow.protocol) ? undefined : address.port,
    parameters,
  });
  return new NameAddress({ uri });
}
