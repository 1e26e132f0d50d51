import { describe, expect, it } from 'vitest';
import { sipTimers } from '../../../../src-main/sip/transaction/sip-timers.ts';

describe('SIP timers — RFC 3261 §17, Table 4', () => {
  it('has the values of the table when nothing else is said', () => {
    const timers = sipTimers();

    expect(timers).toMatchObject({ t1Ms: 500, t2Ms: 4000, t4Ms: 5000, giveUpMs: 32_000, tryingMs: 200 });
    expect([timers.waitDMs(false), timers.waitT4Ms(false), timers.waitJMs(false)]).toEqual([32_000, 5000, 32_000]);
  });

  it('waits for nothing over a reliable transport', () => {
    const timers = sipTimers();

    expect([timers.waitDMs(true), timers.waitT4Ms(true), timers.waitJMs(true)]).toEqual([0, 0, 0]);
  });

  it('scales with T1, except timer D, which is never below 32 s', () => {
    const timers = sipTimers({ t1Ms: 100 });

    expect([timers.giveUpMs, timers.waitJMs(false), timers.waitDMs(false)]).toEqual([6400, 6400, 32_000]);
  });
});
