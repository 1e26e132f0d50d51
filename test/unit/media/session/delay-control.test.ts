import { describe, expect, it } from 'vitest';
import { DelayControl } from '../../../../src-main/media/session/delay-control.ts';

const PACKET_MS = 20;

/** When sound is first made shorter while packets wait so much longer than the line needs; it is silent from `silentFromMs` on. */
function shortenedAtMs(slackMs: number, silentFromMs = Infinity): number {
  const control = new DelayControl();
  for (let atMs = 0; atMs < 120_000; atMs += PACKET_MS) {
    const standing = { slackMs, aheadMs: 0, gridMs: 20, packetMs: PACKET_MS, isSilent: atMs >= silentFromMs };
    if (control.next(standing)?.direction === 'shrink') return atMs;
  }
  return Infinity;
}

describe('delay that the line no longer needs — RFC 3550 §6.4.1', () => {
  // A piece that goes in the middle of a word is heard, and costs more than some delay for a few seconds.
  it.each([
    [25, 30_000, 45_000],
    [45, 8000, 12_000],
    [65, 3500, 6000],
    [120, 500, 2000],
  ])('%i ms of it wait for a pause, in speech without one from %i to %i ms', (slackMs, leastMs, mostMs) => {
    expect(shortenedAtMs(slackMs)).toBeGreaterThan(leastMs);
    expect(shortenedAtMs(slackMs)).toBeLessThan(mostMs);
  });

  it.each([25, 45, 65])('%i ms of it go at the beginning of the first pause', (slackMs) => {
    expect(shortenedAtMs(slackMs, 3000)).toBe(3000);
  });

  it('less than a step of the device is left alone', () => {
    expect(shortenedAtMs(15)).toBe(Infinity);
    expect(shortenedAtMs(15, 3000)).toBe(Infinity);
  });
});
