// How strong one frequency is in a piece of sound: the Goertzel algorithm.

/** For `tonePower`: the frequency at this rate. */
export const toneCoefficient = (hz: number, rateHz: number): number => 2 * Math.cos((2 * Math.PI * hz) / rateHz);

/** Mean square of the tone in `samples`. */
export function tonePower(samples: Float64Array | Int16Array, coefficient: number): number {
  let last = 0;
  let before = 0;
  for (const sample of samples) {
    const next = sample + coefficient * last - before;
    before = last;
    last = next;
  }
  return (2 * (last * last + before * before - coefficient * last * before)) / samples.length ** 2;
}
