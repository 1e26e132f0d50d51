import { describe, expect, it } from 'vitest';
import { TokenBucket } from '../../../src-main/base/token-bucket.ts';

const takenOf = (bucket: TokenBucket, nowMs: number, tries: number): number =>
  Array.from({ length: tries }, () => bucket.take(nowMs)).filter(Boolean).length;

describe('a token bucket', () => {
  it('lets a burst through and then so many a second', () => {
    const bucket = new TokenBucket({ ratePerSec: 10, burst: 20 }, 0);

    expect(takenOf(bucket, 0, 100)).toBe(20);
    expect(takenOf(bucket, 500, 100)).toBe(5);
    expect(takenOf(bucket, 1500, 100)).toBe(10);
  });

  it('never holds more than its burst, and says when it is full', () => {
    const bucket = new TokenBucket({ ratePerSec: 10, burst: 20 }, 0);
    bucket.take(0);

    expect(bucket.isFull(0)).toBe(false);
    expect(bucket.isFull(100)).toBe(true);
    expect(takenOf(bucket, 3_600_000, 100)).toBe(20);
  });
});
