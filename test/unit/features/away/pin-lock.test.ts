import { describe, expect, it } from 'vitest';
import { PinLock } from '../../../../src-main/features/away/remote-access/pin-lock.ts';
import { FakeRuntime } from '../../../support/fake-runtime.ts';

const HOUR_MS = 3_600_000;

describe('the lock of remote access', () => {
  it('opens with the PIN and with nothing else', () => {
    const lock = new PinLock(new FakeRuntime());
    expect(lock.opensWith('1234', '1234')).toBe(true);
    for (const given of ['', '123', '12345', '1235']) expect(lock.opensWith(given, '1234')).toBe(false);
  });

  it('opens with nothing when there is no PIN', () => {
    expect(new PinLock(new FakeRuntime()).opensWith('', '')).toBe(false);
  });

  it('is shut for an hour after nine wrong ones in a row, also for the right one', async () => {
    const runtime = new FakeRuntime();
    const lock = new PinLock(runtime);
    for (let wrong = 0; wrong < 9; wrong++) lock.opensWith('0000', '1234');
    expect(lock.isLocked).toBe(true);
    expect(lock.opensWith('1234', '1234')).toBe(false);
    await runtime.advance(HOUR_MS - 1);
    expect(lock.isLocked).toBe(true);
    await runtime.advance(1);
    expect(lock.opensWith('1234', '1234')).toBe(true);
  });

  it('forgets wrong ones after a right one', () => {
    const lock = new PinLock(new FakeRuntime());
    for (let wrong = 0; wrong < 8; wrong++) lock.opensWith('0000', '1234');
    lock.opensWith('1234', '1234');
    lock.opensWith('0000', '1234');
    expect(lock.isLocked).toBe(false);
  });
});
