import { describe, expect, it } from 'vitest';
import { TimeScale, type ScaleRequest } from '../../../../src-main/media/dsp/index.ts';
import { sine, toneAmplitude } from '../../../support/media/tone-check.ts';

const FRAME_MS = 20;

/** Every fourth frame of `sound` is changed; returns what is heard. */
function stretch(sound: Int16Array, rateHz: number, direction: 'shrink' | 'grow', least = 0.6): Int16Array {
  const scale = new TimeScale(rateHz);
  const request: ScaleRequest = { direction, mostMs: 12, leastSimilarity: least };
  const heard: number[] = [];
  const size = (rateHz * FRAME_MS) / 1000;
  for (let at = 0, i = 0; at + size <= sound.length; at += size, i++) {
    const frame = sound.subarray(at, at + size);
    if (i % 4 === 3) {
      heard.push(...scale.scale(frame, request));
    } else {
      scale.remember(frame);
      heard.push(...frame);
    }
  }
  return Int16Array.from(heard);
}

/** Largest turn of the tone's phase from one piece of 5 ms to the next, in degrees. */
function largestTurn(samples: Int16Array, frequencyHz: number, rateHz: number): number {
  const size = (rateHz * 5) / 1000;
  let largest = 0;
  let before: number | undefined;
  for (let at = 0; at + size <= samples.length; at += size) {
    let [re, im] = [0, 0];
    for (let i = at; i < at + size; i++) {
      const angle = (2 * Math.PI * frequencyHz * i) / rateHz;
      re += (samples[i] ?? 0) * Math.cos(angle);
      im += (samples[i] ?? 0) * Math.sin(angle);
    }
    const phase = Math.atan2(im, re);
    const turn = Math.abs(((((phase - (before ?? phase)) * 180) / Math.PI + 540) % 360) - 180);
    largest = Math.max(largest, turn);
    before = phase;
  }
  return largest;
}

const largestStep = (samples: Int16Array): number =>
  samples.reduce((most, sample, i) => (i === 0 ? 0 : Math.max(most, Math.abs(sample - (samples[i - 1] ?? 0)))), 0);

describe.each(['shrink', 'grow'] as const)('time-scale modification: %s', (direction) => {
  it.each([
    [8000, 1000],
    [16_000, 1000],
    [48_000, 1000],
    [8000, 1004],
    [8000, 120],
    [48_000, 441],
  ])('at %i Hz keeps a tone of %i Hz: its pitch, its level, its phase; no click', (rateHz, frequencyHz) => {
    const tone = sine(rateHz * 4, frequencyHz, rateHz);
    const heard = stretch(tone, rateHz, direction);

    const ratio = heard.length / tone.length;
    if (direction === 'shrink') expect(ratio).toBeLessThan(0.98);
    else expect(ratio).toBeGreaterThan(1.02);
    expect(Math.abs(ratio - 1)).toBeLessThanOrEqual(0.16);
    expect(largestTurn(heard, frequencyHz, rateHz)).toBeLessThan(20);
    expect(largestStep(heard)).toBeLessThanOrEqual(largestStep(tone) * 1.1 + 2);
    const piece = heard.subarray(0, rateHz / 20);
    expect(toneAmplitude(piece, frequencyHz, rateHz)).toBeGreaterThan(7500);
  });

  it('leaves alone what does not resemble itself, and what is too short', () => {
    let seed = 5;
    const noise = Int16Array.from({ length: 8000 }, () => {
      seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
      return (seed >>> 16) - 32_768;
    });

    expect(stretch(noise, 8000, direction, 0.9)).toEqual(noise);
    const short = sine(16, 400, 8000);
    expect(new TimeScale(8000).scale(short, { direction, mostMs: 12, leastSimilarity: -1 })).toBe(short);
  });

  it('changes silence by any piece', () => {
    const heard = stretch(new Int16Array(8000), 8000, direction, -1);

    expect(heard.length).not.toBe(8000);
    expect(Math.max(...heard.map(Math.abs))).toBe(0);
  });

  it('changes silence by just so much where that is asked for', () => {
    const hum = sine(160, 50, 8000, 30);
    for (const mostMs of [1, 3.5, 7.25]) {
      const heard = new TimeScale(8000).scale(hum, { direction, mostMs, leastSimilarity: -1, isExact: true });

      expect(heard).toHaveLength(direction === 'shrink' ? 160 - mostMs * 8 : 160 + mostMs * 8);
      expect(largestStep(heard)).toBeLessThanOrEqual(10);
    }
  });
});
