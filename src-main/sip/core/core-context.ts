// What the parts of the core share: the floor below, time, settings, and the tables.
import type { Logger } from '../../base/logger.ts';
import type { Runtime } from '../../base/runtime.ts';
import type { SipMessage } from '../syntax/index.ts';
import type { SipTimers, TransactionLayer } from '../transaction/index.ts';
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

/** Allow, Supported and who we are, as INVITE and its 2xx carry them. RFC 3261 §13.2.1 */
export function putCapabilities(
  message: SipMessage,
  context: Pick<CoreContext, 'allowedMethods' | 'settings'>,
  options: readonly string[],
): void {
  message.headers.set(message.kind === 'request' ? 'User-Agent' : 'Server', context.settings.userAgent);
  message.headers.set('Allow', context.allowedMethods().join(', '));
  if (options.length > 0) message.headers.set('Supported', options.join(', '));
}
