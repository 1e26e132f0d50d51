// Speech, noise and rooms for tests of what the microphone hears.
import { readFile } from 'node:fs/promises';
import { loadResamplerFactory } from '../../../src-main/media/dsp/index.ts';

/** The phone's own spoken test sentence at 48 kHz. */
export async function loadSpeech(file = 'assets/audio/speech.wav'): Promise<Int16Array> {
  const wav = await readFile(file);
  const samples = Int16Array.from({ length: (wav.length - 44) >> 1 }, (_, i) => wav.readInt16LE(44 + i * 2));
  const resampler = (await loadResamplerFactory()).create(wav.readUInt32LE(24), 48_000);
  const speech = resampler.process(samples).slice();
  resampler.close();
  return speech;
}

/** Numbers from 0 to 1, the same on every run. */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0) / 2 ** 32;
}

/** White noise of this effective level. */
export function noise(count: number, level: number, seed = 1): Int16Array {
  const random = randomFrom(seed);
  return Int16Array.from({ length: count }, () => Math.round((random() - 0.5) * Math.sqrt(12) * level));
}

/** What a microphone hears of a loudspeaker: after `delayMs`, with a tail that falls by 60 dB in `tailMs`. */
export function roomEcho(played: Int16Array, delayMs: number, tailMs: number, level = 0.5, seed = 7): Int16Array {
  const random = randomFrom(seed);
  const taps = Array.from({ length: 60 }, (_, i) => {
    const atMs = (i * i * tailMs) / 3600;
    return [
      Math.round((delayMs + atMs) * 48),
      level * 10 ** ((-3 * atMs) / tailMs) * (i === 0 ? 1 : (random() - 0.5) * 0.7),
    ] as const;
  });
  const heard = new Float64Array(played.length);
  for (const [delay, gain] of taps)
    for (let i = delay; i < played.length; i++) heard[i] = (heard[i] ?? 0) + (played[i - delay] ?? 0) * gain;
  return Int16Array.from(heard, (sample) => Math.max(-32_768, Math.min(32_767, Math.round(sample))));
}

export const mix = (a: Int16Array, b: Int16Array): Int16Array =>
  a.map((sample, i) => Math.max(-32_768, Math.min(32_767, sample + (b[i] ?? 0))));

export const scaled = (samples: Int16Array, gain: number): Int16Array =>
  samples.map((sample) => Math.max(-32_768, Math.min(32_767, Math.round(sample * gain))));

/** `samples` again and again until there are `count`. */
export const repeated = (samples: Int16Array, count: number, from = 0): Int16Array =>
  Int16Array.from({ length: count }, (_, i) => samples[(i + from) % samples.length] ?? 0);
