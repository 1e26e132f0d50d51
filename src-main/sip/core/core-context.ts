// What the parts of the core share: the floor below, time, settings, and the tables.
import type { Logger } from '../../base/logger.ts';
import type { Runtime } from '../../base/runtime.ts';
import { NameAddress, Parameters, SipUri, type SipMessage } from '../syntax/index.ts';
import type { Flow, SipTimers, TransactionLayer } from '../transaction/index.ts';
import type { AccountIdentity } from './account-identity.ts';
import type { RequestSender } from './request-sender.ts';
import type { UserAgentSettings } from './user-agent-settings.ts';

export interface CoreContext {
  readonly runtime: Runtime;
  readonly logger: Logger;
  readonly settings: UserAgentSettings;
  readonly transactions: TransactionLayer;
  readonly timers: SipTimers;
  readonly sender: RequestSender;
  /** Methods for Allow. */
  allowedMethods(): readonly string[];
}

/** RFC 3261 §8.1.1.8: where requests reach us, over the kind of transport that `flow` is. */
export function contactFor(
  context: Pick<CoreContext, 'transactions'>,
  flow: Flow,
  account: AccountIdentity,
): NameAddress {
  const address = account.contactAddress ?? context.transactions.transport.contactAddress(flow);
  const parameters = flow.protocol === 'udp' ? Parameters.none : Parameters.of({ transport: flow.protocol });
  const uri = new SipUri({
    // RFC 3261 §12.1.1: a secured request wants a secured Contact
    scheme: flow.isSecure && account.address.scheme === 'sips' ? 'sips' : 'sip',
    user: account.contactUser,
    host: address.address,
    port: address.port,
    parameters,
  });
  return new NameAddress({ uri });
}

/** Allow, Supported and who we are, as INVITE and its 2xx carry them. RFC 3261 §13.2.1 */
export function putCapabilities(
  message: SipMessage,
  context: Pick<CoreContext, 'allowedMethods'>,
  options: readonly string[],
): void {
  message.headers.set('Allow', context.allowedMethods().join(', '));
  if (options.length > 0) message.headers.set('Supported', options.join(', '));
}
