import { describe, expect, it } from 'vitest';
import { SourceTracker } from '../../../../src-main/media/rtp/source-tracker.ts';

const packet = (sequence: number, ssrc = 1, timestamp = sequence * 160) => ({
  payloadType: 0,
  hasMarker: false,
  sequence: sequence & 0xffff,
  timestamp,
  ssrc,
});

/** Feeds sequence numbers at the pace of their timestamps. */
function feed(tracker: SourceTracker, sequences: readonly number[], ssrc = 1): string[] {
  return sequences.map((sequence) => tracker.receive(packet(sequence, ssrc), sequence * 160));
}

describe('source tracker — RFC 3550 §A.1, §A.3, §A.8', () => {
  it('believes the first packet at once', () => {
    const tracker = new SourceTracker();

    expect(feed(tracker, [10, 11])).toEqual(['first', 'valid']);
    expect(tracker.receivedPackets).toBe(2);
  });

  it('counts what is missing and extends the sequence over its wrap', () => {
    const tracker = new SourceTracker();
    feed(tracker, [65_534, 65_535, 65_536, 65_538, 65_539]);

    expect(tracker.lostPackets).toBe(1);
    expect(tracker.takeReport()?.extendedHighest).toBe(65_539);
  });

  it('reports the fraction lost of each interval in 256ths (RFC 3550 §6.4.1)', () => {
    const tracker = new SourceTracker();
    feed(tracker, [1, 2, 4]);

    expect(tracker.takeReport()?.fractionLost).toBe(64);
    feed(tracker, [5, 6]);
    expect(tracker.takeReport()?.fractionLost).toBe(0);
    expect(tracker.takeReport()?.cumulativeLost).toBe(1);
  });

  it('never reports a loss below none when packets are doubled', () => {
    const tracker = new SourceTracker();
    feed(tracker, [1, 2, 2, 2]);

    expect(tracker.lostPackets).toBe(0);
    expect(tracker.takeReport()?.fractionLost).toBe(0);
  });

  it('follows a jump of the sequence only when it goes on', () => {
    const tracker = new SourceTracker();
    feed(tracker, [1, 2]);

    expect(feed(tracker, [30_000, 3, 30_001, 30_002])).toEqual(['ignored', 'valid', 'newSource', 'valid']);
  });

  it('believes another source after two packets in a row (RFC 3550 §8, §8.2)', () => {
    const tracker = new SourceTracker();
    feed(tracker, [1, 2]);

    expect(feed(tracker, [500, 501], 2)).toEqual(['ignored', 'newSource']);
    expect(tracker.ssrc).toBe(2);
    expect(tracker.lostPackets).toBe(0);
  });

  it('measures jitter as a sixteenth of each deviation (RFC 3550 §A.8)', () => {
    const tracker = new SourceTracker();
    tracker.receive(packet(1), 160);
    tracker.receive(packet(2), 320 + 80);

    expect(tracker.jitterTicks).toBe(5);
    expect(feed(new SourceTracker(), [1, 2, 3]).length).toBe(3);
  });
});
