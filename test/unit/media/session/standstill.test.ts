import { describe, expect, it } from 'vitest';
import { PullClock } from '../../../../src-main/media/session/pull-clock.ts';
import { ReceivedStream } from '../../../support/media/received-stream.ts';
import { sine, toneToNoiseDb } from '../../../support/media/tone-check.ts';

const FRAMES = 1000;

/** Ten seconds of a tone for a process in which nothing runs for `standstillMs` twice; then packets are read first, as the pacer sees to. */
async function hearWithStandstills(standstillMs: number) {
  const stream = await ReceivedStream.create('PCMU');
  const receiver = stream.createReceiver();
  const encoder = stream.codec.createEncoder();
  const sound = sine(8000 * 11, 300, 8000);
  const heard = new Int16Array(FRAMES * 80);
  const stands = [4003, 7007];
  let [next, pulled, highestTargetMs] = [0, 0, 0];
  for (let nowMs = 0; pulled < FRAMES; nowMs++) {
    if (stands.some((fromMs) => nowMs >= fromMs && nowMs < fromMs + standstillMs)) continue;
    for (; next * 20 + 5 <= nowMs; next++) {
      const payload = encoder.encode(sound.subarray(next * 160, (next + 1) * 160)).slice();
      receiver.receive(stream.packet(next, payload), nowMs);
    }
    // Two frames at a time, as the pacer pulls them.
    while ((pulled + 2) * 10 <= nowMs && pulled < FRAMES) {
      for (let i = 0; i < 2; i++, pulled++) receiver.pull(heard.subarray(pulled * 80, (pulled + 1) * 80), nowMs);
    }
    if (nowMs > 3000) highestTargetMs = Math.max(highestTargetMs, receiver.targetMs);
  }
  return { heard, figures: receiver.figures, highestTargetMs };
}

describe('a standstill of this process, which is no jitter — RFC 3550 §6.4.1', () => {
  it.each([40, 100, 150, 190, 300])('of %i ms: nothing is invented, and the delay stays as it is', async (ms) => {
    const { heard, figures, highestTargetMs } = await hearWithStandstills(ms);

    expect(figures).toMatchObject({ concealedMs: 0, latePackets: 0 });
    expect(figures).toEqual((await hearWithStandstills(0)).figures);
    expect(highestTargetMs).toBe(10);
    expect(toneToNoiseDb(heard.subarray(8000 * 3), 300, 8000)).toBeGreaterThan(25);
  });

  it('dates the frames that are made up for when they were due, and packets back to the last sign of life', () => {
    const clock = new PullClock();
    const usual = [20, 20, 40, 40].map((nowMs) => clock.next(nowMs, 10));
    const earliest = [50, 60, 64, 140].map((nowMs) => clock.earliestMs(nowMs));
    const madeUp = Array.from({ length: 10 }, () => clock.next(140, 10));

    expect(usual).toEqual([20, 20, 40, 40]);
    expect(earliest).toEqual([50, 60, 64, 40]);
    expect(madeUp).toEqual([70, 80, 90, 100, 110, 120, 130, 140, 140, 140]);
    expect(clock.next(160, 10)).toBe(160);
    // A second without a pull is a pause.
    expect(clock.earliestMs(1200)).toBe(1200);
  });
});
