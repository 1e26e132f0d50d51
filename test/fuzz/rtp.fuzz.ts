// Fuzz target: RTP packets, and what keeps the order of a stream. RFC 3550 §5.1, §A.1
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { JitterBuffer } from '../../src-main/media/jitter/index.ts';
import { datagramKind, parseRtpPacket, SourceTracker, writeRtpHeader } from '../../src-main/media/rtp/index.ts';
import { mutations } from '../support/media/mutations.ts';
import { itHasGotOverBytes } from './crashers.ts';
import { timed } from './mutate.ts';
import { runs } from './runs.ts';

const valid = (first: number, payload: readonly number[]): Uint8Array => {
  const bytes = new Uint8Array(12);
  writeRtpHeader(new DataView(bytes.buffer), { payloadType: 0, hasMarker: false, sequence: 7, timestamp: 9, ssrc: 1 });
  bytes[0] = first;
  return Uint8Array.of(...bytes, ...payload);
};
const corpus = [
  valid(0x80, [1, 2, 3]),
  valid(0x91, [0, 0, 0, 1, 0xbe, 0xde, 0, 1, 1, 2, 3, 4, 5]),
  valid(0xa0, [1, 2, 0, 0, 3]),
  valid(0x8f, new Array<number>(60).fill(1)),
];

describe('RTP parser under mutation — RFC 3550 §5.1, §A.1', () => {
  it('neither throws nor hangs, and its payload lies inside the datagram', () => {
    fc.assert(fc.property(mutations(corpus), checkPacket), { numRuns: runs(5000), seed: 1 });
  });

  itHasGotOverBytes('rtp', checkPacket);
});

function checkPacket(bytes: Uint8Array): void {
  const packet = timed(() => {
    datagramKind(bytes);
    return parseRtpPacket(bytes);
  });
  if (packet) expect(packet.payload.length).toBeLessThanOrEqual(bytes.length - 12);
}

describe('jitter buffer and source tracker under any stream — RFC 3550 §A.1', () => {
  const row = fc.record({
    sequence: fc.integer({ min: 0, max: 65_535 }),
    timestamp: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
    ssrc: fc.integer({ min: 1, max: 3 }),
    stepMs: fc.integer({ min: 0, max: 300 }),
    isSkipped: fc.boolean(),
  });

  it('stay bounded and always answer', () => {
    const streams = fc.array(row, { maxLength: 300 });
    fc.assert(
      fc.property(streams, (rows) => timed(() => checkStream(rows), 500)),
      { numRuns: runs(1000), seed: 2 },
    );
  });
});

interface Arrival {
  readonly sequence: number;
  readonly timestamp: number;
  readonly ssrc: number;
  readonly stepMs: number;
  readonly isSkipped: boolean;
}

function checkStream(rows: readonly Arrival[]): void {
  const buffer = new JitterBuffer({ clockRateHz: 8000 });
  const tracker = new SourceTracker();
  let nowMs = 0;
  for (const { sequence, timestamp, ssrc, stepMs, isSkipped } of rows) {
    nowMs += stepMs;
    tracker.receive({ payloadType: 0, hasMarker: false, sequence, timestamp, ssrc }, nowMs * 8);
    if (isSkipped) buffer.skip(sequence, timestamp);
    else buffer.put({ sequence, timestamp, payloadType: 0, payload: new Uint8Array(1) }, nowMs);
    buffer.take(nowMs);
    expect(buffer.size).toBeGreaterThanOrEqual(0);
    expect(buffer.size).toBeLessThanOrEqual(256);
    expect(tracker.lostPackets).toBeGreaterThanOrEqual(0);
    tracker.takeReport();
  }
}
