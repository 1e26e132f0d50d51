// An encoder on a machine that is too slow tries less, and more again later. RFC 6716 §2.1.5
import { describe, expect, it } from 'vitest';
import { effortStep, FULL_EFFORT, MOST_COMPLEXITY } from '../../../../src-main/media/codec/encoding-effort.ts';
import { CodecLibrary } from '../../../../src-main/media/codec/index.ts';
import { sine, toneAmplitude } from '../../../support/media/tone-check.ts';

/** The complexity after so many frames, each of which takes `shareOf` of its time. */
function after(frames: number, shareOf: (complexity: number) => number, effort = FULL_EFFORT) {
  let current = effort;
  for (let frame = 0; frame < frames; frame++) current = effortStep(current, shareOf(current.complexity));
  return current;
}

describe('effort of an encoder — RFC 6716 §2.1.5', () => {
  it('stays whole where there is time, and through a single interruption', () => {
    expect(after(5000, () => 0.02).complexity).toBe(MOST_COMPLEXITY);
    let frame = 0;
    expect(after(5000, () => (++frame % 100 === 0 ? 5 : 0.02)).complexity).toBe(MOST_COMPLEXITY);
  });

  it('falls step by step while it is too much, and finds what the machine can do', () => {
    expect(after(60, () => 0.5).complexity).toBe(MOST_COMPLEXITY - 1);
    expect(after(5000, () => 0.5).complexity).toBe(0);
    const settled = after(5000, (complexity) => 0.035 * complexity);
    expect(settled.complexity).toBe(3);
    expect(after(5000, (complexity) => 0.035 * complexity, settled).complexity).toBe(3);
  });

  it('comes back when the machine is free again', () => {
    expect(
      after(
        2000,
        () => 0.01,
        after(5000, () => 0.5),
      ).complexity,
    ).toBe(MOST_COMPLEXITY);
  });

  it('the sound goes on through every change of it', async () => {
    let nowMs = 0;
    // Each look at the clock is four milliseconds later: encoding seems to take a fifth of the time.
    const library = await CodecLibrary.load(() => (nowMs += 4));
    const codec = library.create({ name: 'opus', clockRateHz: 48_000, remoteParameters: {} });
    const [encoder, decoder] = [codec.createEncoder(), codec.createDecoder()];
    const tone = sine(48_000 * 8, 500, 48_000);
    const heard: number[] = [];
    for (let at = 0; at < tone.length; at += 960)
      heard.push(...decoder.decode(encoder.encode(tone.slice(at, at + 960))));
    for (let sec = 1; sec < 8; sec++) {
      const part = Int16Array.from(heard.slice(sec * 48_000, (sec + 1) * 48_000));
      expect(toneAmplitude(part, 500, 48_000)).toBeGreaterThan(6500);
    }
    encoder.close();
    decoder.close();
  });
});
