// Fuzz target: calendars. They are read in a thread of their own with a limit of time; what is asked here is that they do not throw.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { busyTimes } from '../../src-main/features/away/calendar/index.ts';
import { calendarEntry, calendarText } from '../support/calendar-text.ts';
import { itHasGotOver } from './crashers.ts';
import { mutated } from './mutate.ts';
import { runs } from './runs.ts';

const FROM_MS = Date.parse('2026-11-28T00:00:00Z');
const UNTIL_MS = Date.parse('2027-01-28T00:00:00Z');

const CALENDARS = [
  calendarText(
    calendarEntry('DTSTART:20261129T100000Z', 'DTEND:20261129T110000Z', 'SUMMARY;LANGUAGE=en:A', 'TRANSP:OPAQUE'),
    calendarEntry('DTSTART;VALUE=DATE:20261201', 'DTEND;VALUE=DATE:20261203', 'STATUS:CANCELLED'),
  ),
  calendarText(
    calendarEntry(
      'DTSTART;TZID=Europe/Berlin:20260105T100000',
      'DURATION:PT90M',
      'RRULE:FREQ=WEEKLY;BYDAY=MO,WE;UNTIL=20271201T000000Z',
      'EXDATE;TZID=Europe/Berlin:20261130T100000',
    ),
    calendarEntry('RECURRENCE-ID:20261129T100000Z', 'DTSTART:20261129T150000Z', 'DTEND:20261129T160000Z'),
  ),
];

describe('fuzz: calendars', () => {
  it('are read or refused, and what is read lies in the window', () => {
    fc.assert(fc.property(mutated(CALENDARS), check), { numRuns: runs(2_000), seed: 20_261_128 });
  });

  itHasGotOver('calendar', check);
});

function check(text: string): void {
  const result = busyTimes({ text, word: '', fromMs: FROM_MS, untilMs: UNTIL_MS });
  if (!result.ok) return;
  for (const span of result.value) {
    expect(span.untilMs).toBeGreaterThan(Math.max(span.fromMs, FROM_MS));
    expect(span.fromMs).toBeLessThan(UNTIL_MS);
  }
}
