import { describe, expect, it } from 'vitest';
import { WholeFrames } from '../../../../src-main/media/session/whole-frames.ts';

/** `count` samples that count on from `from`. */
const row = (from: number, count: number): Int16Array => Int16Array.from({ length: count }, (_, i) => from + i);

describe('frames that are put together again', () => {
  it('go through as they are when they are whole', () => {
    const seen: Int16Array[] = [];
    const frame = row(0, 80);
    new WholeFrames(80, (whole) => seen.push(whole)).add(frame);

    expect(seen).toEqual([frame]);
  });

  it('lose nothing when halves and whole ones alternate', () => {
    const seen: number[] = [];
    const frames = new WholeFrames(80, (whole) => {
      expect(whole).toHaveLength(80);
      seen.push(...whole);
    });
    let at = 0;
    for (const count of [40, 40, 80, 40, 80, 80, 40, 40, 40]) {
      frames.add(row(at, count));
      at += count;
    }

    expect(seen).toEqual([...row(0, 480)]);
    expect([...frames.latest]).toEqual([...row(400, 80)]);
  });

  it('are silence before the first', () => {
    expect(new WholeFrames(80, () => {}).latest).toEqual(new Int16Array(80));
  });
});
