import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatUri, isSameUri, parseUri } from '../../src-main/sip/syntax/index.ts';
import { itHasGotOver } from './crashers.ts';
import { mutated, timed } from './mutate.ts';
import { runs } from './runs.ts';

const URIS = [
  'sip:alice:secretword@atlanta.com;transport=tcp;lr?subject=project%20x&to=a%40b',
  'sips:1212@[2001:db8::9:1]:5061',
  'tel:+1-201-555-0123;phone-context=example.com;ext=12',
  'sip:user;par=u%40example.net@example.com',
  'http://example.com/a?b',
];

const options = { numRuns: runs(4_000), seed: 20_260_101 };

describe('fuzz: URIs', () => {
  it('writes what it parsed so that it is the same', () => {
    fc.assert(fc.property(mutated(URIS), check), options);
  });

  itHasGotOver('sip-uri', check);
});

function check(text: string): void {
  const parsed = timed(() => parseUri(text));
  if (!parsed.ok) return;
  const uri = parsed.value.kind === 'sip' ? parsed.value.with({}) : parsed.value;
  const again = parseUri(formatUri(uri));
  expect(again.ok && formatUri(again.value)).toBe(formatUri(uri));
  expect(isSameUri(parsed.value, parsed.value)).toBe(true);
}
