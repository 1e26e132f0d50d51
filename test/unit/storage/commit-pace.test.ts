import { describe, expect, it } from 'vitest';
import { CommitPace } from '../../../src-main/storage/commit-pace.ts';

/** A clock, and a disk that takes `tookMs` for a commit. */
function pace() {
  let nowMs = 5000;
  const commits = new CommitPace({ nowMs: () => nowMs });
  const pass = (durationMs: number) => void (nowMs += durationMs);
  return { commits, pass, commit: (tookMs: number) => commits.commit(() => pass(tookMs)) };
}

describe('the pace of commits', () => {
  it('is quick for the first write', () => {
    expect(pace().commits.delayMs).toBe(100);
  });

  it('leaves a slow disk alone for two hundred times as long as it took', () => {
    const { commits, pass, commit } = pace();
    commit(3);
    expect(commits.delayMs).toBe(600);
    pass(350);
    expect(commits.delayMs).toBe(250);
    pass(10_000);
    expect(commits.delayMs).toBe(100);
  });

  it('keeps nothing back for longer than a second, however slow the disk is', () => {
    const { commits, commit } = pace();
    commit(400);
    expect(commits.delayMs).toBe(1000);
  });

  it('counts a commit that failed, and passes its failure on', () => {
    const { commits, pass } = pace();
    const fail = () => {
      pass(2);
      throw new Error('the disk is full');
    };
    expect(() => commits.commit(fail)).toThrow('the disk is full');
    expect(commits.delayMs).toBe(400);
  });
});
