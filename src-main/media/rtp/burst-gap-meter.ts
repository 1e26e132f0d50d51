// How losses are spread: many at once, or here and there. RFC 3611 §4.7.2, §A.2.
import { serialDifference16 } from '../../base/serial-number.ts';

/** RFC 3611 §4.7.2: so many packets in a row have to arrive before a burst is over. */
export const MINIMUM_GAP = 16;
/** A packet may be so much out of order before it counts as lost. */
const PATIENCE = 32;
const PLACES = 128;

type Fate = 'received' | 'discarded';

/** Rates and densities from 0 to 1. */
export interface BurstGapFigures {
  readonly lossRate: number;
  readonly discardRate: number;
  readonly burstDensity: number;
  readonly gapDensity: number;
  readonly burstMs: number;
  readonly gapMs: number;
  /** How much longer losses last than they would by chance; 1 is chance. ITU-T G.107 §7.2 */
  readonly burstRatio: number;
}

/** The transitions of RFC 3611 §A.2 between the four states of a line. */
interface Counts {
  c11: number;
  c13: number;
  c14: number;
  c22: number;
  c23: number;
  c33: number;
}

/** Follows one stream by its sequence numbers. */
export class BurstGapMeter {
  readonly #fates = new Array<Fate | undefined>(PLACES);
  #counts: Counts = { c11: 0, c13: 0, c14: 0, c22: 0, c23: 0, c33: 0 };
  #highest: number | undefined;
  /** The next number whose fate is to be settled. */
  #next = 0;
  /** Arrived since the last that did not. */
  #arrived = 0;
  /** Those that did not, since the last gap. */
  #missing = 0;
  #lost = 0;
  #discarded = 0;
  #settled = 0;
  #runs = 0;
  #wasMissing = false;

  /** Tells of a packet; `isDiscarded`: it came too late to be heard. */
  add(sequence: number, isDiscarded: boolean): void {
    this.#highest ??= this.#next = sequence;
    const step = serialDifference16(sequence, this.#highest);
    if (step <= -PATIENCE || step > PLACES * 8) return this.#follow(sequence, step);
    if (step > 0) {
      this.#highest = sequence;
      while (serialDifference16(sequence, this.#next) >= PATIENCE) this.#settle();
    }
    // What comes a second time changes nothing.
    if (serialDifference16(sequence, this.#next) >= 0) {
      this.#fates[sequence % PLACES] ??= isDiscarded ? 'discarded' : 'received';
    }
  }

  /** Another source, or one that began anew: what was is kept, what is missing between is not counted. */
  restart(): void {
    this.#highest = undefined;
    this.#fates.fill(undefined);
  }

  /** Up to now, without the latest packets; undefined before the first are settled. */
  figures(packetMs: number): BurstGapFigures | undefined {
    if (this.#settled === 0) return undefined;
    const { c11, c13, c14, c22, c23, c33 } = this.#closed();
    const total = c11 + c14 + 2 * c13 + c22 + 2 * c23 + c33;
    const missing = this.#lost + this.#discarded;
    const toGood = c23 + c13 + c33 === 0 ? 0 : c23 / (c13 + c23 + c33);
    const toMissing = c22 + c23 < 1 ? 1 : 1 - c22 / (c22 + c23);
    const gapPackets = c11 + c14 + c13;
    const isBursty = c13 > 0;
    const missingShare = missing / this.#settled;
    return {
      lossRate: this.#lost / this.#settled,
      discardRate: this.#discarded / this.#settled,
      burstDensity: isBursty ? toMissing / (toMissing + toGood) : 0,
      gapDensity: c11 + c14 === 0 ? 0 : c14 / (c11 + c14),
      burstMs: isBursty ? ((total - gapPackets) * packetMs) / c13 : 0,
      gapMs: (gapPackets * packetMs) / Math.max(1, c13),
      burstRatio: this.#runs === 0 ? 1 : Math.max(1, (missing / this.#runs) * (1 - missingShare)),
    };
  }

  #follow(sequence: number, step: number): void {
    if (step > 0) {
      this.restart();
      this.#highest = this.#next = sequence;
      this.#fates[sequence % PLACES] = 'received';
    }
  }

  #settle(): void {
    const place = this.#next % PLACES;
    const fate = this.#fates[place];
    this.#fates[place] = undefined;
    this.#next = (this.#next + 1) & 0xffff;
    this.#settled++;
    if (fate === 'received') {
      this.#arrived++;
      this.#wasMissing = false;
      return;
    }
    if (fate === 'discarded') this.#discarded++;
    else this.#lost++;
    if (!this.#wasMissing) this.#runs++;
    this.#wasMissing = true;
    this.#countMissing();
  }

  /** RFC 3611 §A.2: the transition that a missing packet makes. */
  #countMissing(): void {
    const counts = this.#counts;
    if (this.#arrived >= MINIMUM_GAP || this.#missing === 0) {
      if (this.#missing === 1) counts.c14++;
      else if (this.#missing > 1) counts.c13++;
      this.#missing = 1;
      counts.c11 += this.#arrived;
    } else {
      this.#missing++;
      if (this.#arrived === 0) counts.c33++;
      else {
        counts.c23++;
        counts.c22 += this.#arrived - 1;
      }
    }
    this.#arrived = 0;
  }

  /** As if the gap in hand were over: what is counted at its end belongs to now as well. */
  #closed(): Counts {
    const counts = { ...this.#counts };
    counts.c11 += this.#arrived;
    if (this.#missing === 1) counts.c14++;
    else if (this.#missing > 1) counts.c13++;
    return counts;
  }
}
