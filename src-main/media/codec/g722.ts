// G.722 at 64 kbit/s: 7 kHz of speech in two sub-bands. ITU-T G.722 §3-§4, RFC 3551 §4.5.2.
import { MAX_PACKET_MS, type Codec, type Decoder, type Encoder } from './codec.ts';
import { G722Band, saturate } from './g722-band.ts';
import {
  HIGH_INVERSE,
  HIGH_SCALE_STEPS,
  LOW_CLASSES,
  LOW_DECISIONS,
  LOW_INVERSE_4,
  LOW_INVERSE_6,
  LOW_SCALE_STEPS,
  lowCodeNegative,
  lowCodePositive,
  QMF,
} from './g722-tables.ts';

// RFC 3551 §4.5.2: the RTP clock says 8000, the samples are 16 000 a second.
const SAMPLE_RATE_HZ = 16_000;
const MAX_SAMPLES = (SAMPLE_RATE_HZ / 1000) * MAX_PACKET_MS;
const HISTORY = 24;

/** A quadrature mirror filter's delay line, written twice so that a window of it is always contiguous. */
class QmfLine {
  /** Sums over even and odd places of the last 24 samples. */
  evenSum = 0;
  oddSum = 0;
  readonly #line = new Int32Array(HISTORY * 2);
  #at = 0;

  push(first: number, second: number): void {
    const line = this.#line;
    line[this.#at] = line[this.#at + HISTORY] = first;
    line[this.#at + 1] = line[this.#at + 1 + HISTORY] = second;
    this.#at = (this.#at + 2) % HISTORY;
    let even = 0;
    let odd = 0;
    for (let i = 0, place = this.#at; i < 12; i++, place += 2) {
      even += (line[place] ?? 0) * (QMF[i] ?? 0);
      odd += (line[place + 1] ?? 0) * (QMF[11 - i] ?? 0);
    }
    this.evenSum = even;
    this.oddSum = odd;
  }
}

/** Number of the first decision level above `magnitude`, 1 to 30. */
function lowLevel(magnitude: number, scale: number): number {
  let level = 1;
  while (level < 30 && magnitude >= ((LOW_DECISIONS[level] ?? 0) * scale) >> 12) level++;
  return level;
}

const magnitudeOf = (difference: number): number => (difference >= 0 ? difference : -(difference + 1));

class G722Encoder implements Encoder {
  readonly #line = new QmfLine();
  readonly #low = new G722Band('low');
  readonly #high = new G722Band('high');
  readonly #payload = new Uint8Array(MAX_SAMPLES / 2);

  encode(frame: Int16Array): Uint8Array {
    const count = Math.min(frame.length >> 1, this.#payload.length);
    for (let i = 0; i < count; i++) this.#payload[i] = this.#encodePair(frame[i * 2] ?? 0, frame[i * 2 + 1] ?? 0);
    return this.#payload.subarray(0, count);
  }

  close(): void {}

  #encodePair(first: number, second: number): number {
    this.#line.push(first, second);
    const low = this.#encodeLow((this.#line.oddSum + this.#line.evenSum) >> 14);
    return (this.#encodeHigh((this.#line.oddSum - this.#line.evenSum) >> 14) << 6) | low;
  }

  #encodeLow(sample: number): number {
    const band = this.#low;
    const difference = saturate(sample - band.prediction);
    const level = lowLevel(magnitudeOf(difference), band.scale);
    const code = difference < 0 ? lowCodeNegative(level) : lowCodePositive(level);
    const coarse = code >> 2;
    band.adapt((band.scale * (LOW_INVERSE_4[coarse] ?? 0)) >> 15, LOW_SCALE_STEPS[LOW_CLASSES[coarse] ?? 0] ?? 0);
    return code;
  }

  #encodeHigh(sample: number): number {
    const band = this.#high;
    const difference = saturate(sample - band.prediction);
    const isLarge = magnitudeOf(difference) >= (564 * band.scale) >> 12;
    const code = difference < 0 ? (isLarge ? 0 : 1) : isLarge ? 2 : 3;
    band.adapt((band.scale * (HIGH_INVERSE[code] ?? 0)) >> 15, HIGH_SCALE_STEPS[code] ?? 0);
    return code;
  }
}

class G722Decoder implements Decoder {
  readonly #line = new QmfLine();
  readonly #low = new G722Band('low');
  readonly #high = new G722Band('high');
  readonly #samples = new Int16Array(MAX_SAMPLES);

  decode(payload: Uint8Array): Int16Array {
    const count = Math.min(payload.length, MAX_SAMPLES / 2);
    for (let i = 0; i < count; i++) {
      const code = payload[i] ?? 0;
      const low = this.#decodeLow(code & 0x3f);
      const high = this.#decodeHigh(code >> 6);
      this.#line.push(low + high, low - high);
      this.#samples[i * 2] = saturate(this.#line.oddSum >> 11);
      this.#samples[i * 2 + 1] = saturate(this.#line.evenSum >> 11);
    }
    return this.#samples.subarray(0, count * 2);
  }

  conceal(): undefined {
    return undefined;
  }

  close(): void {}

  #decodeLow(code: number): number {
    const band = this.#low;
    const coarse = code >> 2;
    const sample = band.prediction + ((band.scale * (LOW_INVERSE_6[code] ?? 0)) >> 15);
    band.adapt((band.scale * (LOW_INVERSE_4[coarse] ?? 0)) >> 15, LOW_SCALE_STEPS[LOW_CLASSES[coarse] ?? 0] ?? 0);
    return Math.max(-16_384, Math.min(16_383, sample));
  }

  #decodeHigh(code: number): number {
    const band = this.#high;
    const difference = (band.scale * (HIGH_INVERSE[code] ?? 0)) >> 15;
    const sample = band.prediction + difference;
    band.adapt(difference, HIGH_SCALE_STEPS[code] ?? 0);
    return Math.max(-16_384, Math.min(16_383, sample));
  }
}

/** G.722: two samples a byte at 16 kHz. */
export const g722Codec = (): Codec => ({
  sampleRateHz: SAMPLE_RATE_HZ,
  createEncoder: () => new G722Encoder(),
  createDecoder: () => new G722Decoder(),
});
