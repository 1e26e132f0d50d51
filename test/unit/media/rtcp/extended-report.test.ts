// Extended reports on the wire. RFC 3611 §2, §3, §4.4, §4.5, §4.7
import { describe, expect, it } from 'vitest';
import {
  buildRtcp,
  parseRtcp,
  UNAVAILABLE,
  type RtcpPacket,
  type VoipMetrics,
} from '../../../../src-main/media/rtcp/index.ts';

const metrics: VoipMetrics = {
  ssrc: 0xcafe,
  lossRate: 12,
  discardRate: 3,
  burstDensity: 128,
  gapDensity: 2,
  burstMs: 180,
  gapMs: 4100,
  roundTripMs: 92,
  endSystemMs: 110,
  signalLevel: -21,
  noiseLevel: UNAVAILABLE,
  echoReturnLoss: UNAVAILABLE,
  minimumGap: 16,
  rFactor: 81,
  mosListening: 41,
  mosConversational: 39,
  receiverConfiguration: 0xb5,
  jitterNominalMs: 40,
  jitterMaximumMs: 60,
  jitterAbsoluteMaximumMs: 400,
};
const report: RtcpPacket = { kind: 'receiverReport', ssrc: 9, blocks: [] };
const extended: RtcpPacket = {
  kind: 'extendedReport',
  ssrc: 9,
  blocks: [
    { kind: 'receiverReferenceTime', ntpSec: 4e9, ntpFraction: 7 },
    {
      kind: 'delaySinceLastReceiverReport',
      entries: [{ ssrc: 0xcafe, lastReference: 0x1234_5678, delaySinceLast: 65_536 }],
    },
    { kind: 'voipMetrics', metrics },
  ],
};

describe('extended reports — RFC 3611 §2, §3, §4.4, §4.5', () => {
  it('reads what it writes', () => {
    expect(parseRtcp(buildRtcp([report, extended]))).toEqual([report, extended]);
  });

  it('writes the metrics of a call where RFC 3611 §4.7, §4.7.1, §4.7.6 have them', () => {
    const bytes = Buffer.from(
      buildRtcp([{ kind: 'extendedReport', ssrc: 9, blocks: [{ kind: 'voipMetrics', metrics }] }]),
    );
    expect(bytes.toString('hex')).toBe(
      '80cf000a00000009' + // type 207, eleven words
        '07000008' +
        '0000cafe' +
        '0c038002' +
        '00b41004' +
        '005c006e' +
        'eb7f7f10' +
        '517f2927' +
        'b5000028' +
        '003c0190',
    );
  });

  it('says as much as fits of what does not (RFC 3611 §4.7.2, §4.7.3)', () => {
    const long = { ...metrics, gapMs: 1e6, roundTripMs: -1, lossRate: 300 };
    const [, read] =
      parseRtcp(
        buildRtcp([report, { kind: 'extendedReport', ssrc: 9, blocks: [{ kind: 'voipMetrics', metrics: long }] }]),
      ) ?? [];
    expect(read).toMatchObject({ blocks: [{ metrics: { gapMs: 65_535, roundTripMs: 0, lossRate: 255 } }] });
  });

  it('passes over blocks of other kinds, and those whose length is not theirs', () => {
    const known = Buffer.from(buildRtcp([report, extended])).subarray(8);
    const strange = Buffer.from('2a000001deadbeef' + '07000001deadbeef', 'hex');
    const bytes = Buffer.concat([known.subarray(0, 8), strange, known.subarray(8)]);
    bytes.writeUInt16BE(bytes.length / 4 - 1, 2);
    expect(parseRtcp(Buffer.concat([buildRtcp([report]), bytes]))).toEqual([report, extended]);
  });

  it('reads no more than sixteen blocks, and of an answer no more than eight entries', () => {
    const reference = { kind: 'receiverReferenceTime', ntpSec: 1, ntpFraction: 2 } as const;
    const many: RtcpPacket = { kind: 'extendedReport', ssrc: 9, blocks: Array.from({ length: 20 }, () => reference) };
    expect(parseRtcp(buildRtcp([report, many]))?.[1]).toMatchObject({
      blocks: Array.from({ length: 16 }, () => reference),
    });
    const entries = Buffer.concat([Buffer.from('80cf002000000009' + '0500001e', 'hex'), Buffer.alloc(120, 1)]);
    const [, read] = parseRtcp(Buffer.concat([buildRtcp([report]), entries])) ?? [];
    expect(read?.kind === 'extendedReport' && read.blocks[0]).toMatchObject({ entries: { length: 8 } });
  });

  it('reads no further than a block reaches', () => {
    const bytes = Buffer.from(buildRtcp([report, extended]));
    // The first block claims to be longer than the packet.
    bytes.writeUInt16BE(0xffff, 8 + 8 + 2);
    expect(parseRtcp(bytes)).toEqual([report, { kind: 'extendedReport', ssrc: 9, blocks: [] }]);
  });
});
