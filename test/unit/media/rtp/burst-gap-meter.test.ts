// Losses in bursts and here and there. RFC 3611 §4.7.2, §A.2
import { describe, expect, it } from 'vitest';
import { BurstGapMeter, type BurstGapFigures } from '../../../../src-main/media/rtp/index.ts';

const PACKET_MS = 20;

/** `.` arrives, `x` is lost, `d` comes too late; enough that arrives follows, so that all is settled. */
function figuresOf(line: string, first = 0): BurstGapFigures {
  const meter = new BurstGapMeter();
  for (const [at, fate] of Array.from(line + '.'.repeat(32)).entries()) {
    if (fate !== 'x') meter.add((first + at) & 0xffff, fate === 'd');
  }
  const figures = meter.figures(PACKET_MS);
  if (!figures) throw new Error('nothing was settled');
  return figures;
}

const calm = '.'.repeat(100);

describe('bursts and gaps — RFC 3611 §4.7.2, §A.2', () => {
  it('nothing is lost: one gap as long as the call', () => {
    expect(figuresOf(calm)).toEqual({
      lossRate: 0,
      discardRate: 0,
      burstDensity: 0,
      gapDensity: 0,
      burstMs: 0,
      gapMs: 100 * PACKET_MS,
      burstRatio: 1,
    });
  });

  it('one packet here and there belongs to the gap', () => {
    const figures = figuresOf(`${calm}x${calm}d${calm}`);
    expect(figures.burstMs).toBe(0);
    expect(figures.gapDensity).toBeCloseTo(2 / 303, 4);
    expect(figures.lossRate).toBeCloseTo(1 / 303, 4);
    expect(figures.discardRate).toBeCloseTo(1 / 303, 4);
    expect(figures.burstRatio).toBe(1);
  });

  it('losses with less than sixteen packets between them are a burst, from the first to the last', () => {
    const figures = figuresOf(`${calm}xx.x..x${calm}`);
    expect(figures.burstMs).toBeCloseTo(7 * PACKET_MS, -1);
    expect(figures.burstDensity).toBeGreaterThan(0.5);
    expect(figures.gapDensity).toBe(0);
    expect(figures.lossRate).toBeCloseTo(4 / 208, 3);
  });

  it('two bursts: their mean, and what lies between them', () => {
    const figures = figuresOf(`${calm}xxxxx${calm}xxxxxxxxx${calm}`);
    expect(figures.burstMs).toBeCloseTo(7 * PACKET_MS, -1);
    expect(figures.burstDensity).toBeCloseTo(1, 1);
    expect(figures.gapMs / PACKET_MS).toBeCloseTo(150, -1);
    expect(figures.burstRatio).toBeGreaterThan(6);
  });

  it('disorder and repetition are no loss, and numbers may come round', () => {
    const meter = new BurstGapMeter();
    for (let at = 0; at < 300; at += 2) {
      for (const offset of [1, 0, 1]) meter.add((65_400 + at + offset) & 0xffff, false);
    }
    expect(meter.figures(PACKET_MS)).toMatchObject({ lossRate: 0, discardRate: 0 });
  });

  it('what was sent between two streams is not missed', () => {
    const meter = new BurstGapMeter();
    for (let at = 0; at < 100; at++) meter.add(at, false);
    meter.restart();
    for (let at = 0; at < 100; at++) meter.add(40_000 + at, false);
    expect(meter.figures(PACKET_MS)?.lossRate).toBe(0);
    for (let at = 0; at < 100; at++) meter.add(20_000 + at, false);
    expect(meter.figures(PACKET_MS)?.lossRate).toBe(0);
  });
});
