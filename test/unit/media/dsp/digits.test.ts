import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { DigitDetector, DigitTones } from '../../../../src-main/media/dsp/index.ts';
import { sine, toneAmplitude } from '../../../support/media/tone-check.ts';

const ALL = '123A456B789C*0#D';
const PAIRS: Readonly<Record<string, readonly [number, number]>> = {
  '1': [697, 1209],
  '5': [770, 1336],
  D: [941, 1633],
};

function tones(digits: string, rateHz: number): Int16Array {
  const source = new DigitTones();
  source.queue(digits);
  const output: number[] = [];
  const frame = new Int16Array(rateHz / 100);
  while (source.fill(frame, rateHz)) output.push(...frame);
  return Int16Array.from(output);
}

function heard(samples: Int16Array, rateHz: number): string {
  const detector = new DigitDetector(rateHz);
  let digits = '';
  for (let at = 0; at < samples.length; at += rateHz / 100)
    digits += detector.add(samples.subarray(at, at + rateHz / 100)) ?? '';
  return digits;
}

/** Both tones of a digit with a level each, for `ms`, between silences. */
function pair(ms: number, low: readonly [number, number], high: readonly [number, number], beforeMs = 53): Int16Array {
  const output = new Int16Array(8 * (beforeMs + ms + 100));
  const [a, b] = [sine(8 * ms, low[0], 8000, low[1]), sine(8 * ms, high[0], 8000, high[1])];
  for (let i = 0; i < 8 * ms; i++) output[8 * beforeMs + i] = (a[i] ?? 0) + (b[i] ?? 0);
  return output;
}

describe('digit tones — RFC 4733 §3.2, ITU-T Q.23', () => {
  it.each(Object.entries(PAIRS))('sends %s as its two frequencies, the high one 2 dB louder', (digit, [low, high]) => {
    const sent = tones(digit, 8000).subarray(80, 720);

    expect(toneAmplitude(sent, low, 8000)).toBeGreaterThan(7600);
    expect(20 * Math.log10(toneAmplitude(sent, high, 8000) / toneAmplitude(sent, low, 8000))).toBeCloseTo(2, 0);
  });

  it('sounds for 100 ms, pauses for 60 ms, and waits at a comma', () => {
    expect(tones('12', 8000).length / 8).toBeCloseTo(320, -1.5);
    expect(tones('1,2', 8000).length / 8).toBeCloseTo(820, -1.5);
  });

  it('keeps no endless queue', () => {
    const source = new DigitTones();
    source.queue('1'.repeat(100_000));
    source.clear();

    expect(source.isBusy).toBe(false);
    expect(tones('5'.repeat(1000), 8000).length / 8 / 160).toBeLessThan(258);
  });
});

describe('digit detector — ITU-T Q.24', () => {
  it.each([8000, 16_000, 48_000])('hears every digit once at %i Hz', (rateHz) => {
    expect(heard(tones(ALL, rateHz), rateHz)).toBe(ALL);
    expect(heard(tones('1122333', rateHz), rateHz)).toBe('1122333');
  });

  it('takes tones of 40 ms and refuses those of 23 ms, wherever they begin', () => {
    for (let beforeMs = 40; beforeMs < 60; beforeMs++) {
      expect(heard(pair(40, [770, 6000], [1336, 6000], beforeMs), 8000)).toBe('5');
      expect(heard(pair(23, [770, 6000], [1336, 6000], beforeMs), 8000)).toBe('');
    }
  });

  it('takes 1.5 percent off in frequency and refuses 3.5 percent', () => {
    for (const factor of [0.985, 1.015])
      expect(heard(pair(60, [941 * factor, 6000], [1633 * factor, 6000]), 8000)).toBe('D');
    for (const factor of [0.965, 1.035])
      expect(heard(pair(60, [941 * factor, 6000], [1633 * factor, 6000]), 8000)).toBe('');
  });

  it('takes twist as lines make it, and no more', () => {
    expect(heard(pair(60, [770, 6000], [1336, 6000 * 10 ** (4 / 20)]), 8000)).toBe('5');
    expect(heard(pair(60, [770, 6000], [1336, 6000 * 10 ** (-8 / 20)]), 8000)).toBe('5');
    expect(heard(pair(60, [770, 3000], [1336, 3000 * 10 ** (9 / 20)]), 8000)).toBe('');
    expect(heard(pair(60, [770, 9000], [1336, 9000 * 10 ** (-13 / 20)]), 8000)).toBe('');
  });

  it('takes -29 dBm0 and refuses what is as quiet as echo', () => {
    expect(heard(pair(60, [770, 805], [1336, 805]), 8000)).toBe('5');
    expect(heard(pair(60, [770, 200], [1336, 200]), 8000)).toBe('');
  });

  it('hears one digit through a hole of 20 ms', () => {
    const digit = pair(100, [770, 6000], [1336, 6000]);
    digit.fill(0, 8 * 90, 8 * 110);

    expect(heard(digit, 8000)).toBe('5');
  });

  it('hears no digit in speech', async () => {
    const wav = await readFile('assets/audio/speech.wav');
    const rateHz = wav.readUInt32LE(24);
    const speech = Int16Array.from({ length: (wav.length - 44) >> 1 }, (_, i) => wav.readInt16LE(44 + i * 2));

    expect(speech.length / rateHz).toBeGreaterThan(4);
    for (const gain of [0.25, 1, 2]) {
      const louder = speech.map((sample) => Math.max(-32_768, Math.min(32_767, sample * gain)));
      expect(heard(louder, rateHz)).toBe('');
    }
  });
});
