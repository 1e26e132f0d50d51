// The one place where requests leave: knows credentials, and which proxies answer. RFC 3261 §8.1.2, §13.2.2.4, §22; RFC 3263 §4.3.
import type { Logger } from '../../base/logger.ts';
import type { Runtime } from '../../base/runtime.ts';
import { serializeMessage, type SipRequest, type Uri } from '../syntax/index.ts';
import type { TransactionLayer } from '../transaction/index.ts';
import type { AccountIdentity } from './account-identity.ts';
import { routeSetsOf, type RouteSet } from './account-routes.ts';
import { Authenticator } from './authenticator.ts';
import { ProxyHealth } from './proxy-health.ts';
import { securedHop } from './secured-uris.ts';
import type { SendOptions } from './send-options.ts';
import { preference, SentRequest } from './sent-request.ts';

export interface RequestSenderOptions {
  readonly transactions: TransactionLayer;
  readonly runtime: Runtime;
  readonly logger: Logger;
}

export class RequestSender {
  readonly #options: RequestSenderOptions;
  readonly authenticator: Authenticator;
  readonly #health: ProxyHealth;

  constructor(options: RequestSenderOptions) {
    this.#options = options;
    this.authenticator = new Authenticator(options.runtime);
    this.#health = new ProxyHealth(options.runtime);
  }

  /** Starts at once; the user hears of the outcome. */
  send(options: SendOptions): SentRequest {
    return new SentRequest(options, {
      ...this.#options,
      authenticator: this.authenticator,
      health: this.#health,
    });
  }

  /** The preloaded route sets of an account, those first whose proxy has not failed lately. */
  routeSetsFor(account: AccountIdentity): readonly RouteSet[] {
    return this.#health.order(routeSetsOf(account));
  }

  /** Sends an ACK to a 2xx to the next hop; resolves to what repeats it, or undefined when no hop can be reached. */
  async sendAck(ack: SipRequest, nextHop: Uri, account: AccountIdentity): Promise<(() => void) | undefined> {
    const { transactions, logger } = this.#options;
    const located = await transactions.transport.locate(securedHop(nextHop, ack), preference(account));
    for (const hop of located.ok ? located.value : []) {
      const connected = await transactions.transport.connect(hop, {
        messageSizeBytes: serializeMessage(ack).length,
        listener: account.listener,
      });
      if (!connected.ok) continue;
      const flow = connected.value;
      const send = (): void => transactions.sendAck(ack.clone(), flow);
      send();
      return send;
    }
    logger.warn('no way for an ACK');
    return undefined;
  }
}
