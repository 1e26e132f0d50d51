// A DTMF digit as INFO carries it: `application/dtmf-relay` (Signal=5, Duration=160) or `application/dtmf` (5).
import { bodyText, mediaType, textBody, type Body } from '../../sip/core/index.ts';

const DIGITS = '0123456789*#ABCD';
/** Some phones say 10 and 11 for star and hash. */
const NUMBERED: Readonly<Record<string, string>> = { '10': '*', '11': '#', '12': 'A', '13': 'B', '14': 'C', '15': 'D' };

export function parseInfoDigit(body: Body): string | undefined {
  const type = mediaType(body.contentType);
  const text = bodyText(body);
  if (type === 'application/dtmf') return digitOf(text);
  if (type !== 'application/dtmf-relay') return undefined;
  for (const line of text.split(/\r?\n/, 16)) {
    const at = line.indexOf('=');
    if (at > 0 && line.slice(0, at).trim().toLowerCase() === 'signal') return digitOf(line.slice(at + 1));
  }
  return undefined;
}

function digitOf(text: string): string | undefined {
  const value = text.trim().toUpperCase();
  const digit = NUMBERED[value] ?? value;
  return digit.length === 1 && DIGITS.includes(digit) ? digit : undefined;
}

export function buildInfoDigit(digit: string, durationMs: number): Body {
  return textBody('application/dtmf-relay', `Signal=${digit}\r\nDuration=${durationMs}\r\n`);
}
