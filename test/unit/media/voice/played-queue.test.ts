import { beforeEach, describe, expect, it } from 'vitest';
import { PlayedQueue } from '../../../../src-main/media/voice/played-queue.ts';

let queue: PlayedQueue;
let added: number;
/** The sum of all shifts. */
let shifted: number;
beforeEach(() => {
  queue = new PlayedQueue(1);
  added = 0;
  shifted = 0;
});

const add = (count = 1): void => {
  for (let i = 0; i < count; i++) queue.add(Float32Array.of(++added));
};
/** The numbers of the frames; 0 is silence. */
const take = (): readonly number[] => {
  const { frames, shiftFrames } = queue.take();
  shifted += shiftFrames;
  return frames.map((frame) => frame[0] ?? NaN);
};
const addAndTake = (count: number): readonly (readonly number[])[] =>
  Array.from({ length: count }, () => {
    add();
    return take();
  });

describe('played queue', () => {
  it('hands out one played frame with each captured one, in order', () => {
    expect(addAndTake(3)).toEqual([[1], [2], [3]]);
    addAndTake(200);
    expect(shifted).toBe(0);
  });

  it('puts silence where the device had nothing to play, and nothing shifts', () => {
    addAndTake(50);

    expect([take(), take()]).toEqual([[0], [0]]);

    expect(addAndTake(1)).toEqual([[51]]);
    addAndTake(40);
    expect(shifted).toBe(0);
  });

  it('tells of a shift when the missing frames come after all', () => {
    addAndTake(50);
    take();
    take();

    add(2);
    expect(addAndTake(3)).toEqual([[51], [52], [53]]);

    addAndTake(30);
    expect(shifted).toBe(-2);
  });

  it('hands out at once what lay waiting in a whole second, and is where it was', () => {
    add(3);
    const taken = addAndTake(100);

    expect(taken.slice(0, 99).every((frames) => frames.length === 1)).toBe(true);
    expect(taken[99]).toEqual([100, 101, 102, 103]);
    addAndTake(50);
    expect(shifted).toBe(0);
  });

  it('lets bursts be', () => {
    const lengths = Array.from({ length: 200 }, () => {
      add(3);
      return [take(), take(), take()].map((frames) => frames.length);
    });

    expect(lengths.flat().every((length) => length === 1)).toBe(true);
    expect(shifted).toBe(-1);
  });

  it('keeps no frames for a microphone that is not read', () => {
    add(1000);

    expect(take()).toEqual([1000]);
    expect(addAndTake(1)).toEqual([[1001]]);
  });

  it('copies what it is given', () => {
    const frame = Float32Array.of(1);
    queue.add(frame);
    frame[0] = 2;

    expect(take()).toEqual([1]);
  });
});
