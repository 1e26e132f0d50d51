import { beforeAll, describe, expect, it } from 'vitest';
import { LinearEchoCanceller } from '../../../../src-main/media/voice/linear-echo-canceller.ts';
import { loadSpeech, repeated, roomEcho } from '../../../support/media/speech.ts';

const FRAME = 480;
const SECOND = 48_000;

let far: Float32Array;
let near: Float32Array;
let echo: Float32Array;
beforeAll(async () => {
  const played = repeated(await loadSpeech(), 8 * SECOND);
  far = floats(played);
  echo = floats(roomEcho(played, 60, 100));
  near = floats(repeated(await loadSpeech('assets/audio/greeting.wav'), 8 * SECOND)).fill(0, 0, 3 * SECOND);
});

const floats = (samples: Int16Array): Float32Array => Float32Array.from(samples, (sample) => sample / 32_768);
const sum = (a: Float32Array, b: Float32Array): Float32Array => a.map((sample, i) => sample + (b[i] ?? 0));
const less = (a: Float32Array, b: Float32Array): Float32Array => a.map((sample, i) => sample - (b[i] ?? 0));
const powerDb = (samples: Float32Array, fromSecond: number, toSecond: number): number =>
  10 * Math.log10(samples.slice(fromSecond * SECOND, toSecond * SECOND).reduce((all, x) => all + x * x, 1e-9));
const frameAt = (samples: Float32Array, at: number): Float32Array => samples.slice(at, at + FRAME);

/** All of a recording; also how far each frame stood out. `at` may do something before a frame. */
function run(
  captured: Float32Array,
  played: Float32Array,
  at?: (start: number, canceller: LinearEchoCanceller) => void,
) {
  const canceller = new LinearEchoCanceller();
  const left = new Float32Array(captured.length);
  const excessDb: number[] = [];
  for (let start = 0; start + FRAME <= captured.length; start += FRAME) {
    at?.(start, canceller);
    canceller.addPlayed(frameAt(played, start));
    const frame = frameAt(captured, start);
    canceller.process(frame);
    left.set(frame, start);
    excessDb.push(canceller.excessDb);
  }
  return { left, excessDb };
}

describe('linear echo canceller', () => {
  it('learns a room in a second or two', () => {
    const { left } = run(echo, far);

    expect(powerDb(echo, 2, 3) - powerDb(left, 2, 3)).toBeGreaterThan(12);
    expect(powerDb(echo, 5, 8) - powerDb(left, 5, 8)).toBeGreaterThan(20);
  });

  it('leaves a near speaker as he is and does not unlearn the room by him', () => {
    const { left } = run(sum(echo, near), far);

    const echoLeft = less(left, near);
    expect(powerDb(echo, 3, 8) - powerDb(echoLeft, 3, 8)).toBeGreaterThan(12);
  });

  it('learns a room although both talk from the first', () => {
    const speech = repeatedFloats(near.subarray(3 * SECOND), near.length);

    const { left } = run(sum(echo, speech), far);

    expect(powerDb(echo, 4, 8) - powerDb(less(left, speech), 4, 8)).toBeGreaterThan(8);
  });

  it('tells near speech from what it leaves of an echo', () => {
    const ofEcho = run(echo, far).excessDb.slice(300);
    const ofBoth = run(sum(echo, near), far).excessDb.slice(300);

    expect(quantile(ofEcho, 0.95)).toBeLessThan(10);
    expect(quantile(ofBoth, 0.5)).toBeGreaterThan(12);
  });

  it('touches nothing when nothing was played', () => {
    const { left, excessDb } = run(near, new Float32Array(near.length));

    expect(left).toEqual(near);
    expect(excessDb.every((db) => db === Infinity)).toBe(true);
  });

  it.each([2, -2])('goes on with what it learnt when the streams move by %i frames', (frames) => {
    const moved = far.slice();
    const from = 5 * SECOND;
    // From then on it is told of sound that will be heard so much sooner, or later.
    moved.set(far.subarray(from + frames * FRAME, far.length + Math.min(0, frames) * FRAME), from);
    const told = run(echo, moved, (start, canceller) => {
      if (start !== from) return;
      canceller.realign(frames);
      for (let missed = 0; missed < frames; missed++) canceller.addPlayed(frameAt(far, from + missed * FRAME));
    });
    const untold = run(echo, moved);

    const takenOutDb = (left: Float32Array): number => powerDb(echo, 5, 6) - powerDb(left, 5, 6);
    expect(takenOutDb(told.left)).toBeGreaterThan(12);
    expect(takenOutDb(untold.left)).toBeLessThan(8);
  });
});

const repeatedFloats = (samples: Float32Array, count: number): Float32Array =>
  Float32Array.from({ length: count }, (_, i) => samples[i % samples.length] ?? 0);

const quantile = (values: readonly number[], share: number): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length * share)] ?? NaN;
