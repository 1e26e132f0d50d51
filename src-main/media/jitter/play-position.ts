// Where the playout is in a stream: which packet is next, and for how long there has been none. RFC 3550 §5.1 (sequence and timestamp).
import { serialDifference16, serialDifference32 } from '../../base/serial-number.ts';
import type { BufferedPacket } from './packet-ring.ts';

/** After so much emptiness the stream counts as paused. */
const PAUSE_MS = 100;

export class PlayPosition {
  sequence = 0;
  /** Media time that the next packet should carry. */
  timestamp = 0;
  /** Invented since the last packet, in whole packets. */
  dryMs = 0;
  #dryFromMs: number | undefined;

  /** Nothing was there since a moment that is not forgotten yet. */
  get isDry(): boolean {
    return this.#dryFromMs !== undefined;
  }

  /** `packet` is the next. */
  moveTo({ sequence, timestamp }: BufferedPacket): void {
    this.sequence = sequence;
    this.timestamp = timestamp;
  }

  /** By how many packets `sequence` is ahead of the next. */
  stepsTo(sequence: number): number {
    return serialDifference16(sequence, this.sequence);
  }

  /** By how much media time `timestamp` is ahead of the next. */
  ticksTo(timestamp: number): number {
    return serialDifference32(timestamp, this.timestamp);
  }

  /** Nothing is there at `nowMs`; whether that has lasted so long that it is a pause. */
  isPausedAt(nowMs: number): boolean {
    this.#dryFromMs ??= nowMs;
    return nowMs - this.#dryFromMs >= PAUSE_MS;
  }

  endDryness(): void {
    this.dryMs = 0;
    this.#dryFromMs = undefined;
  }

  /** One packet on, of so many ticks: after `packet`, or past one that is missing. */
  advance(ticks: number, packet?: BufferedPacket): void {
    this.timestamp = ((packet?.timestamp ?? this.timestamp) + ticks) >>> 0;
    this.pass();
  }

  /** Past a number that carried no sound. */
  pass(): void {
    this.sequence = (this.sequence + 1) & 0xffff;
  }
}
