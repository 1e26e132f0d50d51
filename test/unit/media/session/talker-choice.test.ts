// Who is heard in a conference of many, and that nobody is heard to come or go with a click.
import { describe, expect, it } from 'vitest';
import { TalkerChoice } from '../../../../src-main/media/session/talker-choice.ts';

const tone = (amplitude: number): Int16Array =>
  Int16Array.from({ length: 480 }, (_, i) => Math.round(amplitude * Math.sin(i / 5)));
const peak = (frame: Int16Array): number => frame.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);

/** Runs `turns` frames of these amplitudes; what is left of the last ones. */
function run(choice: TalkerChoice, turns: number, amplitudes: readonly number[]): number[] {
  let frames: Int16Array[] = [];
  for (let turn = 0; turn < turns; turn++) {
    frames = amplitudes.map(tone);
    choice.choose(frames);
  }
  return frames.map(peak);
}

describe('the talkers of a conference', () => {
  it('are all of a small one, as they are', () => {
    expect(run(new TalkerChoice(4), 5, [1, 10, 100, 1000])).toEqual([1, 10, 100, 1000]);
  });

  it('are the four loudest of a large one', () => {
    const [a, b, c, d, e, f] = run(new TalkerChoice(6), 5, [50, 9000, 40, 8000, 7000, 6000]);
    expect([a, c]).toEqual([0, 0]);
    for (const heard of [b, d, e, f]) expect(heard).toBeGreaterThan(5000);
  });

  it('stay while another is not much louder, and change when he is', () => {
    const choice = new TalkerChoice(5);
    run(choice, 5, [5000, 5000, 5000, 5000, 10]);
    expect(run(choice, 5, [5000, 5000, 5000, 5000, 6000])[4]).toBe(0);
    expect(run(choice, 5, [5000, 5000, 5000, 5000, 9000])[4]).toBeGreaterThan(8000);
  });

  it('are not cut off by the pauses between syllables', () => {
    const choice = new TalkerChoice(5);
    run(choice, 5, [5000, 5000, 5000, 5000, 1000]);
    expect(run(choice, 10, [0, 5000, 5000, 5000, 1000])[4]).toBe(0);
    expect(run(choice, 1, [5000, 5000, 5000, 5000, 1000])[0]).toBeGreaterThan(4900);
  });

  it('come and go over a whole frame', () => {
    const choice = new TalkerChoice(5);
    run(choice, 5, [5000, 5000, 5000, 5000, 10]);
    const frames = [5000, 5000, 5000, 10, 12_000].map(tone);
    for (let turn = 0; turn < 1; turn++) choice.choose(frames);
    const [came] = frames.slice(-1);
    expect(Math.abs(came?.[3] ?? 1)).toBeLessThan(200);
    expect(peak(came ?? new Int16Array(0))).toBeGreaterThan(8000);
  });
});
