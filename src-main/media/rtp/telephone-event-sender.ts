// Sends digits as telephone events, paced by the packets of the call. RFC 4733 §2.5.1.
import { buildTelephoneEvent, digitToEvent } from './telephone-event.ts';

const TONE_MS = 100;
const GAP_MS = 60;
const COMMA_MS = 500;
/** RFC 4733 §2.5.1.4: the end is sent three times. */
const END_PACKETS = 3;
const VOLUME_DBM0 = 10;
const SEGMENT_TICKS = 0xffff;

/** One packet to send in the place of sound. */
export interface EventPacket {
  readonly payload: Uint8Array;
  /** RFC 4733 §2.5.1.2: the first packet of an event is marked. */
  readonly hasMarker: boolean;
  /** How long before the current media time the event (or its segment) began. */
  readonly startedMsAgo: number;
}

interface Step {
  readonly event: number | undefined;
  readonly lengthMs: number;
}

/** Whether every character can be sent: digits, `*`, `#`, A to D and the comma, which waits. */
export const areDigits = (text: string): boolean => text.length > 0 && /^[0-9*#A-Da-d,]+$/.test(text);

/** A queue of digits; the send path asks once a packet time what to send. */
export class TelephoneEventSender {
  readonly #clockRateHz: number;
  readonly #steps: Step[] = [];
  readonly #onIdle: () => void;
  #elapsedMs = 0;
  #endsLeft = END_PACKETS;

  /** `onIdle` is called whenever the last queued digit and its pause are over. */
  constructor(clockRateHz: number, onIdle: () => void) {
    this.#clockRateHz = clockRateHz;
    this.#onIdle = onIdle;
  }

  get isBusy(): boolean {
    return this.#steps.length > 0;
  }

  /** Queues `digits`, each pressed for `toneMs`; characters that are no digit are left out. */
  queue(digits: string, toneMs = TONE_MS): void {
    for (const digit of digits) {
      const event = digitToEvent(digit);
      if (event !== undefined) this.#steps.push({ event, lengthMs: toneMs }, { event: undefined, lengthMs: GAP_MS });
      else if (digit === ',') this.#steps.push({ event: undefined, lengthMs: COMMA_MS });
    }
  }

  /** What to send for the next `packetMs`; undefined means sound. */
  next(packetMs: number): EventPacket | undefined {
    const step = this.#steps[0];
    if (!step) return undefined;
    const startedMs = this.#elapsedMs;
    this.#elapsedMs += packetMs;
    if (step.event === undefined) {
      if (this.#elapsedMs >= step.lengthMs) this.#finishStep();
      return undefined;
    }
    return this.#eventPacket(step.event, step.lengthMs, startedMs);
  }

  #eventPacket(event: number, lengthMs: number, startedMs: number): EventPacket {
    const ticks = (ms: number): number => Math.round((ms * this.#clockRateHz) / 1000);
    const isEnd = this.#elapsedMs >= lengthMs;
    // RFC 4733 §2.5.1.3: a press that outgrows the duration field goes on in segments of the greatest duration.
    const totalTicks = ticks(isEnd ? lengthMs : this.#elapsedMs);
    const segmentStart = Math.floor((totalTicks - 1) / SEGMENT_TICKS) * SEGMENT_TICKS;
    const payload = buildTelephoneEvent({
      event,
      isEnd,
      volumeDbm0: VOLUME_DBM0,
      durationTicks: totalTicks - segmentStart,
    });
    if (isEnd && --this.#endsLeft === 0) this.#finishStep();
    return { payload, hasMarker: startedMs === 0, startedMsAgo: startedMs - (segmentStart * 1000) / this.#clockRateHz };
  }

  #finishStep(): void {
    this.#steps.shift();
    this.#elapsedMs = 0;
    this.#endsLeft = END_PACKETS;
    if (this.#steps.length === 0) this.#onIdle();
  }
}
