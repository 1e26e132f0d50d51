import { describe, expect, it } from 'vitest';
import { PullGrid } from '../../../../src-main/media/session/pull-grid.ts';

/** Frames of 10 ms in rows of `framesOf(row)`, a row for each time that they take. */
function pull(grid: PullGrid, rows: number, framesOf: (row: number) => number, fromMs = 0): number[] {
  const aheadMs: number[] = [];
  let nowMs = fromMs;
  for (let row = 0; row < rows; row++) {
    for (let i = 0; i < framesOf(row); i++) {
      grid.pull(nowMs + i * 0.1, 10);
      aheadMs.push(grid.pulledMs);
    }
    nowMs += framesOf(row) * 10;
  }
  return aheadMs;
}

describe('the steps at which sound is pulled', () => {
  it.each([
    [1, 10],
    [2, 20],
    [3, 30],
  ])('are %i frames, whatever is made up for now and then', (frames, stepMs) => {
    const grid = new PullGrid();
    pull(grid, 100, (row) => (row % 25 === 24 ? 3 : frames));

    expect(grid.stepMs).toBe(stepMs);
  });

  it('tells what was pulled at the same moment before', () => {
    expect(pull(new PullGrid(), 2, () => 3)).toEqual([0, 10, 20, 0, 10, 20]);
  });

  it('change with who pulls', () => {
    const grid = new PullGrid();
    pull(grid, 100, () => 2);
    pull(grid, 100, () => 1, 2000);

    expect(grid.stepMs).toBe(10);
  });
});
