import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CallingToneDetector } from '../../../../src-main/media/dsp/index.ts';

const ASSETS = join(import.meta.dirname, '..', '..', '..', '..', 'assets', 'audio');
const HEADER_BYTES = 44;

const tone = (hz: number, sec: number, rateHz: number, peak = 6000): Int16Array =>
  Int16Array.from({ length: sec * rateHz }, (_, i) => peak * Math.sin((2 * Math.PI * hz * i) / rateHz));

const silence = (sec: number, rateHz: number): Int16Array => new Int16Array(sec * rateHz);

/** When a calling tone is heard in the sound, in seconds; undefined when never. */
function heardAtSec(rateHz: number, ...parts: readonly Int16Array[]): number | undefined {
  const detector = new CallingToneDetector();
  const samples = Int16Array.from(parts.flatMap((part) => [...part]));
  const size = rateHz / 100;
  for (let at = 0; at + size <= samples.length; at += size) {
    if (detector.hears(samples.subarray(at, at + size), rateHz)) return at / rateHz;
  }
  return undefined;
}

function speechOf(name: string): Int16Array {
  const bytes = readFileSync(join(ASSETS, name));
  return Int16Array.from({ length: (bytes.length - HEADER_BYTES) / 2 }, (_, i) =>
    bytes.readInt16LE(HEADER_BYTES + i * 2),
  );
}

describe('calling tones', () => {
  it.each([8000, 16_000, 48_000])('hears a fax within half a second at %i Hz — ITU-T T.30 §4.2', (rateHz) => {
    for (const hz of [1062, 1100, 1138]) {
      expect(heardAtSec(rateHz, silence(1, rateHz), tone(hz, 0.5, rateHz), silence(3, rateHz))).toBeLessThan(1.5);
    }
  });

  it('hears a modem that calls or answers — ITU-T V.25', () => {
    expect(heardAtSec(8000, tone(1300, 0.6, 8000))).toBeLessThan(0.6);
    expect(heardAtSec(8000, tone(2100, 1, 8000))).toBeLessThan(0.6);
  });

  it('hears a quiet fax, and one with a lost packet in its tone', () => {
    expect(heardAtSec(8000, tone(1100, 0.5, 8000, 400))).toBeDefined();
    expect(heardAtSec(8000, tone(1100, 0.22, 8000), silence(0.02, 8000), tone(1100, 0.26, 8000))).toBeDefined();
  });

  it('takes neither a beep, nor a short tone, nor digits for one', () => {
    expect(heardAtSec(8000, tone(1000, 3, 8000))).toBeUndefined();
    expect(heardAtSec(8000, tone(1200, 3, 8000))).toBeUndefined();
    expect(heardAtSec(8000, tone(1100, 0.3, 8000), silence(1, 8000), tone(1100, 0.3, 8000))).toBeUndefined();
    const high = tone(1336, 2, 8000);
    const digit = tone(770, 2, 8000).map((sample, i) => sample + (high[i] ?? 0));
    expect(heardAtSec(8000, digit)).toBeUndefined();
  });

  it('takes no speech for one', () => {
    for (const name of ['speech.wav', 'greeting.wav', 'phrases/ownerMenu.wav', 'phrases/callerMenu.wav']) {
      expect(heardAtSec(16_000, speechOf(name))).toBeUndefined();
    }
  });
});
