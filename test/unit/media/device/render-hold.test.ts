import { describe, expect, it } from 'vitest';
import { RenderHold } from '../../../../src-main/media/device/render-hold.ts';

const wake = (hold: RenderHold, frames: number, lateMs: number): number => {
  for (let i = 0; i < frames; i++) hold.wokeLate(lateMs);
  return hold.holdMs;
};

describe('how long rendering waits', () => {
  it('is almost a frame on a machine that wakes in time', () => {
    expect(wake(new RenderHold(), 5000, 1.5)).toBe(8);
  });

  it('is nothing as soon as the machine wakes late, and grows again slowly', () => {
    const hold = new RenderHold();

    expect(wake(hold, 1, 11)).toBe(0);
    expect(wake(hold, 199, 0)).toBe(0);
    expect(wake(hold, 400, 0)).toBe(2);
    expect(wake(hold, 5000, 0)).toBe(8);
  });
});
