import { describe, expect, it } from 'vitest';
import { buildInfoDigit, parseInfoDigit } from '../../../src-main/features/call/info-digit.ts';
import { bodyText, textBody } from '../../../src-main/sip/core/index.ts';

describe('keys by INFO — RFC 6086 §4.2.2', () => {
  const ROWS: readonly [type: string, text: string, digit: string | undefined][] = [
    ['application/dtmf-relay', 'Signal=5\r\nDuration=160\r\n', '5'],
    ['application/dtmf-relay', 'signal = * \n', '*'],
    ['application/dtmf-relay', 'Signal=11\n', '#'],
    ['application/dtmf-relay', 'Duration=160\n', undefined],
    ['application/dtmf', '7', '7'],
    ['application/dtmf', 'd', 'D'],
    ['application/dtmf', '77', undefined],
    ['application/xml', 'Signal=5', undefined],
  ];
  for (const [type, text, digit] of ROWS) {
    it(`reads ${digit ?? 'nothing'} from ${type} ${JSON.stringify(text)}`, () => {
      expect(parseInfoDigit(textBody(type, text))).toBe(digit);
    });
  }

  it('writes what it reads', () => {
    expect(bodyText(buildInfoDigit('#', 160))).toBe('Signal=#\r\nDuration=160\r\n');
    expect(parseInfoDigit(buildInfoDigit('#', 160))).toBe('#');
  });
});
