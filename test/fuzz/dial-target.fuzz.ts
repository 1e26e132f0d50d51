// Fuzz target: what a person types or a link says, made into a URI to call. RFC 3261 §19.1.5, §19.1.6, RFC 3966 §5.1.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseDialTarget } from '../../src-main/features/call/index.ts';
import { formatUri, parseUri } from '../../src-main/sip/syntax/index.ts';
import { sipUriOf } from '../support/message-builders.ts';
import { itHasGotOver } from './crashers.ts';
import { mutated, timed } from './mutate.ts';
import { runs } from './runs.ts';

const LINKS = [
  'tel:+1-201-555-0123;phone-context=example.com;ext=12',
  'tel:(030)%20123 45',
  'callto:bob@example.com',
  'sip:bob@example.com;transport=tcp;method=MESSAGE?Replaces=x%3Bto-tag%3Da&body=hello%0d%0aRoute:%20x',
  'SIPS:bob%40home@[2001:db8::1]:5061',
  '+49 (30) 1234-5678 *#',
  'bob@example.com?subject=x',
  ' bob ',
];
const account = sipUriOf('sip:alice@example.net:5062');

/** What comes out is a URI of one line, without headers or a method, that reads back as it is. */
function check(text: string): void {
  const target = timed(() => parseDialTarget(text, account));
  if (!target.ok) {
    expect(target.error).not.toBe('');
    return;
  }
  const { value } = target;
  const written = formatUri(value);
  expect(written).not.toMatch(/[\r\n\0 <>"]/);
  expect(value.headers.size).toBe(0);
  expect(value.parameters.has('method')).toBe(false);
  const again = parseUri(written);
  expect(again.ok && formatUri(again.value)).toBe(written);
}

describe('fuzz: what is dialled', () => {
  it('is a URI without headers, or refused with a sentence', () => {
    fc.assert(fc.property(mutated(LINKS), check), { numRuns: runs(4_000), seed: 20_261_122 });
  });

  itHasGotOver('dial-target', check);
});
