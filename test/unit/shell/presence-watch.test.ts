import { describe, expect, it } from 'vitest';
import { watchPresence } from '../../../src-main/shell/presence-watch.ts';
import { FakeRuntime } from '../../support/fake-runtime.ts';

describe('the watch over screen and idleness', () => {
  it('tells at once when the screen is locked, and each ten seconds how long nothing was touched', async () => {
    const runtime = new FakeRuntime();
    const listeners = new Map<string, () => void>();
    const told: unknown[] = [];
    const power = {
      on: (event: string, listener: () => void) => listeners.set(event, listener),
      getSystemIdleTime: () => runtime.nowMs() / 1000,
    };

    watchPresence(power, runtime, (presence) => told.push(presence));
    listeners.get('lock-screen')?.();
    await runtime.advance(10_000);
    listeners.get('unlock-screen')?.();

    expect(told).toEqual([
      { isLocked: false, idleSec: 0 },
      { isLocked: true, idleSec: 0 },
      { isLocked: true, idleSec: 10 },
      { isLocked: false, idleSec: 10 },
    ]);
  });
});
