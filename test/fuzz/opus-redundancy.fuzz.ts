// Fuzz target: the first bytes of Opus packets, where their redundancy is told. RFC 6716 §3.2
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { carriesRedundancy } from '../../src-main/media/codec/opus-redundancy.ts';
import { itHasGotOverBytes } from './crashers.ts';
import { timed } from './mutate.ts';
import { runs } from './runs.ts';

const check = (payload: Uint8Array): void => {
  expect(typeof timed(() => carriesRedundancy(payload))).toBe('boolean');
};

describe('redundancy of any payload — RFC 6716 §3.2', () => {
  it('neither throws nor hangs', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 1500 }), check), { numRuns: runs(3000), seed: 1 });
    check(new Uint8Array(65_535).fill(255));
  });

  itHasGotOverBytes('opus-redundancy', check);
});
