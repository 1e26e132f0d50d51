import { describe, expect, it } from 'vitest';
import { SpeedChange } from '../../../../src-main/media/dsp/index.ts';
import { sine, toneAmplitude } from '../../../support/media/tone-check.ts';

/** What is heard of `sound` when it comes in pieces of 10 ms. */
function played(sound: Int16Array, rateHz: number, speed: number): Int16Array {
  const change = new SpeedChange(rateHz, speed);
  const heard: number[] = [];
  for (let at = 0; at < sound.length; at += rateHz / 100)
    heard.push(...change.process(sound.subarray(at, at + rateHz / 100)));
  heard.push(...change.finish());
  return Int16Array.from(heard);
}

const speeds = [0.5, 0.75, 1, 1.25, 1.5, 2, 3];

describe.each(speeds)('sound at %f times its speed', (speed) => {
  it.each([
    [8000, 1004],
    [8000, 120],
    [16_000, 441],
    [48_000, 440],
  ])('at %i Hz keeps a tone of %i Hz and takes its share of the time', (rateHz, frequencyHz) => {
    const tone = sine(rateHz * 3, frequencyHz, rateHz);

    const heard = played(tone, rateHz, speed);

    expect(Math.abs(heard.length / rateHz - 3 / speed)).toBeLessThan(0.04);
    const size = rateHz / 20;
    for (let at = size; at + 2 * size < heard.length; at += size)
      expect(toneAmplitude(heard.subarray(at, at + size), frequencyHz, rateHz)).toBeGreaterThan(7000);
  });

  it('loses nothing of what is said: each of three tones has its third', () => {
    const rateHz = 16_000;
    const parts = [300, 700, 1500].map((frequencyHz) => sine(rateHz, frequencyHz, rateHz));
    const heard = played(Int16Array.from(parts.flatMap((part) => [...part])), rateHz, speed);

    const third = Math.floor(heard.length / 3);
    [300, 700, 1500].forEach((frequencyHz, index) => {
      const part = heard.subarray(index * third + rateHz / 20, (index + 1) * third - rateHz / 20);
      expect(toneAmplitude(part, frequencyHz, rateHz)).toBeGreaterThan(7000);
    });
  });

  it('takes nothing, silence and noise for what they are', () => {
    expect(played(new Int16Array(0), 8000, speed)).toHaveLength(0);
    expect(played(new Int16Array(8000), 8000, speed).every((sample) => sample === 0)).toBe(true);
    const noise = Int16Array.from({ length: 8000 }, (_, i) => ((i * 7919) % 65_536) - 32_768);
    expect(Math.abs(played(noise, 8000, speed).length - 8000 / speed)).toBeLessThan(320);
  });
});
