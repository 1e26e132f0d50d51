import { describe, expect, it } from 'vitest';
import { busyTimes } from '../../../../../src-main/features/away/calendar/index.ts';
import { calendarEntry, calendarText } from '../../../../support/calendar-text.ts';

const FROM_MS = Date.parse('2026-11-28T00:00:00Z');
const UNTIL_MS = Date.parse('2026-12-06T00:00:00Z');

/** Spans as text, or the error. */
function read(text: string, word = ''): readonly string[] | string {
  const result = busyTimes({ text, word, fromMs: FROM_MS, untilMs: UNTIL_MS });
  if (!result.ok) return result.error;
  return result.value.map((span) => [span.fromMs, span.untilMs].map(minuteOf).join('–'));
}
const minuteOf = (ms: number): string => new Date(ms).toISOString().slice(0, 16);
const only = (...lines: readonly string[]): readonly string[] | string => read(calendarText(calendarEntry(...lines)));

describe('the busy times of a calendar', () => {
  it('are its entries, in order of time', () => {
    const later = calendarEntry('DTSTART:20261130T080000Z', 'DTEND:20261130T090000Z');
    const sooner = calendarEntry('DTSTART:20261129T100000Z', 'DURATION:PT90M');

    expect(read(calendarText(later, sooner))).toEqual([
      '2026-11-29T10:00–2026-11-29T11:30',
      '2026-11-30T08:00–2026-11-30T09:00',
    ]);
  });

  it('keep to the time zone of the entry, by its IANA name or the one of Windows', () => {
    const monday = 'DTSTART;TZID=Europe/Berlin:20260601T100000';
    const windows = 'DTSTART;TZID=W. Europe Standard Time:20260601T100000';

    // Begun in summer time: ten o'clock stays ten o'clock.
    expect(only(monday, 'DURATION:PT1H', 'RRULE:FREQ=WEEKLY;BYDAY=MO')).toEqual(['2026-11-30T09:00–2026-11-30T10:00']);
    expect(only(windows, 'DURATION:PT1H', 'RRULE:FREQ=WEEKLY')).toEqual(['2026-11-30T09:00–2026-11-30T10:00']);
  });

  it('have what is under way, and whole days from midnight to midnight', () => {
    expect(only('DTSTART:20261020T100000Z', 'DTEND:20261220T100000Z')).toEqual(['2026-10-20T10:00–2026-12-20T10:00']);
    const [from, until] = [new Date(2026, 11, 1).getTime(), new Date(2026, 11, 3).getTime()];
    expect(only('DTSTART;VALUE=DATE:20261201', 'DTEND;VALUE=DATE:20261203')).toEqual([
      `${minuteOf(from)}–${minuteOf(until)}`,
    ]);
  });

  it('repeat, without the days that are taken out, and with those that were moved', () => {
    const daily = ['DTSTART:20261120T100000Z', 'DTEND:20261120T110000Z', 'RRULE:FREQ=DAILY;UNTIL=20261201T000000Z'];
    const moved = calendarEntry(...daily, 'EXDATE:20261128T100000Z').replace(/UID:.*/, 'UID:moved');
    const elsewhere = calendarEntry(
      'RECURRENCE-ID:20261129T100000Z',
      'DTSTART:20261129T150000Z',
      'DTEND:20261129T160000Z',
    ).replace(/UID:.*/, 'UID:moved');

    expect(read(calendarText(moved, elsewhere))).toEqual([
      '2026-11-29T15:00–2026-11-29T16:00',
      '2026-11-30T10:00–2026-11-30T11:00',
    ]);
  });

  it('RFC 5545 §3.8.2.7, §3.8.1.11: are without what leaves free and what is cancelled', () => {
    const time = ['DTSTART:20261129T100000Z', 'DTEND:20261129T110000Z'];

    expect(only(...time, 'TRANSP:TRANSPARENT')).toEqual([]);
    expect(only(...time, 'STATUS:CANCELLED')).toEqual([]);
    expect(only(...time, 'X-MICROSOFT-CDO-BUSYSTATUS:FREE')).toEqual([]);
    expect(only(...time, 'TRANSP:OPAQUE', 'STATUS:CONFIRMED')).toHaveLength(1);
  });

  it('may be those with a word in the title', () => {
    const time = ['DTSTART:20261129T100000Z', 'DTEND:20261129T110000Z'];
    const text = calendarText(
      calendarEntry(...time, 'SUMMARY;LANGUAGE=en:Holiday in Kent'),
      calendarEntry(...time, 'SUMMARY:Meeting'),
      calendarEntry(...time),
    );

    expect(read(text, 'holiday')).toHaveLength(1);
    expect(read(text)).toHaveLength(3);
  });

  it('RFC 5545 §3.8.4.7: are read past what is broken, entry by entry of one UID, and never without end', () => {
    const good = calendarEntry('DTSTART:20261129T100000Z', 'DTEND:20261129T110000Z');
    for (const broken of [
      ['DTSTART:notadate', 'RRULE:FREQ=BLAH'],
      ['DTSTART:19700105T100000Z', 'DURATION:PT1H', 'RRULE:FREQ=SECONDLY'],
      ['DTSTART:20260105T100000Z', 'DURATION:PT1H', 'RRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=31'],
      ['DTSTART:20261129T100000Z'],
      [],
    ]) {
      const startedMs = performance.now();
      expect(read(calendarText(calendarEntry(...broken), good)), broken.join()).toHaveLength(1);
      expect(performance.now() - startedMs).toBeLessThan(2000);
    }
  });

  it('are not found in what is no calendar', () => {
    for (const text of ['', '<html></html>', '\0'.repeat(1000)]) expect(read(text)).toMatch(/not a calendar/);
  });
});
