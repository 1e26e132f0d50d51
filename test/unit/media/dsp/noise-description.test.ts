// What a background is made into on its way, and what comes out of it. RFC 3389 §3, §4
import { describe, expect, it } from 'vitest';
import { ComfortNoise, levelDbov, NoiseDescriber, PauseDetector } from '../../../../src-main/media/dsp/index.ts';
import { FakeRuntime } from '../../../support/fake-runtime.ts';
import { sine } from '../../../support/media/tone-check.ts';

const RATE_HZ = 8000;

/** White noise through a pole at `pole`: near 1 it is dark, near -1 it is bright. */
function noise(count: number, amplitude: number, pole = 0): Int16Array {
  const runtime = new FakeRuntime(7);
  let last = 0;
  return Int16Array.from({ length: count }, () => {
    last = (runtime.random() * 2 - 1) * amplitude + pole * last;
    return Math.round(last);
  });
}

/** How much of the energy lies in the differences of neighbours: 0 for the darkest, 4 for the brightest. */
function brightness(samples: Int16Array): number {
  let [energy, change] = [0, 0];
  for (let i = 1; i < samples.length; i++) {
    energy += (samples[i] ?? 0) ** 2;
    change += ((samples[i] ?? 0) - (samples[i - 1] ?? 0)) ** 2;
  }
  return change / energy;
}

function madeAnew(payload: Uint8Array): Int16Array {
  const comfort = new ComfortNoise(RATE_HZ);
  comfort.describe(payload);
  const samples = new Int16Array(16_000);
  comfort.addTo(samples);
  return samples.subarray(4000);
}

describe('a background described — RFC 3389 §3.1, §3.2', () => {
  it.each([
    [100, 0],
    [100, 0.9],
    [30, -0.9],
    [1500, 0.5],
  ])('of amplitude %i and a pole at %d comes back as loud and as bright', (amplitude, pole) => {
    const original = noise(16_000, amplitude, pole);
    const describer = new NoiseDescriber(RATE_HZ);
    for (let at = 0; at < original.length; at += 160) describer.add(original.subarray(at, at + 160));
    const copy = madeAnew(describer.describe());
    expect(Math.abs(levelDbov(copy) - levelDbov(original))).toBeLessThan(2);
    expect(Math.abs(brightness(copy) - brightness(original))).toBeLessThan(0.35);
  });

  it('digital silence, nothing at all and a pure tone have a description of bytes within bounds', () => {
    for (const samples of [new Int16Array(0), new Int16Array(800), sine(800, 1000, RATE_HZ, 32_000)]) {
      const describer = new NoiseDescriber(RATE_HZ);
      describer.add(samples);
      const [level = -1, ...coefficients] = describer.describe();
      expect(level).toBeLessThanOrEqual(127);
      expect(coefficients.every((byte) => byte <= 254)).toBe(true);
    }
  });
});

describe('when nobody speaks — RFC 3389 §4', () => {
  const frames = (samples: Int16Array): Int16Array[] =>
    Array.from({ length: samples.length / 160 }, (_, i) => samples.subarray(i * 160, i * 160 + 160));

  it('silence begins a quarter of a second after the voice, and ends with the first loud frame', () => {
    const detector = new PauseDetector();
    const background = frames(noise(16_000, 60));
    const voice = frames(sine(8000, 300, RATE_HZ, 6000));
    for (const frame of background) detector.isSilent(frame, 20);
    expect(voice.map((frame) => detector.isSilent(frame, 20))).not.toContain(true);
    const after = background.map((frame) => detector.isSilent(frame, 20));
    expect(after.indexOf(true)).toBe(12);
    expect(after.slice(12)).not.toContain(false);
    expect(detector.isSilent(voice[0] ?? new Int16Array(160), 20)).toBe(false);
  });

  it('a loud background is one as well, and quiet speech over a quiet one is speech', () => {
    const [loud, quiet] = [new PauseDetector(), new PauseDetector()];
    expect(
      frames(noise(32_000, 700))
        .map((frame) => loud.isSilent(frame, 20))
        .at(-1),
    ).toBe(true);
    for (const frame of frames(noise(16_000, 12))) quiet.isSilent(frame, 20);
    expect(frames(sine(8000, 300, RATE_HZ, 300)).map((frame) => quiet.isSilent(frame, 20))).not.toContain(true);
  });
});
