import { describe, expect, it } from 'vitest';
import { ComfortNoise, levelDbov } from '../../../../src-main/media/dsp/index.ts';
import { toneAmplitude } from '../../../support/media/tone-check.ts';

/** Two seconds of the noise that `payload` describes, without its beginning. */
function render(payload: Uint8Array): Int16Array {
  const noise = new ComfortNoise(8000);
  noise.describe(payload);
  const samples = new Int16Array(16_000);
  noise.addTo(samples);
  return samples.subarray(2000);
}

describe('comfort noise — RFC 3389', () => {
  it.each([30, 50, 70])('RFC 3389 §3.1: is as loud as the level %i says', (level) => {
    expect(levelDbov(render(Uint8Array.of(level)))).toBeCloseTo(-level, 0);
  });

  it('RFC 3389 §3.2: has the level whatever the spectrum is', () => {
    expect(Math.abs(levelDbov(render(Uint8Array.of(40, 30, 200, 110))) + 40)).toBeLessThan(1.5);
  });

  it('RFC 3389 §3.2: puts its energy where the reflection coefficients say', () => {
    const low = render(Uint8Array.of(40, 20));
    const high = render(Uint8Array.of(40, 234));
    const share = (samples: Int16Array): number =>
      Array.from({ length: 20 }, (_, i) => toneAmplitude(samples, 100 + i * 20, 8000) ** 2).reduce((a, b) => a + b) /
      Array.from({ length: 20 }, (_, i) => toneAmplitude(samples, 3500 + i * 20, 8000) ** 2).reduce((a, b) => a + b);

    expect(share(low)).toBeGreaterThan(10);
    expect(share(high)).toBeLessThan(0.1);
  });

  it('RFC 3389 §5: fades in instead of beginning', () => {
    const noise = new ComfortNoise(8000);
    noise.describe(Uint8Array.of(30));
    const samples = new Int16Array(800);
    noise.addTo(samples);

    expect(levelDbov(samples.subarray(0, 24))).toBeLessThan(levelDbov(samples.subarray(700)) - 12);
  });

  it('survives any payload', () => {
    const noise = new ComfortNoise(8000);
    noise.describe(new Uint8Array(0));
    expect(noise.isOn).toBe(false);

    for (const byte of [0, 127, 128, 255]) {
      noise.describe(new Uint8Array(200).fill(byte));
      const samples = new Int16Array(8000);
      noise.addTo(samples);
      expect(samples.every(Number.isFinite)).toBe(true);
    }
    noise.stop();
    expect(noise.isOn).toBe(false);
  });
});
