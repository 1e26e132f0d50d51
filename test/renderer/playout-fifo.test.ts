import { describe, expect, it } from 'vitest';
import { PlayoutFifo } from '../../src-renderer/sound/playout-fifo.ts';

const QUANTUM = 128;
const frame = () => new Int16Array(480).fill(16_384);

/** Sound comes as `arrivals` say (frames in each 10 ms), the loudspeaker takes its quanta; returns the share that was silent. */
function run(fifo: PlayoutFifo, arrivals: readonly number[]): number {
  const output = new Float32Array(QUANTUM);
  let owed = 0;
  let [silent, all] = [0, 0];
  for (const count of arrivals) {
    for (let i = 0; i < count; i++) fifo.push(frame());
    for (owed += 480; owed >= QUANTUM; owed -= QUANTUM) {
      fifo.pull(output);
      all++;
      if (output[0] === 0) silent++;
    }
  }
  return silent / all;
}

const even = (count: number): number[] => new Array<number>(count).fill(1);
/** Every frame comes, but four at a time. */
const bundled = (count: number): number[] => Array.from({ length: count }, (_, i) => (i % 4 === 3 ? 4 : 0));

describe('sound that waits to be heard', () => {
  it('waits for 20 ms on an even way, and nothing is lost', () => {
    const fifo = new PlayoutFifo();

    const silentShare = run(fifo, even(1000));

    expect(silentShare).toBeLessThan(0.005);
    expect(fifo.targetMs).toBe(20);
    expect(fifo.waitingMs).toBeLessThanOrEqual(30);
  });

  it('waits longer on an uneven way, at most 60 ms, and then runs dry no more', () => {
    const fifo = new PlayoutFifo();
    run(fifo, even(100));
    run(fifo, bundled(400));
    const before = fifo.underruns;

    run(fifo, bundled(400));

    expect(fifo.targetMs).toBeGreaterThan(20);
    expect(fifo.targetMs).toBeLessThanOrEqual(60);
    expect(fifo.underruns).toBe(before);
  });

  it('goes back to little when the way is even again', () => {
    const fifo = new PlayoutFifo();
    run(fifo, bundled(400));

    run(fifo, even(3000));

    expect(fifo.waitingMs).toBeLessThanOrEqual(35);
    expect(run(fifo, even(1000))).toBe(0);
  });

  it('never keeps more than 120 ms, whatever comes', () => {
    const fifo = new PlayoutFifo();

    for (let i = 0; i < 1000; i++) {
      fifo.push(frame());
      expect(fifo.waitingMs).toBeLessThanOrEqual(120);
    }
  });
});
