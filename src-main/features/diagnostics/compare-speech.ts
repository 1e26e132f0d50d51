// How like two recordings are: the delay between them, and how much of one is in the other.

export interface SpeechLikeness {
  /** How much later the second is; the median over the windows. */
  readonly delayMs: number;
  /** Correlation of the loudness in steps of 4 ms, 0 to 1: what a codec keeps whatever it does to the wave form. */
  readonly similarity: number;
  /** Correlation of the wave forms, window by window at the best delay of each; the median, 0 to 1. */
  readonly correlation: number;
  /** Level of the second over the first, in dB. */
  readonly gainDb: number;
}

const ENVELOPE_MS = 4;
const MAX_DELAY_MS = 1500;
/** The delay may move during a call: a jitter buffer follows the network. */
const WINDOW_MS = 400;
const WANDER_MS = 80;
/** Wave forms are compared at this rate: speech has its power below half of it. */
const COMPARE_HZ = 8000;
/** Windows more than 30 dB under the loudest are pauses. */
const ACTIVE_SHARE = 0.001;

/** Both at `sampleRateHz`, begun at one moment. */
export function compareSpeech(sent: Int16Array, received: Int16Array, sampleRateHz: number): SpeechLikeness {
  const thin = Math.max(1, Math.round(sampleRateHz / COMPARE_HZ));
  const rateHz = sampleRateHz / thin;
  const [a, b] = [thinOut(sent, thin), thinOut(received, thin)];
  const step = Math.round((ENVELOPE_MS / 1000) * rateHz);
  const loudness = bestLag(envelope(a, step), envelope(b, step), 0, MAX_DELAY_MS / ENVELOPE_MS);
  const windows = matchWindows(a, b, loudness.lag * step, rateHz);
  return {
    delayMs: (median(windows.map(({ lag }) => lag)) * 1000) / rateHz,
    similarity: Math.max(0, loudness.correlation),
    correlation: Math.max(0, median(windows.map(({ correlation }) => correlation))),
    gainDb: 10 * Math.log10((energy(b) + 1) / (energy(a) + 1)),
  };
}

interface Match {
  readonly lag: number;
  readonly correlation: number;
}

function matchWindows(a: Float64Array, b: Float64Array, coarse: number, rateHz: number): readonly Match[] {
  const length = Math.round((WINDOW_MS / 1000) * rateHz);
  const wander = Math.round((WANDER_MS / 1000) * rateHz);
  const starts = Array.from({ length: Math.floor(a.length / length) }, (_, i) => i * length);
  const loudest = Math.max(...starts.map((start) => energy(a.subarray(start, start + length))), 1);
  const active = starts.filter((start) => energy(a.subarray(start, start + length)) > loudest * ACTIVE_SHARE);
  return active.map((start) => {
    const window = a.subarray(start, start + length);
    const from = Math.max(0, start + coarse - wander);
    const { lag, correlation } = bestLag(window, b.subarray(from, start + coarse + wander + length), 0, 2 * wander);
    return { lag: from + lag - start, correlation };
  });
}

function bestLag(a: Float64Array, b: Float64Array, fromLag: number, toLag: number): Match {
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
function envelope(samples: Float64Array, step: number): Float64Array {
  const levels = Float64Array.from({ length: Math.floor(samples.length / step) }, (_, i) =>
    Math.log10(1 + energy(samples.subarray(i * step, (i + 1) * step)) / step),
  );
  const mean = levels.reduce((sum, level) => sum + level, 0) / Math.max(1, levels.length);
  return levels.map((level) => level - mean);
}

/** The mean of each `step` samples: a low-pass that is good enough to compare by. */
function thinOut(samples: Int16Array, step: number): Float64Array {
  return Float64Array.from({ length: Math.floor(samples.length / step) }, (_, i) => {
    let sum = 0;
    for (let k = 0; k < step; k++) sum += samples[i * step + k] ?? 0;
    return sum / step;
  });
}

function energy(samples: Float64Array): number {
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  return sum;
}

function median(values: readonly number[]): number {
  return values.toSorted((x, y) => x - y)[Math.floor(values.length / 2)] ?? 0;
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
