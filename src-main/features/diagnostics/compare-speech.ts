// How like two recordings are: the delay between them, and how much of one is in the other.

export interface SpeechLikeness {
  /** How much later the second is. */
  readonly delayMs: number;
  /** Correlation of the wave forms at that delay, 0 to 1. */
  readonly correlation: number;
  /** Level of the second over the first, in dB. */
  readonly gainDb: number;
}

const ENVELOPE_MS = 4;
const FINE_MS = 12;
const MAX_DELAY_MS = 1500;

/** Both at `sampleRateHz`, begun at one moment. */
export function compareSpeech(sent: Int16Array, received: Int16Array, sampleRateHz: number): SpeechLikeness {
  const step = Math.round((ENVELOPE_MS / 1000) * sampleRateHz);
  const coarse = bestLag(envelope(sent, step), envelope(received, step), 0, MAX_DELAY_MS / ENVELOPE_MS).lag * step;
  // Wave forms are compared at a quarter of the samples: speech has its power below 6 kHz.
  const thin = Math.max(1, Math.floor(sampleRateHz / 12_000));
  const [a, b] = [thinOut(sent, thin), thinOut(received, thin)];
  const span = Math.round(((FINE_MS / 1000) * sampleRateHz) / thin);
  const centre = Math.round(coarse / thin);
  const fine = bestLag(a, b, Math.max(0, centre - span), centre + span);
  return {
    delayMs: (fine.lag * thin * 1000) / sampleRateHz,
    correlation: Math.max(0, fine.correlation),
    gainDb: 10 * Math.log10((energy(received) + 1) / (energy(sent) + 1)),
  };
}

function bestLag(
  a: Float64Array,
  b: Float64Array,
  fromLag: number,
  toLag: number,
): { lag: number; correlation: number } {
  let best = { lag: 0, correlation: -1 };
  for (let lag = fromLag; lag <= toLag; lag++) {
    const correlation = correlationAt(a, b, lag);
    if (correlation > best.correlation) best = { lag, correlation };
  }
  return best;
}

function correlationAt(a: Float64Array, b: Float64Array, lag: number): number {
  const length = Math.min(a.length, b.length - lag);
  let ab = 0;
  let aa = 1e-9;
  let bb = 1e-9;
  for (let i = 0; i < length; i++) {
    const x = a[i] ?? 0;
    const y = b[i + lag] ?? 0;
    ab += x * y;
    aa += x * x;
    bb += y * y;
  }
  return ab / Math.sqrt(aa * bb);
}

/** Levels in steps, without their mean, so that silence counts as much as speech. */
function envelope(samples: Int16Array, step: number): Float64Array {
  const levels = Float64Array.from({ length: Math.floor(samples.length / step) }, (_, i) =>
    Math.log10(1 + energy(samples.subarray(i * step, (i + 1) * step)) / step),
  );
  const mean = levels.reduce((sum, level) => sum + level, 0) / Math.max(1, levels.length);
  return levels.map((level) => level - mean);
}

const thinOut = (samples: Int16Array, step: number): Float64Array =>
  Float64Array.from({ length: Math.floor(samples.length / step) }, (_, i) => samples[i * step] ?? 0);

function energy(samples: Int16Array): number {
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  return sum;
}

/** The frequency of a steady tone by its rising zero crossings; 0 when there is none. */
export function measureTone(samples: Int16Array, sampleRateHz: number): number {
  const crossings: number[] = [];
  for (let i = 1; i < samples.length; i++) {
    const [before = 0, now = 0] = [samples[i - 1], samples[i]];
    if (before < 0 && now >= 0) crossings.push(i - 1 + before / (before - now));
  }
  const [first, last] = [crossings[0], crossings.at(-1)];
  if (first === undefined || last === undefined || last <= first) return 0;
  return ((crossings.length - 1) * sampleRateHz) / (last - first);
}
