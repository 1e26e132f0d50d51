// How a sender of Opus follows the network: redundancy, bit rate and packet time from the peer's reports. RFC 3550 §6.4.4.

export interface CongestionState {
  readonly usesFec: boolean;
  /** What the encoder is told to expect. */
  readonly expectedLossPercent: number;
  readonly bitrateBps: number;
  readonly packetMs: number;
  readonly cleanReports: number;
  readonly leastRoundTripMs: number | undefined;
}

/** What the exchange allows. */
export interface CongestionLimits {
  readonly maxBitrateBps: number;
  readonly packetMs: number;
  /** Longest packet that the peer has said to take; without a word, no longer ones are tried. */
  readonly maxPacketMs: number;
}

export interface LossReport {
  readonly lossFraction: number;
  readonly roundTripMs: number | undefined;
}

const START_BITRATE_BPS = 48_000;
const LEAST_BITRATE_BPS = 16_000;
const MOST_BITRATE_BPS = 64_000;
const FEC_FROM_LOSS = 0.02;
/** WHY: below 10 % of expected loss libopus spends no bits on redundancy. */
const LEAST_EXPECTED_PERCENT = 10;
const MOST_EXPECTED_PERCENT = 30;
/** At a report every 2.5 to 5 s this is about half a minute without loss. */
const CLEAN_REPORTS_TO_DROP_FEC = 8;
/** Loss of a bad radio is no congestion; so much of it is taken for one. */
const HEAVY_LOSS = 0.15;
/** A queue that grows somewhere on the way. */
const RISEN_ROUND_TRIP_MS = 150;
const SLOWER = 0.8;
const FASTER_BPS = 4000;

/** The line is unknown: redundancy is sent until it has proved clean. */
export const startCongestion = (limits: CongestionLimits): CongestionState => ({
  usesFec: true,
  expectedLossPercent: LEAST_EXPECTED_PERCENT,
  bitrateBps: Math.min(START_BITRATE_BPS, limits.maxBitrateBps),
  packetMs: limits.packetMs,
  cleanReports: 0,
  leastRoundTripMs: undefined,
});

/** What follows from one report: down at once, up slowly. */
export function congestionStep(state: CongestionState, report: LossReport, limits: CongestionLimits): CongestionState {
  const { lossFraction, roundTripMs } = report;
  const isClean = lossFraction < FEC_FROM_LOSS;
  const cleanReports = isClean ? state.cleanReports + 1 : 0;
  const least = state.leastRoundTripMs ?? roundTripMs;
  const isQueueing = roundTripMs !== undefined && least !== undefined && roundTripMs > least + RISEN_ROUND_TRIP_MS;
  const isCongested = isQueueing || lossFraction >= HEAVY_LOSS;
  const usesFec = !isClean || (state.usesFec && cleanReports < CLEAN_REPORTS_TO_DROP_FEC);
  return {
    usesFec,
    expectedLossPercent: usesFec
      ? Math.min(MOST_EXPECTED_PERCENT, Math.max(LEAST_EXPECTED_PERCENT, Math.round(lossFraction * 150)))
      : 0,
    bitrateBps: nextBitrate(state.bitrateBps, isCongested, isClean, limits),
    packetMs: nextPacketMs(state, isCongested, isClean, limits),
    cleanReports,
    leastRoundTripMs: roundTripMs === undefined ? least : Math.min(least ?? roundTripMs, roundTripMs),
  };
}

function nextBitrate(beforeBps: number, isCongested: boolean, isClean: boolean, limits: CongestionLimits): number {
  // RFC 7587 §6.1: never above the peer's maxaveragebitrate
  const mostBps = Math.min(MOST_BITRATE_BPS, limits.maxBitrateBps);
  const leastBps = Math.min(LEAST_BITRATE_BPS, mostBps);
  if (isCongested) return Math.max(leastBps, Math.round(beforeBps * SLOWER));
  return isClean ? Math.min(mostBps, beforeBps + FASTER_BPS) : beforeBps;
}

/** Longer packets save headers once the bit rate can fall no further: 20, 40, 60 ms, and back one step a report. */
function nextPacketMs(
  { packetMs, bitrateBps }: CongestionState,
  isCongested: boolean,
  isClean: boolean,
  limits: CongestionLimits,
): number {
  if (isCongested && bitrateBps <= LEAST_BITRATE_BPS) {
    const longer = packetMs + 20;
    return longer <= Math.min(60, limits.maxPacketMs) ? longer : packetMs;
  }
  return isClean ? Math.max(limits.packetMs, packetMs - 20) : packetMs;
}
