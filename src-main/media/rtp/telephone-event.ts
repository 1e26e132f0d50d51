// Payload of a telephone event. RFC 4733 §2.3, §3.2.

//  0                   1                   2                   3
// |     event     |E|R| volume    |          duration             |

const DIGITS = '0123456789*#ABCD';
export const TELEPHONE_EVENT_BYTES = 4;

export interface TelephoneEvent {
  readonly event: number;
  readonly isEnd: boolean;
  /** Power below 0 dBm0, without the sign. */
  readonly volumeDbm0: number;
  readonly durationTicks: number;
}

/** Event code of a digit; undefined for anything else. RFC 4733 §3.2 */
export function digitToEvent(digit: string): number | undefined {
  const event = digit.length === 1 ? DIGITS.indexOf(digit.toUpperCase()) : -1;
  return event < 0 ? undefined : event;
}

/** The digit of an event code; undefined for events that are no digit. */
export const eventToDigit = (event: number): string | undefined => DIGITS[event];

/** Reads a payload; undefined when it is too short. */
export function parseTelephoneEvent(payload: Uint8Array): TelephoneEvent | undefined {
  const [event, flags, high, low] = payload;
  if (event === undefined || flags === undefined || high === undefined || low === undefined) return undefined;
  return { event, isEnd: (flags & 0x80) !== 0, volumeDbm0: flags & 0x3f, durationTicks: (high << 8) | low };
}

/** The four bytes of an event. */
export function buildTelephoneEvent({ event, isEnd, volumeDbm0, durationTicks }: TelephoneEvent): Uint8Array {
  return Uint8Array.of(event, (isEnd ? 0x80 : 0) | volumeDbm0, durationTicks >> 8, durationTicks & 0xff);
}
