import { describe, expect, it } from 'vitest';
import { mixTracks, TrackAligner } from '../../../../src-main/media/recording/index.ts';

describe('two tracks in one', () => {
  it('adds what is sent to what is received, and cuts what is too loud', () => {
    expect([...mixTracks(Int16Array.of(1, 2, -5, 5, 30_000, 30_000, -30_000, -30_000))]).toEqual([
      3, 0, 32_767, -32_768,
    ]);
  });

  it('is silent where one side is', () => {
    const aligner = new TrackAligner(1000);
    aligner.add(0, new Int16Array(4));
    expect([...mixTracks(aligner.add(1, Int16Array.of(7, 8, 9, 10)))]).toEqual([7, 8, 9, 10]);
  });
});
