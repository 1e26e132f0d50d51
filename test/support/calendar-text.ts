// Calendars as programs write them.

const END_OF_LINE = '\r\n';

export const calendarText = (...entries: readonly string[]): string =>
  ['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:-//test//EN', ...entries, 'END:VCALENDAR', ''].join(END_OF_LINE);

let serial = 0;
export const calendarEntry = (...lines: readonly string[]): string =>
  ['BEGIN:VEVENT', `UID:${serial++}@test`, ...lines, 'END:VEVENT'].join(END_OF_LINE);

/** `20261128T100000Z` */
export const utcStamp = (ms: number): string => new Date(ms).toISOString().replace(/[-:]|\.\d+/g, '');
