// Signs of life on a registered flow, as often as its edge proxy wants them. RFC 5626 §4.4.
import type { UserAgentCore } from '../../core/index.ts';
import type { Binding } from './binding.ts';

/** RFC 5626 §4.4.1: connections at least every 120 s; datagrams at least every 29 s, as NATs forget them soon. */
const STREAM_INTERVAL_SEC = 120;
const DATAGRAM_INTERVAL_SEC = 29;

/** Pings the flow of a registrar that applied outbound; others promise no pong, and their flow is left in peace. */
export function keepFlowAlive(core: UserAgentCore, { flow, isOutbound, flowTimerSec }: Binding): void {
  if (!isOutbound) return;
  const usualSec = flow.isReliable ? STREAM_INTERVAL_SEC : DATAGRAM_INTERVAL_SEC;
  // RFC 5626 §4.4.1: with Flow-Timer the pings come within that time, whatever is usual
  core.keepAlive(flow, { intervalSec: flowTimerSec ?? usualSec, isAnswerExpected: true });
}
