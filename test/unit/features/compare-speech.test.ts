import { describe, expect, it } from 'vitest';
import { compareSpeech, measureTone } from '../../../src-main/features/diagnostics/compare-speech.ts';

const RATE_HZ = 48_000;

/** Syllables of noise with pauses, the same each time. */
function speech(seconds: number, syllable = 3000, phrase = 17_000): Int16Array {
  let seed = 1;
  return Int16Array.from({ length: seconds * RATE_HZ }, (_, i) => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
    const loudness = Math.max(0, Math.sin(i / syllable) * Math.sin(i / phrase));
    return ((seed / 2 ** 32 - 0.5) * 2 + Math.sin(i / 20)) * 8000 * loudness;
  });
}

function delayed(samples: Int16Array, delayMs: number, gain = 1): Int16Array {
  const shift = (delayMs * RATE_HZ) / 1000;
  return Int16Array.from(samples, (_, i) => (samples[i - shift] ?? 0) * gain);
}

describe('comparing speech', () => {
  it('finds the delay and the level of what came back', () => {
    const sent = speech(4);

    const likeness = compareSpeech(sent, delayed(sent, 130, 0.5), RATE_HZ);

    expect(likeness.delayMs).toBeCloseTo(130, 0);
    expect(likeness.similarity).toBeGreaterThan(0.95);
    expect(likeness.correlation).toBeGreaterThan(0.99);
    expect(likeness.gainDb).toBeCloseTo(-6, 0);
  });

  it('does not take silence, noise or other speech for it', () => {
    const sent = speech(4);

    expect(compareSpeech(sent, new Int16Array(sent.length), RATE_HZ).similarity).toBeLessThan(0.3);
    expect(compareSpeech(sent, speech(4, 2100, 9500), RATE_HZ).similarity).toBeLessThan(0.6);
  });
});

describe('measuring a tone', () => {
  it('finds its frequency', () => {
    const tone = Int16Array.from({ length: RATE_HZ }, (_, i) => 8000 * Math.sin((2 * Math.PI * 1004 * i) / RATE_HZ));

    expect(measureTone(tone, RATE_HZ)).toBeCloseTo(1004, 1);
  });

  it('finds none in silence', () => {
    expect(measureTone(new Int16Array(RATE_HZ), RATE_HZ)).toBe(0);
  });
});
