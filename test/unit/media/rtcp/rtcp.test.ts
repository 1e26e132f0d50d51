import { describe, expect, it } from 'vitest';
import {
  buildRtcp,
  compactNtp,
  ntpTime,
  parseRtcp,
  roundTripMs,
  rtcpIntervalMs,
  type RtcpPacket,
} from '../../../../src-main/media/rtcp/index.ts';
import { FakeRuntime } from '../../../support/fake-runtime.ts';

const block = {
  ssrc: 7,
  fractionLost: 64,
  cumulativeLost: -3,
  extendedHighest: 70_000,
  jitterTicks: 12,
  lastSenderReport: 0x1234_5678,
  delaySinceLast: 65_536,
};
const sender = { ntpSec: 4e9, ntpFraction: 2 ** 31, rtpTimestamp: 5, packetCount: 6, octetCount: 960 };
const compound: RtcpPacket[] = [
  { kind: 'senderReport', ssrc: 9, sender, blocks: [block] },
  { kind: 'description', ssrc: 9, cname: 'alice@host' },
  { kind: 'bye', ssrc: 9, reason: 'done' },
];

describe('RTCP packets — RFC 3550 §6.4, §6.5, §6.6', () => {
  it('reads what it writes', () => {
    expect(parseRtcp(buildRtcp(compound))).toEqual(compound);
  });

  it.each([0, 1, 2, 3, 4, 5])('pads a name of %i letters to whole words (RFC 3550 §6.5)', (length) => {
    const cname = 'a'.repeat(length);
    const bytes = buildRtcp([
      { kind: 'receiverReport', ssrc: 1, blocks: [] },
      { kind: 'description', ssrc: 1, cname },
    ]);

    expect(bytes.length % 4).toBe(0);
    expect(parseRtcp(bytes)?.[1]).toEqual({ kind: 'description', ssrc: 1, cname });
  });

  it('refuses a compound that does not begin with a report (RFC 3550 §6.1, §A.2)', () => {
    expect(parseRtcp(buildRtcp([{ kind: 'bye', ssrc: 1, reason: '' }]))).toBeUndefined();
  });

  it('refuses lengths beyond the end and other versions', () => {
    const bytes = buildRtcp(compound);

    expect(parseRtcp(bytes.subarray(0, bytes.length - 4))).toBeUndefined();
    expect(parseRtcp(Uint8Array.of(0x40, 201, 0, 1, 0, 0, 0, 1))).toBeUndefined();
  });

  it('reads no more blocks than the packet holds', () => {
    const bytes = buildRtcp([{ kind: 'receiverReport', ssrc: 1, blocks: [block] }]);
    bytes[0] = 0x80 | 31;

    expect(parseRtcp(bytes)).toEqual([{ kind: 'receiverReport', ssrc: 1, blocks: [block] }]);
  });
});

describe('RTCP interval — RFC 3550 §6.2, §6.3.1', () => {
  const input = { members: 2, averageSizeBytes: 120, rtcpBytesPerSec: 400, isInitial: false };

  it('is random between half and one and a half of five seconds, compensated (RFC 3550 §A.7)', () => {
    const runtime = new FakeRuntime();
    const intervalsMs = Array.from({ length: 500 }, () => rtcpIntervalMs(input, runtime));

    expect(Math.min(...intervalsMs)).toBeGreaterThanOrEqual(2500 / 1.2183);
    expect(Math.max(...intervalsMs)).toBeLessThanOrEqual(7500 / 1.2182);
    expect(Math.max(...intervalsMs) - Math.min(...intervalsMs)).toBeGreaterThan(3000);
  });

  it('is half of it before the first packet, and grows with the size', () => {
    const average = (extra: object) => {
      const runtime = new FakeRuntime();
      return Array.from({ length: 300 }, () => rtcpIntervalMs({ ...input, ...extra }, runtime)).reduce((a, b) => a + b);
    };

    expect(average({ isInitial: true }) / average({})).toBeCloseTo(0.5, 5);
    expect(average({ averageSizeBytes: 2000 }) / average({})).toBeCloseTo(2, 5);
  });
});

describe('round trip — RFC 3550 §4, §6.4.1', () => {
  it('is the time since the report less the time the peer kept it', () => {
    const sentMs = Date.UTC(2026, 5, 1);
    const lastSenderReport = compactNtp(ntpTime(sentMs));

    expect(roundTripMs(sentMs + 1040, lastSenderReport, 65_536)).toBeCloseTo(40, 0);
  });

  it('is unknown before the first report and for nonsense', () => {
    expect(roundTripMs(Date.UTC(2026, 0), 0, 0)).toBeUndefined();
    expect(roundTripMs(Date.UTC(2026, 0), 12_345, 0xffff_ffff)).toBeUndefined();
  });
});
