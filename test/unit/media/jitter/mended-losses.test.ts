import { describe, expect, it } from 'vitest';
import { JitterBuffer } from '../../../../src-main/media/jitter/index.ts';

const payload = Uint8Array.of(1);

/** Plays `count` packets of 20 ms that arrive in time, without those that are lost. */
function play(count: number, isLost: (i: number) => boolean, repeats: boolean) {
  const buffer = new JitterBuffer({ clockRateHz: 48_000, mendsBefore: () => repeats });
  let [mended, invented] = [0, 0];
  const targetsMs: number[] = [];
  let waitingMs = 0;
  for (let nowMs = 0; nowMs < count * 20; nowMs += 10) {
    const i = nowMs / 20;
    if (Number.isInteger(i) && !isLost(i)) {
      buffer.put({ sequence: i & 0xffff, timestamp: i * 960, payloadType: 111, payload }, nowMs + 3);
    }
    targetsMs.push(buffer.targetMs);
    // What is too much or too little is stretched away, a millisecond at a time.
    if (waitingMs <= 0) {
      const taken = buffer.take(nowMs);
      if (taken.kind === 'lost' && taken.next) mended++;
      else if (taken.kind === 'lost' || taken.kind === 'notYet') invented++;
      if (taken.kind !== 'pause') waitingMs += 20 + Math.sign(-buffer.excessMs(nowMs));
    }
    waitingMs -= 10;
  }
  return { mended, invented, targetsMs };
}

describe('a line that loses packets which the next one carries once more — RFC 6716 §2.1.7', () => {
  const everyTenth = (i: number): boolean => i > 50 && i % 10 === 0;

  it('waits for the next packet, which mends the loss', () => {
    const { mended, invented } = play(1000, everyTenth, true);

    expect(mended).toBeGreaterThan(85);
    expect(invented).toBeLessThan(8);
  });

  it('waits no longer where packets carry nothing but themselves, or where nothing is lost', () => {
    expect(Math.max(...play(1000, everyTenth, false).targetsMs.slice(400))).toBeLessThanOrEqual(10);
    expect(Math.max(...play(1000, () => false, true).targetsMs.slice(400))).toBeLessThanOrEqual(10);
  });

  it('waits no longer for a single loss, nor ten seconds after the last of many', () => {
    expect(Math.max(...play(1000, (i) => i === 100, true).targetsMs.slice(60))).toBeLessThanOrEqual(10);
    const { targetsMs } = play(1500, (i) => i < 300 && everyTenth(i), true);

    expect(targetsMs[700]).toBeGreaterThanOrEqual(20);
    expect(targetsMs.at(-1)).toBeLessThanOrEqual(10);
  });

  it('takes packets that come after their turn for no losses', () => {
    const buffer = new JitterBuffer({ clockRateHz: 48_000, mendsBefore: () => true });
    const put = (i: number, arrivalMs: number): void =>
      buffer.put({ sequence: i, timestamp: i * 960, payloadType: 111, payload }, arrivalMs);
    for (let i = 0; i < 200; i++) {
      // Two in a row are overtaken by four others.
      const isOvertaken = i >= 100 && i < 102;
      if (!isOvertaken) put(i, i * 20 + 3);
      if (i === 105) for (const late of [100, 101]) put(late, i * 20 + 4);
      buffer.take(i * 20 + 20);
    }

    expect(buffer.latePackets).toBe(2);
    expect(buffer.targetMs).toBeLessThanOrEqual(20);
  });
});
