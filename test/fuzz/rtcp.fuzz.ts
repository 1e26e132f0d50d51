// Fuzz target: compound RTCP packets, extended reports among them. RFC 3550 §6.4, §A.2, RFC 3611 §3
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildRtcp, parseRtcp, type RtcpPacket, type VoipMetrics } from '../../src-main/media/rtcp/index.ts';
import { mutations } from '../support/media/mutations.ts';
import { itHasGotOverBytes } from './crashers.ts';
import { timed } from './mutate.ts';
import { runs } from './runs.ts';

const block = fc.record({
  ssrc: fc.nat(),
  fractionLost: fc.integer({ min: 0, max: 255 }),
  cumulativeLost: fc.integer({ min: -0x80_0000, max: 0x7f_ffff }),
  extendedHighest: fc.nat(),
  jitterTicks: fc.nat(),
  lastSenderReport: fc.nat(),
  delaySinceLast: fc.nat(),
});
const report = fc.record({
  kind: fc.constant('receiverReport' as const),
  ssrc: fc.nat(),
  blocks: fc.array(block, { maxLength: 31 }),
});
const description = fc.record({
  kind: fc.constant('description' as const),
  ssrc: fc.nat(),
  cname: fc.string({ maxLength: 60 }),
});

const metrics: VoipMetrics = {
  ssrc: 2,
  lossRate: 1,
  discardRate: 2,
  burstDensity: 3,
  gapDensity: 4,
  burstMs: 5,
  gapMs: 6,
  roundTripMs: 7,
  endSystemMs: 8,
  signalLevel: -9,
  noiseLevel: 127,
  echoReturnLoss: 127,
  minimumGap: 16,
  rFactor: 90,
  mosListening: 41,
  mosConversational: 40,
  receiverConfiguration: 0xb5,
  jitterNominalMs: 40,
  jitterMaximumMs: 60,
  jitterAbsoluteMaximumMs: 400,
};

const corpus = [
  buildRtcp([
    {
      kind: 'senderReport',
      ssrc: 1,
      sender: { ntpSec: 1, ntpFraction: 2, rtpTimestamp: 3, packetCount: 4, octetCount: 5 },
      blocks: [],
    },
    { kind: 'description', ssrc: 1, cname: 'a@b' },
    { kind: 'bye', ssrc: 1, reason: 'x' },
  ]),
  buildRtcp([{ kind: 'receiverReport', ssrc: 1, blocks: [] }]),
  buildRtcp([
    { kind: 'receiverReport', ssrc: 1, blocks: [] },
    {
      kind: 'extendedReport',
      ssrc: 1,
      blocks: [
        { kind: 'receiverReferenceTime', ntpSec: 1, ntpFraction: 2 },
        { kind: 'delaySinceLastReceiverReport', entries: [{ ssrc: 2, lastReference: 3, delaySinceLast: 4 }] },
        { kind: 'voipMetrics', metrics },
      ],
    },
  ]),
];

describe('RTCP parser under mutation — RFC 3550 §6.4, §A.2', () => {
  it('neither throws nor hangs, and reads a bounded number of packets', () => {
    fc.assert(fc.property(mutations(corpus), checkCompound), { numRuns: runs(5000), seed: 1 });
  });

  itHasGotOverBytes('rtcp', checkCompound);

  it('reads whatever the builder can write', () => {
    fc.assert(
      fc.property(report, description, (first, second) => {
        const packets: RtcpPacket[] = [first, second];
        expect(parseRtcp(buildRtcp(packets))?.[0]).toEqual(first);
        expect(parseRtcp(buildRtcp(packets))?.length).toBe(2);
      }),
      { numRuns: runs(1000), seed: 2 },
    );
  });
});

function checkCompound(bytes: Uint8Array): void {
  const packets = timed(() => parseRtcp(bytes)) ?? [];
  expect(packets.length).toBeLessThanOrEqual(32);
  for (const packet of packets) {
    if (packet.kind === 'extendedReport') expect(packet.blocks.length).toBeLessThanOrEqual(16);
  }
}
