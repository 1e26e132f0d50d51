// Makes one digit of many event packets. RFC 4733 §2.5.2.
import { serialDifference32 } from '../../base/serial-number.ts';
import { eventToDigit, parseTelephoneEvent } from './telephone-event.ts';

/** Longest duration that a packet can tell; longer presses go on in a new segment. RFC 4733 §2.5.1.3 */
const SEGMENT_TICKS = 0xffff;
/** INTEROP: events at 8 kHz beside Opus are timed by the clock of the stream, which is six times as fast. */
const SEGMENT_STEPS: readonly number[] = [SEGMENT_TICKS, SEGMENT_TICKS * 6];

/** Reports each press once, whichever of its packets arrive. */
export class TelephoneEventReceiver {
  #timestamp: number | undefined;
  #event = -1;
  #durationTicks = 0;
  #hasEnded = false;

  /** The digit that begins with this packet; undefined for repetitions, old packets and other events. */
  receive(payload: Uint8Array, timestamp: number): string | undefined {
    const packet = parseTelephoneEvent(payload);
    if (!packet) return undefined;
    const isNew = this.#isNewPress(packet.event, timestamp);
    if (this.#timestamp !== undefined && serialDifference32(timestamp, this.#timestamp) < 0) return undefined;
    const isSameSegment = timestamp === this.#timestamp;
    this.#timestamp = timestamp;
    this.#event = packet.event;
    this.#durationTicks = isSameSegment ? Math.max(this.#durationTicks, packet.durationTicks) : packet.durationTicks;
    this.#hasEnded = packet.isEnd || (isSameSegment && this.#hasEnded);
    return isNew ? eventToDigit(packet.event) : undefined;
  }

  // RFC 4733 §2.5.2.1: packets of one event share the timestamp of its beginning, the lost end included.
  #isNewPress(event: number, timestamp: number): boolean {
    if (this.#timestamp === undefined) return true;
    const step = serialDifference32(timestamp, this.#timestamp);
    if (step <= 0) return false;
    // RFC 4733 §2.5.1.3: a segment that begins where the last one had to stop is the same press.
    const isNextSegment = event === this.#event && !this.#hasEnded && SEGMENT_STEPS.includes(step);
    return !isNextSegment;
  }
}
