// What is said and heard in extended reports: how each side hears the other, and a round trip without sender reports. RFC 3611 §4.4, §4.5, §4.7.
import type { Runtime } from '../../base/runtime.ts';
import { compactNtp, ntpTime, roundTripMs, UNAVAILABLE } from '../rtcp/index.ts';
import type { ExtendedBlock, VoipMetrics } from '../rtcp/index.ts';
import { MINIMUM_GAP } from '../rtp/index.ts';
import type { SessionStream } from './session-config.ts';
import type { RemoteQuality, SessionStatistics } from './session-figures.ts';

/** RFC 3611 §4.7.6: losses are concealed by more than silence, the buffer adapts, at a rate in the middle. */
const RECEIVER_CONFIGURATION = (2 << 6) | (3 << 4) | 5;

export interface HeardSource {
  readonly ssrc: number;
  readonly statistics: SessionStatistics;
  readonly jitterMaximumMs: number;
}

/** The deepest that the buffer becomes where nothing else was asked for. */
const JITTER_MAXIMUM_MS = 400;

/** undefined before the first packet. */
export const heardSource = (
  ssrc: number | undefined,
  statistics: SessionStatistics,
  jitterMaximumMs = JITTER_MAXIMUM_MS,
): HeardSource | undefined => (ssrc === undefined ? undefined : { ssrc, statistics, jitterMaximumMs });

/** The blocks of one session. */
export class ExtendedReports {
  /** Round trip that the peer's answer to a reference tells. */
  roundTripMs: number | undefined;
  /** How the peer hears us, as it says. */
  remoteQuality: RemoteQuality | undefined;
  #wanted: SessionStream['extendedReports'];
  readonly #runtime: Runtime;
  readonly #ssrc: number;
  #reference: { readonly ssrc: number; readonly compact: number; readonly atMs: number } | undefined;

  constructor(runtime: Runtime, ssrc: number) {
    this.#runtime = runtime;
    this.#ssrc = ssrc;
  }

  /** Takes over an exchange: what is not wanted is not sent. RFC 3611 §5.2 */
  setWanted(wanted: SessionStream['extendedReports']): void {
    this.#wanted = wanted;
  }

  /** What goes into the next report; `heard` is the peer as we hear it, when there is anything to hear. */
  blocks(heard: HeardSource | undefined): readonly ExtendedBlock[] {
    const blocks: ExtendedBlock[] = [];
    if (this.#wanted?.roundTrip) {
      const { sec: ntpSec, fraction: ntpFraction } = ntpTime(this.#runtime.wallMs());
      blocks.push({ kind: 'receiverReferenceTime', ntpSec, ntpFraction }, ...this.#answer());
    }
    if (this.#wanted?.voipMetrics && heard) blocks.push({ kind: 'voipMetrics', metrics: metricsOf(heard) });
    return blocks;
  }

  receive(from: number, blocks: readonly ExtendedBlock[]): void {
    for (const block of blocks) {
      if (block.kind === 'receiverReferenceTime') {
        const compact = compactNtp({ sec: block.ntpSec, fraction: block.ntpFraction });
        this.#reference = { ssrc: from, compact, atMs: this.#runtime.nowMs() };
      } else if (block.kind === 'voipMetrics') {
        if (block.metrics.ssrc === this.#ssrc) this.remoteQuality = remoteQualityOf(block.metrics);
      } else {
        const entry = block.entries.find(({ ssrc }) => ssrc === this.#ssrc);
        const nowMs = this.#runtime.wallMs();
        if (entry) {
          this.roundTripMs = roundTripMs(nowMs, entry.lastReference, entry.delaySinceLast) ?? this.roundTripMs;
        }
      }
    }
  }

  /** RFC 3611 §4.5: how long ago the last reference of the peer came. */
  #answer(): readonly ExtendedBlock[] {
    const reference = this.#reference;
    if (!reference) return [];
    const delayMs = this.#runtime.nowMs() - reference.atMs;
    const delaySinceLast = Math.min(0xffff_ffff, Math.round((delayMs * 65_536) / 1000));
    const entries = [{ ssrc: reference.ssrc, lastReference: reference.compact, delaySinceLast }];
    return [{ kind: 'delaySinceLastReceiverReport', entries }];
  }
}

/** RFC 3611 §4.7 */
function metricsOf({ ssrc, statistics, jitterMaximumMs }: HeardSource): VoipMetrics {
  const { losses, bufferMs, bufferTargetMs, endSystemMs, roundTripMs: tripMs = 0, rFactor } = statistics;
  const part256 = (fraction: number): number => Math.min(255, Math.floor(fraction * 256));
  return {
    ssrc,
    lossRate: part256(losses.lossFraction),
    discardRate: part256(losses.discardFraction),
    burstDensity: part256(losses.burstLossFraction),
    gapDensity: part256(losses.gapLossFraction),
    burstMs: losses.burstMs,
    gapMs: losses.gapMs,
    roundTripMs: tripMs,
    endSystemMs,
    signalLevel: UNAVAILABLE,
    noiseLevel: UNAVAILABLE,
    echoReturnLoss: UNAVAILABLE,
    minimumGap: MINIMUM_GAP,
    rFactor,
    mosListening: statistics.mosListening * 10,
    mosConversational: statistics.mos * 10,
    receiverConfiguration: RECEIVER_CONFIGURATION,
    jitterNominalMs: bufferTargetMs,
    jitterMaximumMs: Math.max(bufferMs, bufferTargetMs),
    jitterAbsoluteMaximumMs: jitterMaximumMs,
  };
}

/** RFC 3611 §4.7.5: 127 is a score that the peer does not have. */
function remoteQualityOf(metrics: VoipMetrics): RemoteQuality {
  const { rFactor, mosListening, mosConversational } = metrics;
  return {
    lossFraction: metrics.lossRate / 256,
    discardFraction: metrics.discardRate / 256,
    burstLossFraction: metrics.burstDensity / 256,
    gapLossFraction: metrics.gapDensity / 256,
    burstMs: metrics.burstMs,
    gapMs: metrics.gapMs,
    endSystemMs: metrics.endSystemMs,
    bufferTargetMs: metrics.jitterNominalMs,
    ...(rFactor <= 100 && { rFactor }),
    ...(mosListening <= 50 && { mosListening: mosListening / 10 }),
    ...(mosConversational <= 50 && { mos: mosConversational / 10 }),
  };
}
