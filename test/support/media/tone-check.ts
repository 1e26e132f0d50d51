// Hears tones: how loud a frequency is in a piece of sound.

/** Amplitude of `frequencyHz` in `samples`, by the Goertzel algorithm. */
export function toneAmplitude(samples: Int16Array, frequencyHz: number, sampleRateHz: number): number {
  const coefficient = 2 * Math.cos((2 * Math.PI * frequencyHz) / sampleRateHz);
  let last = 0;
  let before = 0;
  for (const sample of samples) [last, before] = [sample + coefficient * last - before, last];
  return (Math.sqrt(Math.max(0, last * last + before * before - coefficient * last * before)) * 2) / samples.length;
}

/** A sine of `count` samples. */
export const sine = (count: number, frequencyHz: number, sampleRateHz: number, amplitude = 8000): Int16Array =>
  Int16Array.from({ length: count }, (_, i) =>
    Math.round(amplitude * Math.sin((2 * Math.PI * frequencyHz * i) / sampleRateHz)),
  );

export const rms = (samples: Int16Array): number =>
  Math.sqrt(samples.reduce((sum, sample) => sum + sample * sample, 0) / Math.max(1, samples.length));

/** Ratio of the tone to everything else in decibels. */
export function toneToNoiseDb(samples: Int16Array, frequencyHz: number, sampleRateHz: number): number {
  const tone = toneAmplitude(samples, frequencyHz, sampleRateHz) ** 2 / 2;
  return 10 * Math.log10(tone / Math.max(1e-9, rms(samples) ** 2 - tone));
}

/** Longest run of samples below `threshold`, in milliseconds. */
export function longestGapMs(samples: Int16Array, sampleRateHz: number, threshold = 60): number {
  let longest = 0;
  let run = 0;
  for (const sample of samples) {
    run = Math.abs(sample) < threshold ? run + 1 : 0;
    longest = Math.max(longest, run);
  }
  return (longest * 1000) / sampleRateHz;
}
