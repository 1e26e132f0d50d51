import { describe, expect, it } from 'vitest';
import { QuietTime } from '../../../src-main/app/quiet-time.ts';
import type { CallInfo } from '../../../src-main/features/call/index.ts';
import { FakeRuntime } from '../../support/fake-runtime.ts';

function quietTime(phases: CallInfo['phase'][]) {
  const runtime = new FakeRuntime();
  const doneAtMs: number[] = [];
  const calls = { list: () => phases.map((phase) => ({ phase }) as CallInfo) };
  const timer = new QuietTime(runtime, calls).after(300, () => doneAtMs.push(runtime.nowMs()));
  return { runtime, doneAtMs, timer };
}

describe('work that can wait', () => {
  it('is done after its delay when nobody calls', async () => {
    const { runtime, doneAtMs } = quietTime(['connected', 'ended']);
    await runtime.advance(1000);
    expect(doneAtMs).toEqual([300]);
  });

  it('waits until a call that is on its way is there', async () => {
    const phases: CallInfo['phase'][] = ['dialing'];
    const { runtime, doneAtMs } = quietTime(phases);
    await runtime.advance(850);
    expect(doneAtMs).toEqual([]);
    phases[0] = 'connected';
    await runtime.advance(100);
    expect(doneAtMs).toEqual([900]);
  });

  it('is not put off for long by a phone that goes on ringing', async () => {
    const { runtime, doneAtMs } = quietTime(['ringing']);
    await runtime.advance(5000);
    expect(doneAtMs).toEqual([2300]);
  });

  it('is dropped when the phone closes', async () => {
    const { runtime, doneAtMs, timer } = quietTime(['ringing']);
    await runtime.advance(500);
    timer.cancel();
    await runtime.advance(5000);
    expect(doneAtMs).toEqual([]);
  });
});
