// How a sender of Opus follows the network: redundancy, bit rate and packet time from the peer's reports. RFC 3550 §6.4.4.

export interface CongestionState {
  /** Whether each packet carries the one before it once more. */
  readonly usesFec: boolean;
  readonly bitrateBps: number;
  readonly packetMs: number;
  readonly cleanReports: number;
  readonly leastRoundTripMs: number | undefined;
  readonly lastRoundTripMs: number | undefined;
  /** The loss that the last report told, when the bit rate was raised against it. */
  readonly lossBeforeRise: number | undefined;
  /** For so many reports more the bit rate stays where it is. */
  readonly restReports: number;
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

const LEAST_BITRATE_BPS = 16_000;
/** As much as G.711 takes. */
const START_BITRATE_BPS = 64_000;
/** With a line that loses packets without delaying them, a bad radio, more bits make up for what is lost. */
const MOST_WITH_LOSS_BPS = 96_000;
const FEC_FROM_LOSS = 0.02;
/** At a report every 2.5 to 5 s this is about half a minute without loss. */
const CLEAN_REPORTS_TO_DROP_FEC = 8;
/** Loss of a bad radio is no congestion; so much of it is, when nobody knows the round trip. */
const HEAVY_LOSS = 0.15;
/** So much is, even if the round trip stays: some queues are too short to be seen. */
const HEAVIEST_LOSS = 0.35;
/** A queue that grows somewhere on the way; beside loss, less of it is enough. */
const RISEN_ROUND_TRIP_MS = 150;
const RISEN_BESIDE_LOSS_MS = 60;
/** By so much the shortest round trip is forgotten a report. */
const FORGOTTEN_MS = 2;
/** So much more loss than before the bit rate rose comes from the bit rate. */
const LOSS_OF_RISE = 0.1;
/** How long it then takes until the next attempt. */
const REST_REPORTS = 12;
const SLOWER = 0.8;
const FASTER_BPS = 4000;
const FASTER_AGAINST_LOSS_BPS = 16_000;

/** The line is unknown: redundancy is sent until it has proved clean. */
export const startCongestion = (limits: CongestionLimits): CongestionState => ({
  usesFec: true,
  bitrateBps: Math.min(START_BITRATE_BPS, limits.maxBitrateBps),
  packetMs: limits.packetMs,
  cleanReports: 0,
  leastRoundTripMs: undefined,
  lastRoundTripMs: undefined,
  lossBeforeRise: undefined,
  restReports: 0,
});

type Verdict = 'congested' | 'lossy' | 'clean';

/** What follows from one report: down at once where something is congested, up against loss where nothing is. */
export function congestionStep(state: CongestionState, report: LossReport, limits: CongestionLimits): CongestionState {
  const { lossFraction, roundTripMs } = report;
  const isLossy = lossFraction >= FEC_FROM_LOSS;
  const verdict = judge(state, report);
  const cleanReports = isLossy ? 0 : state.cleanReports + 1;
  const usesFec = isLossy || (state.usesFec && cleanReports < CLEAN_REPORTS_TO_DROP_FEC);
  const bitrateBps = nextBitrate({ ...state, usesFec }, verdict, roundTripMs, limits);
  return {
    usesFec,
    bitrateBps,
    packetMs: nextPacketMs(state, verdict, limits),
    cleanReports,
    leastRoundTripMs: leastOf(state.leastRoundTripMs, roundTripMs),
    lastRoundTripMs: roundTripMs ?? state.lastRoundTripMs,
    lossBeforeRise: verdict === 'lossy' && bitrateBps > state.bitrateBps ? lossFraction : undefined,
    restReports: verdict === 'congested' && isLossy ? REST_REPORTS : Math.max(0, state.restReports - 1),
  };
}

/** WHY: a call may move to a longer way for good; the shortest is forgotten little by little. */
function leastOf(before: number | undefined, roundTripMs: number | undefined): number | undefined {
  if (before === undefined || roundTripMs === undefined) return before ?? roundTripMs;
  return Math.min(before + FORGOTTEN_MS, roundTripMs);
}

function judge(state: CongestionState, { lossFraction, roundTripMs }: LossReport): Verdict {
  const isLossy = lossFraction >= FEC_FROM_LOSS;
  if (isQueueing(state, roundTripMs, isLossy)) return 'congested';
  const isTooMuch = lossFraction >= (roundTripMs === undefined ? HEAVY_LOSS : HEAVIEST_LOSS);
  const isOfOurMaking = state.lossBeforeRise !== undefined && lossFraction > state.lossBeforeRise + LOSS_OF_RISE;
  if (isTooMuch || (isLossy && isOfOurMaking)) return 'congested';
  return isLossy ? 'lossy' : 'clean';
}

/** WHY: a report that is late by itself makes one round trip long, a queue makes all of them long. */
function isQueueing(state: CongestionState, roundTripMs: number | undefined, isLossy: boolean): boolean {
  const { leastRoundTripMs: least, lastRoundTripMs: last } = state;
  if (roundTripMs === undefined || least === undefined || last === undefined) return false;
  const rise = Math.min(roundTripMs, last) - least;
  return rise > (isLossy ? RISEN_BESIDE_LOSS_MS : RISEN_ROUND_TRIP_MS);
}

function nextBitrate(
  { bitrateBps, restReports, usesFec }: CongestionState,
  verdict: Verdict,
  roundTripMs: number | undefined,
  { maxBitrateBps }: CongestionLimits,
): number {
  // RFC 7587 §6.1: never above the peer's maxaveragebitrate
  const leastBps = Math.min(LEAST_BITRATE_BPS, maxBitrateBps);
  if (verdict === 'congested') return Math.max(leastBps, Math.round(bitrateBps * SLOWER));
  if (verdict === 'clean') {
    const mostBps = usesFec ? Math.max(bitrateBps, START_BITRATE_BPS) : START_BITRATE_BPS;
    return Math.min(bitrateBps + FASTER_BPS, mostBps, maxBitrateBps);
  }
  // Without a round trip nobody knows whether there is a queue.
  if (roundTripMs === undefined || restReports > 0) return bitrateBps;
  return Math.min(bitrateBps + FASTER_AGAINST_LOSS_BPS, MOST_WITH_LOSS_BPS, maxBitrateBps);
}

/** Longer packets save headers once the bit rate can fall no further: 20, 40, 60 ms, and back one step a report. */
function nextPacketMs({ packetMs, bitrateBps }: CongestionState, verdict: Verdict, limits: CongestionLimits): number {
  if (verdict === 'congested' && bitrateBps <= LEAST_BITRATE_BPS) {
    const longer = packetMs + 20;
    return longer <= Math.min(60, limits.maxPacketMs) ? longer : packetMs;
  }
  return verdict === 'clean' ? Math.max(limits.packetMs, packetMs - 20) : packetMs;
}
