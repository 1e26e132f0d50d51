import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { LocalTime } from '../../../../../src-main/features/away/ways-in/local-time.ts';

const berlin = new LocalTime('Europe/Berlin');
const at = (iso: string): number => Date.parse(iso);

describe('local time', () => {
  it('reads the clock on the wall', () => {
    expect(berlin.at(at('2026-07-03T22:30:59Z'))).toEqual({
      year: 2026,
      month: 7,
      day: 4,
      weekday: 6,
      minuteOfDay: 30,
    });
  });

  it('takes the first of the two times when summer time ends', () => {
    const shown = { year: 2026, month: 10, day: 25, minuteOfDay: 150 };

    expect(berlin.msOf(shown)).toBe(at('2026-10-25T02:30:00+02:00'));
  });

  it('goes past the gap when summer time begins', () => {
    expect(berlin.msOf({ year: 2026, month: 3, day: 29, minuteOfDay: 150 })).toBe(at('2026-03-29T03:30:00+02:00'));
  });

  it('counts days past the end of a month', () => {
    expect(berlin.msOf({ year: 2026, month: 12, day: 32, minuteOfDay: 480 })).toBe(at('2027-01-01T08:00:00+01:00'));
  });

  it('finds each minute again, in zones with odd offsets too', () => {
    const zones = ['Europe/Berlin', 'America/St_Johns', 'Asia/Kathmandu', 'Australia/Lord_Howe', 'Pacific/Apia', 'UTC'];
    const moment = fc.integer({ min: at('2020-01-01T00:00:00Z') / 60_000, max: at('2035-01-01T00:00:00Z') / 60_000 });
    fc.assert(
      fc.property(fc.constantFrom(...zones), moment, (zone, minute) => {
        const local = new LocalTime(zone);
        const shown = local.at(minute * 60_000);
        const found = local.msOf(shown);

        // What the clocks show twice may be the other one.
        expect(local.at(found)).toEqual(shown);
        expect(minute * 60_000 - found).toBeLessThanOrEqual(3_600_000);
        expect(found).toBeLessThanOrEqual(minute * 60_000);
      }),
    );
  });
});
