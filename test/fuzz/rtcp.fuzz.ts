// Fuzz target: compound RTCP packets. RFC 3550 §6.4, §A.2
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildRtcp, parseRtcp, type RtcpPacket } from '../../src-main/media/rtcp/index.ts';
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
  expect(timed(() => parseRtcp(bytes))?.length ?? 0).toBeLessThanOrEqual(32);
}
