import { describe, expect, it } from 'vitest';
import { DelayEstimator } from '../../../../src-main/media/jitter/index.ts';
import { FakeRuntime } from '../../../support/fake-runtime.ts';

const random = new FakeRuntime(7);

/** Feeds `count` packets of 20 ms and returns what the estimator says then. */
function feed(estimator: DelayEstimator, count: number, delayMs: (i: number) => number, fromMs = 0): number {
  for (let i = 0; i < count; i++) estimator.add(delayMs(i), fromMs + i * 20);
  return estimator.spreadMs;
}

describe('delay estimator', () => {
  it.each([
    [30, 97],
    [60, 97],
    [100, 97],
    [100, 95],
    [100, 99],
  ])('finds of %i ms of even jitter the percentile %i', (jitterMs, percentile) => {
    const spreadMs = feed(new DelayEstimator(percentile), 500, () => 40 + random.random() * jitterMs);

    expect(spreadMs).toBeGreaterThan((jitterMs * (percentile - 4)) / 100 - 3);
    expect(spreadMs).toBeLessThanOrEqual(jitterMs + 1);
  });

  it('knows a clean line as clean and a drifting clock as no jitter', () => {
    expect(feed(new DelayEstimator(), 300, () => 12)).toBe(0);
    expect(feed(new DelayEstimator(), 180_000, (i) => i * 0.004)).toBeLessThanOrEqual(3);
    expect(feed(new DelayEstimator(), 180_000, (i) => -i * 0.004)).toBeLessThanOrEqual(3);
  });

  it('answers a worse line within ten packets and forgets it within ten seconds', () => {
    const estimator = new DelayEstimator();
    feed(estimator, 300, () => 5);
    expect(feed(estimator, 10, (i) => 5 + (i % 2) * 60, 6000)).toBeGreaterThanOrEqual(58);

    expect(feed(estimator, 500, () => 5, 6200)).toBe(0);
  });

  it('expects a peak again that came twice, and a single one not', () => {
    const estimator = new DelayEstimator();
    feed(estimator, 200, () => 0);
    expect(feed(estimator, 100, (i) => (i === 0 ? 180 : 0), 4000)).toBe(0);

    expect(feed(estimator, 100, (i) => (i === 50 ? 150 : 0), 6000)).toBe(180);
    expect(feed(estimator, 600, () => 0, 8000)).toBe(0);
  });

  it('waits for all of a jitter that has an end', () => {
    expect(feed(new DelayEstimator(), 400, () => random.random() * 100)).toBeGreaterThanOrEqual(98);
  });

  it('expects more than the first few packets have shown', () => {
    expect(feed(new DelayEstimator(), 8, (i) => (i % 2) * 40)).toBeGreaterThanOrEqual(49);
  });

  it('stays within its bounds whatever the delays are', () => {
    const estimator = new DelayEstimator();
    expect(feed(estimator, 5000, (i) => (i % 3 === 0 ? -1 : 1) * random.random() * 1e6)).toBeLessThanOrEqual(460);
    estimator.reset();
    expect([estimator.spreadMs, estimator.fastestMs]).toEqual([0, 0]);
  });
});
