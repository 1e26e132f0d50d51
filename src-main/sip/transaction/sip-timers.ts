// The timers of the transaction machines as a value. RFC 3261 §17, Table 4; RFC 6026 §7 for L and M.

/** Names as in RFC 3261 Table 4; `trying` is the time after which a server sends 100 by itself. */
export type TimerName = 'A' | 'B' | 'D' | 'E' | 'F' | 'G' | 'H' | 'I' | 'J' | 'K' | 'L' | 'M' | 'trying';

/** Durations in milliseconds; the ones that depend on the transport are functions of its reliability. */
export interface SipTimers {
  /** Estimate of the round trip: first interval of every retransmission. */
  readonly t1Ms: number;
  /** Longest interval between retransmissions of non-INVITE requests and of responses to INVITE. */
  readonly t2Ms: number;
  /** Longest time that a message stays in the network. */
  readonly t4Ms: number;
  /** 64*T1: timers B, F, H, L, M and the wait for an ACK or a final response. */
  readonly giveUpMs: number;
  /** Timer D: how long retransmitted non-2xx finals are acknowledged. */
  waitDMs(isReliable: boolean): number;
  /** Timers I and K. */
  waitT4Ms(isReliable: boolean): number;
  /** Timer J. */
  waitJMs(isReliable: boolean): number;
  /** How long a server waits for its user before it sends 100 to INVITE. */
  readonly tryingMs: number;
  /** The same for other requests: when timer E of the client has come to T2. RFC 4320 §4.1 */
  readonly lateTryingMs: number;
}

/** Builds the whole set from the three base values; without arguments it is RFC 3261's. */
export function sipTimers({ t1Ms = 500, t2Ms = 4000, t4Ms = 5000 } = {}): SipTimers {
  const giveUpMs = 64 * t1Ms;
  return {
    t1Ms,
    t2Ms,
    t4Ms,
    giveUpMs,
    // RFC 3261 §17.1.1.2: at least 32 seconds for unreliable transports, zero for reliable ones
    waitDMs: (isReliable) => (isReliable ? 0 : Math.max(32_000, giveUpMs)),
    waitT4Ms: (isReliable) => (isReliable ? 0 : t4Ms),
    waitJMs: (isReliable) => (isReliable ? 0 : giveUpMs),
    tryingMs: 200,
    lateTryingMs: t2ReachedMs(t1Ms, t2Ms),
  };
}

/** The sum of the intervals below T2: after it a client sends every T2 only. */
function t2ReachedMs(t1Ms: number, t2Ms: number): number {
  let sumMs = 0;
  for (let intervalMs = t1Ms; intervalMs > 0 && intervalMs < t2Ms; intervalMs *= 2) sumMs += intervalMs;
  return sumMs;
}
