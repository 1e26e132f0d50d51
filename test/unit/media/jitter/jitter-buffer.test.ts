import { describe, expect, it } from 'vitest';
import { JitterBuffer, type Taken } from '../../../../src-main/media/jitter/index.ts';

type Row = readonly [sequence: number, timestamp: number, arrivalMs: number];

const payload = Uint8Array.of(1);
const put = (buffer: JitterBuffer, [sequence, timestamp, arrivalMs]: Row): void =>
  buffer.put({ sequence: sequence & 0xffff, timestamp: timestamp >>> 0, payloadType: 0, payload }, arrivalMs);

const told = (taken: Taken): string => (taken.kind === 'packet' ? String(taken.packet.sequence) : taken.kind);

/** Feeds rows in order of arrival and takes every 20 ms from 0 on; tells what was taken. */
function play(rows: readonly Row[], untilMs: number, buffer = new JitterBuffer({ clockRateHz: 8000 })): string[] {
  const waiting = [...rows].sort((a, b) => a[2] - b[2]);
  const heard: string[] = [];
  for (let nowMs = 0; nowMs <= untilMs; nowMs += 20) {
    while ((waiting[0]?.[2] ?? Infinity) <= nowMs) put(buffer, waiting.shift() ?? [0, 0, 0]);
    heard.push(told(buffer.take(nowMs)));
  }
  return heard;
}

/** `count` packets of 20 ms from `first` on, each `latenessMs(i)` after its time. */
const steady = (first: number, count: number, latenessMs: (i: number) => number = () => 0): Row[] =>
  Array.from({ length: count }, (_, i) => [first + i, (first + i) * 160, i * 20 + latenessMs(i)]);

describe('jitter buffer — RFC 3550 §6.4.1', () => {
  it.each<[name: string, rows: readonly Row[], heard: readonly string[]]>([
    ['waits for its depth, then plays in order', steady(1, 4), ['pause', 'pause', '1', '2', '3', '4']],
    [
      'puts reordered packets in order',
      [
        [1, 160, 0],
        [3, 480, 25],
        [2, 320, 30],
        [4, 640, 60],
      ],
      ['pause', 'pause', '1', '2', '3', '4'],
    ],
    [
      'tells of a loss when a later packet is there',
      [
        [1, 160, 0],
        [3, 480, 40],
        [4, 640, 60],
      ],
      ['pause', 'pause', '1', 'lost', '3', '4'],
    ],
    [
      'goes over the wrap of sequence and timestamp',
      [
        [65_535, 2 ** 32 - 160, 0],
        [0, 0, 20],
        [1, 160, 40],
      ],
      ['pause', 'pause', '65535', '0', '1'],
    ],
    [
      'begins with the packet that was overtaken',
      [
        [2, 320, 0],
        [1, 160, 5],
        [3, 480, 20],
      ],
      ['pause', '1', '2', '3'],
    ],
    [
      'plays a doubled packet once',
      [
        [1, 160, 0],
        [1, 160, 1],
        [2, 320, 20],
      ],
      ['pause', 'pause', '1', '2'],
    ],
  ])('%s', (_, rows, heard) => {
    expect(play(rows, (heard.length - 1) * 20)).toEqual(heard);
  });

  it('says notYet when it runs dry, and pause when nothing comes for long', () => {
    const heard = play(steady(1, 3), 260);

    expect(heard.slice(2, 5)).toEqual(['1', '2', '3']);
    expect(heard.slice(5)).toEqual([
      'notYet',
      'notYet',
      'notYet',
      'notYet',
      'notYet',
      'pause',
      'pause',
      'pause',
      'pause',
    ]);
  });

  it('does not conceal twice what was lost while it was dry', () => {
    const rows = steady(1, 8)
      .filter(([sequence]) => sequence !== 4)
      .map(([s, t, a]): Row => [s, t, s > 4 ? a + 45 : a]);
    const heard = play(rows, 240);

    expect(heard.filter((what) => what === 'lost').length).toBe(0);
    expect(heard.filter((what) => what === 'notYet').length).toBeGreaterThan(0);
    expect(heard.filter((what) => /\d/.test(what))).toEqual(['1', '2', '3', '5', '6', '7', '8']);
  });

  it.each([2, 4, 5, 6, 8, 12])('keeps its delay over a burst of %i lost packets', (lost) => {
    const heard = play(
      steady(1, 30).filter(([sequence]) => sequence < 6 || sequence >= 6 + lost),
      600,
    );

    expect(heard.indexOf(String(6 + lost)) - heard.indexOf('5')).toBe(1 + lost);
  });

  it('counts late, doubled and reordered packets', () => {
    const buffer = new JitterBuffer({ clockRateHz: 8000 });
    const rows = steady(1, 6).filter(([sequence]) => sequence !== 2);
    play([...rows, [2, 320, 90], [7, 1120, 121], [9, 1440, 125], [8, 1280, 126], [9, 1440, 127]], 140, buffer);

    expect([buffer.latePackets, buffer.duplicatePackets, buffer.reorderedPackets]).toEqual([1, 1, 1]);
  });

  it('takes a copy of what was played already for a duplicate, not for a late packet', () => {
    const buffer = new JitterBuffer({ clockRateHz: 8000 });
    const copies = steady(1, 50).map(([s, t, a]): Row => [s, t, a + 150]);
    play([...steady(1, 50), ...copies], 1200, buffer);

    expect([buffer.latePackets, buffer.duplicatePackets]).toEqual([0, 50]);
    expect(buffer.targetMs).toBeLessThanOrEqual(40);
  });

  it('treats a jump of the timestamp alone as silence that was not sent (RFC 3551 §4.1)', () => {
    const rows: Row[] = [...steady(1, 3), [4, 4 * 160 + 8000, 1060], [5, 5 * 160 + 8000, 1080]];
    const heard = play(rows, 1160);

    expect(heard.filter((what) => what === 'lost')).toEqual([]);
    expect(heard.slice(-6)).toContain('4');
  });

  it('does not count telephone events as lost', () => {
    const buffer = new JitterBuffer({ clockRateHz: 8000 });
    for (const row of steady(1, 3)) put(buffer, row);
    for (const sequence of [4, 5, 6]) buffer.skip(sequence, 640);
    put(buffer, [7, 7 * 160, 120]);

    const heard = Array.from({ length: 8 }, (_, i) => told(buffer.take(i * 20)));

    expect(heard.filter((what) => what === 'lost' || what === 'notYet')).toEqual([]);
    expect(heard.filter((what) => /\d/.test(what))).toEqual(['1', '2', '3', '7']);
  });

  it('begins anew when the sequence jumps far', () => {
    const heard = play([...steady(1, 4), [30_000, 99_999, 85], [30_001, 100_159, 100], [30_002, 100_319, 120]], 200);

    expect(heard.filter((what) => /\d/.test(what)).slice(-3)).toEqual(['30000', '30001', '30002']);
  });

  it('begins anew when the timestamp leaps and the arrival does not', () => {
    const buffer = new JitterBuffer({ clockRateHz: 8000 });
    const after = steady(5, 4).map(([s, t, a]): Row => [s, t + 240_000, a + 80]);
    const heard = play([...steady(1, 4), ...after], 180, buffer);

    expect(buffer.resyncs).toBe(1);
    expect(heard.at(-1)).toBe('8');
    expect(heard.filter((what) => what === 'lost')).toEqual([]);
  });

  it('tells silence that was not sent from sound that came late', () => {
    const buffer = new JitterBuffer({ clockRateHz: 8000 });
    const rows = [...steady(1, 5), ...steady(6, 3).map(([s, t]): Row => [s, t + 4000, (s - 1) * 20 + 500])];
    const silences: boolean[] = [];
    for (let nowMs = 0; nowMs < 800; nowMs += 20) {
      for (const row of rows) if (row[2] === nowMs) put(buffer, row);
      const taken = buffer.take(nowMs);
      if (taken.kind === 'packet') silences.push(taken.isAfterSilence);
    }

    expect(silences).toEqual([false, false, false, false, false, true, false, false]);
  });

  it('takes emptiness after comfort noise for silence', () => {
    const buffer = new JitterBuffer({ clockRateHz: 8000, isSound: (payloadType) => payloadType !== 13 });
    for (const row of steady(1, 2)) put(buffer, row);
    buffer.put({ sequence: 3, timestamp: 480, payloadType: 13, payload }, 40);
    const heard = Array.from({ length: 12 }, (_, i) => told(buffer.take(i * 20)));

    expect(heard.filter((what) => what === 'notYet')).toEqual([]);
  });

  it('learns the duration of packets in spite of short silences', () => {
    const buffer = new JitterBuffer({ clockRateHz: 8000 });
    put(buffer, [1, 160, 0]);
    put(buffer, [2, 160 * 4, 60]);
    expect(buffer.packetMs).toBe(20);

    put(buffer, [3, 160 * 7, 120]);
    expect(buffer.packetMs).toBe(60);
  });

  it('deepens when packets come unevenly, and reports what is too much afterwards', () => {
    const buffer = new JitterBuffer({ clockRateHz: 8000 });
    play(
      steady(1, 100, (i) => (i % 5 === 0 ? 80 : 0)),
      2000,
      buffer,
    );

    expect(buffer.targetMs).toBeGreaterThanOrEqual(80);
    expect(buffer.targetMs).toBeLessThan(120);
  });

  it('tells how much longer than needed packets wait', () => {
    const buffer = new JitterBuffer({ clockRateHz: 8000, initialMs: 200 });
    play(steady(1, 30), 580, buffer);

    expect(buffer.excessMs(580)).toBeGreaterThan(120);
  });

  it('never holds more than its limit, whatever is thrown at it', () => {
    const buffer = new JitterBuffer({ clockRateHz: 8000, maximumMs: 200 });
    for (let i = 0; i < 5000; i++) put(buffer, [i * 7, i * 31, i / 10]);

    expect(buffer.size).toBeLessThan(130);
    for (const row of steady(20_000, 90, () => 0)) put(buffer, row);
    expect(buffer.bufferedMs).toBeLessThanOrEqual(260);
  });
});
