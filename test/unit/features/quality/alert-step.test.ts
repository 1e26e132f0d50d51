// When a collector hears that a call is bad, and that it is well again. RFC 6035 §4.6.1.1
import { describe, expect, it } from 'vitest';
import { alertStep, NO_ALERTS } from '../../../../src-main/features/quality/alert-step.ts';
import type { SessionStatistics } from '../../../../src-main/media/index.ts';

const figures = (lossPercent: number, mos: number, receivedPackets = 1000): SessionStatistics =>
  ({ losses: { lossFraction: lossPercent / 100 }, mos, receivedPackets }) as SessionStatistics;

/** What is told along a row of figures. */
function told(row: readonly (readonly [lossPercent: number, mos: number, packets?: number])[]): string[] {
  let state = NO_ALERTS;
  return row.map(([lossPercent, mos, packets]) => {
    const step = alertStep(state, figures(lossPercent, mos, packets));
    state = step.state;
    return step.alerts.map(({ type, severity }) => `${type} ${severity}`).join(', ');
  });
}

describe('alerts of quality — RFC 6035 §4.6.1.1', () => {
  it('a good call says nothing', () => {
    expect(
      told([
        [0, 4.4],
        [2, 4.1],
        [4.9, 3.2],
      ]),
    ).toEqual(['', '', '']);
  });

  it('says once that a figure is bad, that it is worse, and that it is well again', () => {
    expect(
      told([
        [6, 4],
        [7, 4],
        [16, 4],
        [10, 4],
        [4, 4],
        [2, 4],
      ]),
    ).toEqual(['NLR Warning', '', 'NLR Critical', '', '', 'NLR Clear']);
  });

  it('a figure on the border does not go back and forth', () => {
    expect(
      told([
        [0, 3.05],
        [0, 3.15],
        [0, 3.05],
        [0, 3.4],
        [0, 3.6],
      ]),
    ).toEqual(['MOSCQ Warning', '', '', '', 'MOSCQ Clear']);
  });

  it('two figures are two alerts, and the first seconds prove nothing', () => {
    expect(
      told([
        [30, 1.5, 100],
        [30, 1.5],
      ]),
    ).toEqual(['', 'NLR Critical, MOSCQ Critical']);
  });
});
