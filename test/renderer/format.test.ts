// How times, durations and addresses read.
import { describe, expect, it } from 'vitest';
import { formatDuration, formatMoment, initialsOf, nameOf, shortAddress } from '../../src-renderer/lib/format.ts';

describe('formatDuration', () => {
  it.each([
    [0, '0:00'],
    [59.9, '0:59'],
    [187, '3:07'],
    [3765, '1:02:45'],
    [-4, '0:00'],
  ])('writes %d seconds as %s', (totalSec, text) => {
    expect(formatDuration(totalSec)).toBe(text);
  });
});

describe('formatMoment', () => {
  const nowMs = new Date(2026, 2, 18, 15, 30).getTime();

  it('says only the time today, the weekday this week, and then the date', () => {
    expect(formatMoment(new Date(2026, 2, 18, 9, 5).getTime(), nowMs)).toMatch(/^\d{1,2}:05/);
    expect(formatMoment(new Date(2026, 2, 16, 9, 5).getTime(), nowMs)).toMatch(/:05/);
    expect(formatMoment(new Date(2026, 2, 16, 9, 5).getTime(), nowMs).length).toBeGreaterThan(8);
    expect(formatMoment(new Date(2025, 10, 2).getTime(), nowMs)).toContain('2025');
  });
});

describe('shortAddress', () => {
  it.each([
    ['sip:bob@example.com', 'bob@example.com'],
    ['sips:bob@example.com;transport=tcp', 'bob@example.com'],
    ['sip:+4930123456@example.com;user=phone', '+4930123456'],
    ['tel:+4930123456;phone-context=x', '+4930123456'],
    ['sip:example.com', 'example.com'],
    ['sip:echo@127.0.0.1:5070', 'echo'],
    ['', ''],
  ])('shortens %s to "%s"', (address, short) => {
    expect(shortAddress(address)).toBe(short);
  });
});

describe('the name of somebody', () => {
  it('is the display name, else the address, else a word', () => {
    expect(nameOf({ displayName: 'Bob', address: 'sip:b@x' })).toBe('Bob');
    expect(nameOf({ displayName: '', address: 'sip:b@x' })).toBe('b@x');
    expect(nameOf({ displayName: '', address: '' })).toBe('Unknown caller');
  });

  it('has one or two initials in any script, and a sign for a number', () => {
    expect(initialsOf('Carol Čapek')).toBe('CČ');
    expect(initialsOf('bob@example.com')).toBe('BE');
    expect(initialsOf('田中')).toBe('田');
    expect(initialsOf('+4930')).toBe('#');
    expect(initialsOf('')).toBe('#');
  });
});
