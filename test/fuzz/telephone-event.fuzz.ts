import { runs } from './runs.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TelephoneEventReceiver } from '../../src-main/media/rtp/index.ts';

describe('telephone event receiver under any payload — RFC 4733 §2.3', () => {
  it('neither throws nor reports more digits than packets, nor anything that is no digit', () => {
    const packet = fc.tuple(fc.uint8Array({ maxLength: 8 }), fc.integer({ min: 0, max: 2 ** 32 - 1 }));
    fc.assert(
      fc.property(fc.array(packet, { maxLength: 50 }), (packets) => {
        const receiver = new TelephoneEventReceiver();
        const startMs = performance.now();
        const digits = packets.flatMap(([payload, timestamp]) => receiver.receive(payload, timestamp) ?? []);
        expect(digits.every((digit) => /^[0-9*#A-D]$/.test(digit))).toBe(true);
        expect(performance.now() - startMs).toBeLessThan(50);
      }),
      { numRuns: runs(3000), seed: 1 },
    );
  });
});
