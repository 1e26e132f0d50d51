// Puts the floors of SIP on each other: network, transport, transactions, user agent.
import type { Logger } from '../base/logger.ts';
import type { Runtime } from '../base/runtime.ts';
import { UserAgentCore, type UserAgentCoreOptions } from '../sip/core/index.ts';
import { TransactionLayer, type TransactionLayerOptions } from '../sip/transaction/index.ts';
import { TransportLayer, type ReceiveLimits, type SipNetwork, type TrustPolicy } from '../sip/transport/index.ts';

export interface SipStack {
  readonly transport: TransportLayer;
  readonly core: UserAgentCore;
}

export interface Door {
  readonly screen: NonNullable<TransactionLayerOptions['screen']>;
  readonly receiveLimits: ReceiveLimits;
}

export interface SipStackOptions {
  readonly network: SipNetwork;
  readonly runtime: Runtime;
  readonly logger: Logger;
  readonly accountFor: UserAgentCoreOptions['accountFor'];
  readonly maxSessions?: number;
  /** Absent: certificates are verified and none is pinned. */
  readonly trust?: TrustPolicy;
  /** Who is let in, and how much of it; absent: everybody and everything. */
  readonly door?: Door;
}

export function createSipStack({
  network,
  runtime,
  logger,
  accountFor,
  maxSessions,
  trust,
  door,
}: SipStackOptions): SipStack {
  const transactions = new TransactionLayer({
    runtime,
    logger,
    ...(door && { screen: door.screen }),
    openTransport: (user) =>
      new TransportLayer({
        ...{ network, runtime, logger, user },
        ...(trust && { trust }),
        ...(door && { receiveLimits: door.receiveLimits }),
      }),
  });
  const core = new UserAgentCore({
    transactions,
    runtime,
    logger,
    accountFor,
    ...(maxSessions !== undefined && { settings: { maxSessions } }),
  });
  return { transport: transactions.transport, core };
}
