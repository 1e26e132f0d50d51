import { describe, expect, it } from 'vitest';
import { RenderMoment } from '../../../../src-main/media/device/render-moment.ts';

function wake(moment: RenderMoment, pieces: number, lateMs: number): { pieceMs: number; holdMs: number } {
  for (let i = 0; i < pieces; i++) moment.wokeLate(lateMs);
  return { pieceMs: moment.pieceMs, holdMs: moment.holdMs };
}

describe('the moment at which sound is rendered', () => {
  it('is 7 ms before it is needed on a machine that wakes in time, in halves of a frame', () => {
    expect(wake(new RenderMoment(), 5000, 1.5)).toEqual({ pieceMs: 5, holdMs: 3 });
  });

  it('is earlier as soon as the machine wakes late, with whole frames, and moves back slowly', () => {
    const moment = new RenderMoment();

    expect(wake(moment, 1, 5)).toEqual({ pieceMs: 10, holdMs: 8 });
    expect(wake(moment, 1, 30)).toEqual({ pieceMs: 10, holdMs: 0 });
    expect(wake(moment, 49, 0)).toEqual({ pieceMs: 10, holdMs: 0 });
    expect(wake(moment, 151, 0)).toEqual({ pieceMs: 10, holdMs: 4 });
    expect(wake(moment, 10_000, 0)).toEqual({ pieceMs: 5, holdMs: 3 });
  });

  it('goes back to halves a little earlier in the beat than they can be', () => {
    const moment = new RenderMoment();
    wake(moment, 1, 5);

    expect(wake(moment, 50, 0)).toEqual({ pieceMs: 10, holdMs: 8 });
    expect(wake(moment, 50, 0)).toEqual({ pieceMs: 5, holdMs: 0 });
  });
});
