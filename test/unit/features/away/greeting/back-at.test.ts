import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { backAtPhrases } from '../../../../../src-main/features/away/greeting/index.ts';
import { LocalTime } from '../../../../../src-main/features/away/ways-in/local-time.ts';

const PHRASES = join(import.meta.dirname, '../../../../../assets/audio/phrases');
const berlin = new LocalTime('Europe/Berlin');
/** A Wednesday. */
const NOW = '2026-11-25T12:00:00+01:00';
const say = (until: string, now = NOW): string | undefined =>
  backAtPhrases(Date.parse(until), Date.parse(now), berlin)?.join(' ');

describe('when the user is back, in words', () => {
  it('is a time of today', () => {
    expect(say('2026-11-25T15:00:00+01:00')).toBe('backAt 3 pm leaveMessage');
    expect(say('2026-11-25T15:05:00+01:00')).toBe('backAt 3 oh 5 pm leaveMessage');
    expect(say('2026-11-25T15:30:00+01:00')).toBe('backAt 3 30 pm leaveMessage');
    expect(say('2026-11-25T17:45:00+01:00')).toBe('backAt 5 40 5 pm leaveMessage');
    expect(say('2026-11-25T12:01:00+01:00')).toBe('backAt 12 oh 1 pm leaveMessage');
  });

  it('is noon, midnight, and a time of tomorrow', () => {
    expect(say('2026-11-26T12:00:00+01:00')).toBe('backAt noon tomorrow leaveMessage');
    expect(say('2026-11-26T00:00:00+01:00')).toBe('backAt midnight tomorrow leaveMessage');
    expect(say('2026-11-26T00:20:00+01:00')).toBe('backAt 12 20 am tomorrow leaveMessage');
    expect(say('2026-11-25T12:00:00+01:00', '2026-11-25T08:00:00+01:00')).toBe('backAt noon leaveMessage');
  });

  it('has a day of the coming week by its name, and nothing farther off', () => {
    expect(say('2026-11-30T09:00:00+01:00')).toBe('backOn monday at 9 am leaveMessage');
    expect(say('2026-12-01T09:00:00+01:00')).toBe('backOn tuesday at 9 am leaveMessage');
    expect(say('2026-12-02T09:00:00+01:00')).toBeUndefined();
    expect(say('2026-11-25T11:00:00+01:00')).toBeUndefined();
  });

  it('goes by the clocks, which summer time moves', () => {
    expect(say('2026-03-29T09:00:00+02:00', '2026-03-28T12:00:00+01:00')).toBe('backAt 9 am tomorrow leaveMessage');
  });

  it('needs only phrases that come with the app', () => {
    const minutes = Array.from({ length: 7 * 1440 }, (_, minute) => Date.parse(NOW) + (minute + 1) * 60_000);
    const names = new Set(minutes.flatMap((ms) => backAtPhrases(ms, Date.parse(NOW), berlin) ?? []));

    expect([...names].filter((name) => !existsSync(join(PHRASES, `${name}.wav`)))).toEqual([]);
  });
});
