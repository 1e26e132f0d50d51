// The clock on the wall of one time zone, with its summer time; moments are milliseconds since the epoch.

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;

export interface LocalMoment {
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  readonly day: number;
  /** 0 is Sunday. */
  readonly weekday: number;
  readonly minuteOfDay: number;
}

export class LocalTime {
  readonly #format: Intl.DateTimeFormat;

  /** `timeZone` by its IANA name; the machine's own without one. Throws RangeError for a name that nobody knows. */
  constructor(timeZone?: string) {
    this.#format = new Intl.DateTimeFormat('en-US', {
      ...{ timeZone, hourCycle: 'h23', calendar: 'gregory', numberingSystem: 'latn' },
      ...{ year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', second: 'numeric' },
    });
  }

  at(ms: number): LocalMoment {
    const local = new Date(ms + this.#offsetMs(ms));
    return {
      year: local.getUTCFullYear(),
      month: local.getUTCMonth() + 1,
      day: local.getUTCDate(),
      weekday: local.getUTCDay(),
      minuteOfDay: local.getUTCHours() * 60 + local.getUTCMinutes(),
    };
  }

  /**
   * The moment at which clocks show this; `day` may lie outside its month. What the clocks show twice is the first time,
   * what they skip is as much after the gap.
   */
  msOf({ year, month, day, minuteOfDay }: Omit<LocalMoment, 'weekday'>): number {
    const shownMs = Date.UTC(year, month - 1, day) + minuteOfDay * MINUTE_MS;
    const before = shownMs - this.#offsetMs(shownMs - DAY_MS);
    const after = shownMs - this.#offsetMs(shownMs + DAY_MS);
    const isShown = (ms: number): boolean => ms + this.#offsetMs(ms) === shownMs;
    return isShown(before) || !isShown(after) ? before : after;
  }

  /** How far the clocks are ahead of UTC. */
  #offsetMs(ms: number): number {
    const parts: Partial<Record<Intl.DateTimeFormatPartTypes, number>> = {};
    for (const { type, value } of this.#format.formatToParts(ms)) parts[type] = Number(value);
    const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
    return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(ms / 1000) * 1000;
  }
}
