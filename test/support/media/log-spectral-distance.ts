// How different two sounds are to the ear: the mean distance of their spectra in decibels.

/** Quieter than this below full scale nothing is compared. */
const FLOOR_DB = -60;

/** Power spectrum of `points` samples (a power of two) in decibels, by a radix-2 transform. */
function spectrumDb(samples: Int16Array, at: number, points: number): Float64Array {
  const window = (i: number): number => 0.5 - 0.5 * Math.cos((2 * Math.PI * i) / points);
  const re = Float64Array.from({ length: points }, (_, i) => window(i) * ((samples[at + i] ?? 0) / 32_768));
  const im = new Float64Array(points);
  for (let i = 1, j = 0; i < points; i++) {
    let bit = points >> 1;
    for (; j & bit; bit >>= 1) j ^= bit;
    j ^= bit;
    if (i < j) [re[i], re[j]] = [re[j] ?? 0, re[i] ?? 0];
  }
  for (let size = 2; size <= points; size *= 2) {
    for (let start = 0; start < points; start += size) {
      for (let k = 0; k < size / 2; k++) {
        const angle = (-2 * Math.PI * k) / size;
        const [a, b] = [start + k, start + k + size / 2];
        const [bRe, bIm] = [re[b] ?? 0, im[b] ?? 0];
        const turnedRe = bRe * Math.cos(angle) - bIm * Math.sin(angle);
        const turnedIm = bRe * Math.sin(angle) + bIm * Math.cos(angle);
        [re[b], im[b]] = [(re[a] ?? 0) - turnedRe, (im[a] ?? 0) - turnedIm];
        [re[a], im[a]] = [(re[a] ?? 0) + turnedRe, (im[a] ?? 0) + turnedIm];
      }
    }
  }
  return Float64Array.from({ length: points / 2 }, (_, i) =>
    Math.max(FLOOR_DB, 10 * Math.log10((re[i] ?? 0) ** 2 + (im[i] ?? 0) ** 2 + 1e-12)),
  );
}

/** Distance in decibels over the frames of `count` samples that `isCounted` names. */
export function logSpectralDistanceDb(
  reference: Int16Array,
  heard: Int16Array,
  count: number,
  isCounted: (frame: number) => boolean,
): number {
  const points = 2 ** Math.floor(Math.log2(count));
  let sum = 0;
  let frames = 0;
  for (let frame = 0; (frame + 1) * count <= reference.length; frame++) {
    if (!isCounted(frame)) continue;
    const wanted = spectrumDb(reference, frame * count, points);
    const got = spectrumDb(heard, frame * count, points);
    let squares = 0;
    for (let i = 0; i < wanted.length; i++) squares += ((wanted[i] ?? 0) - (got[i] ?? 0)) ** 2;
    sum += Math.sqrt(squares / wanted.length);
    frames++;
  }
  return sum / Math.max(1, frames);
}
