// Fuzz target: payloads of telephone events. RFC 4733 §2.3
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TelephoneEventReceiver } from '../../src-main/media/rtp/index.ts';
import { itHasGotOverBytes } from './crashers.ts';
import { timed } from './mutate.ts';
import { runs } from './runs.ts';

describe('telephone event receiver under any payload — RFC 4733 §2.3', () => {
  it('neither throws nor reports more digits than packets, nor anything that is no digit', () => {
    const packet = fc.tuple(fc.uint8Array({ maxLength: 8 }), fc.integer({ min: 0, max: 2 ** 32 - 1 }));
    fc.assert(fc.property(fc.array(packet, { maxLength: 50 }), checkPackets), { numRuns: runs(3000), seed: 1 });
  });

  itHasGotOverBytes('telephone-event', (payload) =>
    checkPackets([
      [payload, 0],
      [payload, 160],
    ]),
  );
});

function checkPackets(packets: readonly (readonly [payload: Uint8Array, timestamp: number])[]): void {
  const digits = timed(() => {
    const receiver = new TelephoneEventReceiver();
    return packets.flatMap(([payload, timestamp]) => receiver.receive(payload, timestamp) ?? []);
  });
  expect(digits.every((digit) => /^[0-9*#A-D]$/.test(digit))).toBe(true);
  expect(digits.length).toBeLessThanOrEqual(packets.length);
}
