import { describe, expect, it } from 'vitest';
import { parseDialTarget } from '../../../src-main/features/call/dial-target.ts';
import { sipUriOf } from '../../support/message-builders.ts';

const ACCOUNT = sipUriOf('sip:alice@example.com:5070');

describe('what a person dials — RFC 3261 §19.1.6, RFC 3966 §5.1', () => {
  const ROWS: readonly [typed: string, uri: string][] = [
    ['bob', 'sip:bob@example.com:5070'],
    ['call-me-back', 'sip:call-me-back@example.com:5070'],
    ['1001', 'sip:1001@example.com:5070;user=phone'],
    [' +1 (555) 010-99 ', 'sip:+155501099@example.com:5070;user=phone'],
    ['*97', 'sip:*97@example.com:5070;user=phone'],
    ['tel:+1-555-0100;phone-context=example.com', 'sip:+15550100@example.com:5070;user=phone'],
    ['callto:bob', 'sip:bob@example.com:5070'],
    ['bob@other.example', 'sip:bob@other.example'],
    ['sip:bob@other.example;transport=tcp', 'sip:bob@other.example;transport=tcp'],
  ];
  for (const [typed, uri] of ROWS) {
    it(`makes ${uri} of "${typed}"`, () => {
      const parsed = parseDialTarget(typed, ACCOUNT);

      expect(parsed.ok && parsed.value.toString()).toBe(uri);
    });
  }

  it('takes no headers and no method from a link — RFC 3261 §19.1.5', () => {
    const parsed = parseDialTarget('sip:bob@other.example;method=REGISTER?Route=%3Csip:evil.example%3E', ACCOUNT);

    expect(parsed.ok && parsed.value.toString()).toBe('sip:bob@other.example');
  });

  for (const typed of ['', '   ', 'two words', 'tel:abc', 'sip:', '<sip:a@b>', 'a"b']) {
    it(`refuses "${typed}" with a sentence`, () => {
      expect(parseDialTarget(typed, ACCOUNT)).toMatchObject({
        ok: false,
        error: expect.stringMatching(/\.$/) as string,
      });
    });
  }
});
