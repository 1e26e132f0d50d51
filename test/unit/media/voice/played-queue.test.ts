import { beforeEach, describe, expect, it } from 'vitest';
import { PlayedQueue } from '../../../../src-main/media/voice/played-queue.ts';

let queue: PlayedQueue;
let added: number;
beforeEach(() => {
  queue = new PlayedQueue(1);
  added = 0;
});

const add = (count = 1): void => {
  for (let i = 0; i < count; i++) queue.add(Float32Array.of(++added));
};
/** The numbers of the frames. */
const take = (): readonly number[] => queue.take().map((frame) => frame[0] ?? NaN);

describe('played queue', () => {
  it('hands out one played frame with each captured one, in order', () => {
    const taken = [1, 2, 3].map(() => (add(), take()));

    expect(taken).toEqual([[1], [2], [3]]);
  });

  it('waits for played frames that are late, and keeps pace with them from then on', () => {
    expect([take(), take()]).toEqual([[], []]);

    add(3);

    expect([take(), take(), take()]).toEqual([[1], [2], [3]]);
  });

  it('takes a longer wait for silence, none of it left out', () => {
    expect([take(), take(), take()]).toEqual([[], [], []]);

    expect(take()).toEqual([0, 0, 0, 0]);
    expect(take()).toEqual([0]);
    add();
    expect(take()).toEqual([1]);
  });

  it('hands out at once what lay waiting in a whole second', () => {
    add(3);
    const taken = Array.from({ length: 100 }, () => (add(), take()));

    expect(taken.slice(0, 99).every((frames) => frames.length === 1)).toBe(true);
    expect(taken[99]).toEqual([100, 101, 102, 103]);
    expect((add(), take())).toEqual([104]);
  });

  it('lets bursts be', () => {
    const lengths = Array.from({ length: 100 }, () => {
      add(3);
      return [take(), take(), take()].map((frames) => frames.length);
    });

    expect(lengths.flat().every((length) => length === 1)).toBe(true);
  });

  it('keeps no frames for a microphone that is not read', () => {
    add(1000);

    expect(take()).toEqual([1000]);
    expect((add(), take())).toEqual([1001]);
  });

  it('copies what it is given', () => {
    const frame = Float32Array.of(1);
    queue.add(frame);
    frame[0] = 2;

    expect(take()).toEqual([1]);
  });
});
