// How a sender of Opus follows the network: redundancy, bit rate and packet time from the peer's reports. RFC 3550 §6.4.4.

export interface CongestionState {
  /** Whether each packet carries the one before it once more. */
  readonly usesFec: boolean;
  readonly bitrateBps: number;
  readonly packetMs: number;
  readonly cleanReports: number;
  readonly leastRoundTripMs: number | undefined;
  readonly lastRoundTripMs: number | undefined;
  /** What was lost at which rate, before the bit rate was changed for it. */
  readonly before: { readonly lossFraction: number; readonly grossBps: number } | undefined;
  /** For so many reports more loss is believed to come from a radio. */
  readonly radioReports: number;
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
/** With a radio that loses packets whatever the rate, more bits make up for what is lost. */
const MOST_WITH_LOSS_BPS = 96_000;
const FEC_FROM_LOSS = 0.02;
/** At a report every 2.5 to 5 s this is about half a minute without loss. */
const CLEAN_REPORTS_TO_DROP_FEC = 8;
/** Redundancy mends less than this by itself; and where loss comes in bursts, a report may tell twice of what is usual. */
const SERIOUS_LOSS = 0.12;
/** Nobody talks through so much loss; whatever it is, less has to be sent. */
const HEAVIEST_LOSS = 0.35;
/** A queue that grows somewhere on the way; beside loss, less of it is enough. */
const RISEN_ROUND_TRIP_MS = 150;
const RISEN_BESIDE_LOSS_MS = 60;
/** By so much the shortest round trip is forgotten a report. */
const FORGOTTEN_MS = 2;
/** About two minutes: then the line is asked again. */
const RADIO_REPORTS = 30;
const SLOWER = 0.8;
const FASTER_BPS = 4000;
const FASTER_WITH_RADIO_BPS = 16_000;
/** IPv4, UDP and RTP. */
const HEADER_BITS = 40 * 8;

/** The line is unknown: redundancy is sent until it has proved clean. */
export const startCongestion = (limits: CongestionLimits): CongestionState => ({
  usesFec: true,
  bitrateBps: Math.min(START_BITRATE_BPS, limits.maxBitrateBps),
  packetMs: limits.packetMs,
  cleanReports: 0,
  leastRoundTripMs: undefined,
  lastRoundTripMs: undefined,
  before: undefined,
  radioReports: 0,
});

/** `unknown`: serious loss of which nobody knows where it comes from; `tolerable`: loss that redundancy mends. */
type Verdict = 'congested' | 'unknown' | 'radio' | 'tolerable' | 'clean';

/** What follows from one report: down where something is or may be congested, up where loss does not depend on the rate. */
export function congestionStep(state: CongestionState, report: LossReport, limits: CongestionLimits): CongestionState {
  const { lossFraction, roundTripMs } = report;
  const isLossy = lossFraction >= FEC_FROM_LOSS;
  const verdict = judge(state, report);
  const cleanReports = isLossy ? 0 : state.cleanReports + 1;
  const usesFec = isLossy || (state.usesFec && cleanReports < CLEAN_REPORTS_TO_DROP_FEC);
  const bitrateBps = nextBitrate({ ...state, usesFec }, verdict, limits);
  const isChanged = isLossy && bitrateBps !== state.bitrateBps;
  return {
    usesFec,
    bitrateBps,
    packetMs: nextPacketMs(state, verdict, limits),
    cleanReports,
    leastRoundTripMs: leastOf(state.leastRoundTripMs, roundTripMs),
    lastRoundTripMs: roundTripMs ?? state.lastRoundTripMs,
    before: isChanged ? { lossFraction, grossBps: grossBps(state) } : undefined,
    radioReports: nextRadioReports(state, verdict),
  };
}

function judge(state: CongestionState, { lossFraction, roundTripMs }: LossReport): Verdict {
  const isLossy = lossFraction >= FEC_FROM_LOSS;
  if (isQueueing(state, roundTripMs, isLossy) || lossFraction >= HEAVIEST_LOSS) return 'congested';
  if (!isLossy) return 'clean';
  // A queue that was full from the beginning shows how short the way is only when it has run dry.
  if (state.before && followsRate(state, lossFraction)) return 'congested';
  if (lossFraction < SERIOUS_LOSS) return 'tolerable';
  if (state.before) return 'radio';
  return state.radioReports > 0 ? 'radio' : 'unknown';
}

/** WHY: a report that is late by itself makes one round trip long, a queue makes all of them long. */
function isQueueing(state: CongestionState, roundTripMs: number | undefined, isLossy: boolean): boolean {
  const { leastRoundTripMs: least, lastRoundTripMs: last } = state;
  if (roundTripMs === undefined || least === undefined || last === undefined) return false;
  const rise = Math.min(roundTripMs, last) - least;
  return rise > (isLossy ? RISEN_BESIDE_LOSS_MS : RISEN_ROUND_TRIP_MS);
}

/** Whether loss has become what a full line would make of the new rate, rather than stayed what it was. */
function followsRate(state: CongestionState, lossFraction: number): boolean {
  const { before } = state;
  if (!before) return false;
  const ofFullLine = Math.max(0, 1 - ((1 - before.lossFraction) * before.grossBps) / grossBps(state));
  const middle = (before.lossFraction + ofFullLine) / 2;
  return ofFullLine < before.lossFraction ? lossFraction < middle : lossFraction > middle;
}

const grossBps = ({ bitrateBps, packetMs }: CongestionState): number => bitrateBps + (HEADER_BITS * 1000) / packetMs;

/** WHY: a call may move to a longer way for good; the shortest is forgotten little by little. */
function leastOf(before: number | undefined, roundTripMs: number | undefined): number | undefined {
  if (before === undefined || roundTripMs === undefined) return before ?? roundTripMs;
  return Math.min(before + FORGOTTEN_MS, roundTripMs);
}

function nextBitrate(
  { bitrateBps, usesFec }: CongestionState,
  verdict: Verdict,
  { maxBitrateBps }: CongestionLimits,
): number {
  // RFC 7587 §6.1: never above the peer's maxaveragebitrate
  const leastBps = Math.min(LEAST_BITRATE_BPS, maxBitrateBps);
  switch (verdict) {
    case 'congested':
    case 'unknown':
      return Math.max(leastBps, Math.round(bitrateBps * SLOWER));
    case 'radio':
      return Math.min(bitrateBps + FASTER_WITH_RADIO_BPS, MOST_WITH_LOSS_BPS, maxBitrateBps);
    case 'tolerable':
      return bitrateBps;
    case 'clean':
      return Math.min(
        bitrateBps + FASTER_BPS,
        usesFec ? Math.max(bitrateBps, START_BITRATE_BPS) : START_BITRATE_BPS,
        maxBitrateBps,
      );
  }
}

function nextRadioReports({ before, radioReports }: CongestionState, verdict: Verdict): number {
  if (verdict === 'congested') return 0;
  return verdict === 'radio' && before ? RADIO_REPORTS : Math.max(0, radioReports - 1);
}

/** Longer packets save headers once the bit rate can fall no further: 20, 40, 60 ms, and back one step a report. */
function nextPacketMs({ packetMs, bitrateBps }: CongestionState, verdict: Verdict, limits: CongestionLimits): number {
  if ((verdict === 'congested' || verdict === 'unknown') && bitrateBps <= LEAST_BITRATE_BPS) {
    const longer = packetMs + 20;
    return longer <= Math.min(60, limits.maxPacketMs) ? longer : packetMs;
  }
  return verdict === 'clean' ? Math.max(limits.packetMs, packetMs - 20) : packetMs;
}
