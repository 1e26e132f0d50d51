import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findSessionPart } from '../../src-main/sip/core/multipart.ts';
import { itHasGotOver } from './crashers.ts';
import { mutated, timed } from './mutate.ts';
import { runs } from './runs.ts';

const BODIES = [
  '--b\r\nContent-Type: application/sdp\r\n\r\nv=0\r\n\r\n--b--\r\n',
  '--b\r\nContent-Type: multipart/alternative;boundary=c\r\n\r\n--c\r\n\r\nx\r\n--c\r\nContent-Type: application/sdp\r\n\r\nv=0\r\n--c--\r\n--b--',
  '--b\r\nContent-Disposition: session;handling=optional\r\n\r\n\r\n--b\r\n\r\n--b--',
];

const BOUNDARIES = ['b', 'c', '', '-'] as const;

describe('fuzz: bodies of several parts', () => {
  it('are readable, unsupported or malformed, and never longer than they came', () => {
    fc.assert(fc.property(mutated(BODIES), fc.constantFrom(...BOUNDARIES), check), {
      numRuns: runs(4_000),
      seed: 20_260_105,
    });
  });

  itHasGotOver('multipart', (text) => {
    for (const boundary of BOUNDARIES) check(text, boundary);
  });
});

function check(text: string, boundary: string): void {
  const bytes = Buffer.from(text, 'latin1');
  const contentType = `multipart/mixed;boundary="${boundary}"`;
  const content = timed(() => findSessionPart({ contentType, bytes }, 'application/sdp'));
  if (content.kind === 'readable' && content.part) expect(content.part.bytes.length).toBeLessThanOrEqual(bytes.length);
}
