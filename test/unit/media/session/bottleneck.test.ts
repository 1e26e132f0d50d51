import { describe, expect, it } from 'vitest';
import {
  congestionStep,
  startCongestion,
  type CongestionState,
} from '../../../../src-main/media/session/congestion.ts';

const REPORT_MS = 4000;
const IP_UDP_RTP_BYTES = 40;
const LIMITS = { maxBitrateBps: 510_000, packetMs: 20, maxPacketMs: 60 };

interface Line {
  /** What goes through. */
  readonly capacityBps: number;
  /** What waits at most before packets are dropped. */
  readonly queueMs: number;
  /** What a radio loses beside that. */
  readonly radioLoss?: number;
}

const grossBps = ({ bitrateBps, packetMs }: CongestionState): number =>
  bitrateBps + (IP_UDP_RTP_BYTES * 8 * 1000) / packetMs;

/** A sender alone at a bottleneck: what it sends, loses and waits, report by report. */
function send(line: Line, reports: number) {
  let state = startCongestion(LIMITS);
  let queuedMs = 0;
  const told: { lossFraction: number; queuedMs: number; bitrateBps: number }[] = [];
  for (let i = 0; i < reports; i++) {
    const load = grossBps(state) / line.capacityBps;
    const unboundedMs = Math.max(0, queuedMs + (load - 1) * REPORT_MS);
    queuedMs = Math.min(line.queueMs, unboundedMs);
    const overflow = (unboundedMs - queuedMs) / (load * REPORT_MS);
    const lossFraction = 1 - (1 - overflow) * (1 - (line.radioLoss ?? 0));
    told.push({ lossFraction, queuedMs, bitrateBps: state.bitrateBps });
    state = congestionStep(state, { lossFraction, roundTripMs: 50 + queuedMs }, LIMITS);
  }
  return { told, state };
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

describe('an Opus sender at a bottleneck — RFC 3550 §6.4.4', () => {
  it.each([
    [40_000, 200],
    [40_000, 1000],
    [60_000, 200],
    [60_000, 1000],
    [75_000, 400],
  ])('of %i bit/s with a queue of %i ms: is through with the queue within ten reports', (capacityBps, queueMs) => {
    const { told } = send({ capacityBps, queueMs }, 40);
    const later = told.slice(10);

    expect(mean(later.map(({ lossFraction }) => lossFraction))).toBeLessThan(0.06);
    expect(mean(later.map(({ queuedMs }) => queuedMs))).toBeLessThan(queueMs * 0.6);
    expect(mean(later.map(({ bitrateBps }) => bitrateBps))).toBeGreaterThan(capacityBps * 0.3);
  });

  it.each([40_000, 60_000])(
    'of %i bit/s with a queue too short to be seen: does not add to it for long',
    (capacityBps) => {
      const { told } = send({ capacityBps, queueMs: 30 }, 60);
      const bitrates = told.slice(5).map(({ bitrateBps }) => bitrateBps);

      expect(mean(bitrates)).toBeLessThan(64_000);
      expect(bitrates.filter((bps) => bps > 64_000).length).toBeLessThan(bitrates.length / 10);
    },
  );

  it('with a radio that loses a fifth: goes up and stays', () => {
    const { state } = send({ capacityBps: 1_000_000, queueMs: 200, radioLoss: 0.2 }, 20);

    expect(state).toMatchObject({ bitrateBps: 96_000, packetMs: 20, usesFec: true });
  });
});
