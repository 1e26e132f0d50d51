import { describe, expect, it } from 'vitest';
import {
  Header,
  MAX_HEADER_LINES,
  MAX_HEAD_LENGTH,
  MAX_LINE_LENGTH,
  MAX_MESSAGE_BYTES,
  MAX_ROUTES,
  MAX_URI_LENGTH,
  MAX_VIAS,
  type ParseFailure,
  type SipMessage,
  buildRejection,
  parseMessage,
} from '../../../../src-main/sip/syntax/index.ts';

const REQUIRED = [
  'Via: SIP/2.0/UDP pc33.atlanta.com;branch=z9hG4bK776asdhds',
  'To: Bob <sip:bob@biloxi.com>',
  'From: "Alice" <sip:alice@atlanta.com>;tag=1928301774',
  'Call-ID: a84b4c76e66710@pc33.atlanta.com',
  'CSeq: 314159 OPTIONS',
];

const START = 'OPTIONS sip:bob@biloxi.com SIP/2.0';

function bytesOf(lines: readonly string[], body = ''): Uint8Array {
  return Buffer.from([...lines, '', body].join('\r\n'));
}

function parsed(extra: readonly string[] = [], body = ''): SipMessage {
  const result = parseMessage(bytesOf([START, ...REQUIRED, ...extra], body));
  if (!result.ok) throw new Error(result.error.message);
  return result.value;
}

function refused(lines: readonly string[], body = ''): ParseFailure {
  const result = parseMessage(bytesOf(lines, body));
  if (result.ok) throw new Error('the message was accepted');
  return result.error;
}

const without = (name: string): string[] => [START, ...REQUIRED.filter((line) => !line.startsWith(name))];

describe('parseMessage — RFC 3261 §7', () => {
  it('reads the headers that every layer needs', () => {
    const message = parsed();

    expect(message.from.displayName).toBe('Alice');
    expect(message.from.tag).toBe('1928301774');
    expect(message.to.tag).toBeUndefined();
    expect(message.callId).toBe('a84b4c76e66710@pc33.atlanta.com');
    expect(message.cseq).toEqual({ sequence: 314159, method: 'OPTIONS' });
    expect(message.topVia.branch).toBe('z9hG4bK776asdhds');
  });

  it.each(['Via', 'To', 'From', 'Call-ID', 'CSeq'])('refuses a message without %s (RFC 3261 §8.1.1)', (name) => {
    expect(refused(without(name))).toMatchObject({ kind: 'missingHeader', statusCode: 400 });
  });

  it('ignores empty lines before the start line (RFC 3261 §7.5)', () => {
    expect(parseMessage(Buffer.concat([Buffer.from('\r\n\r\n'), bytesOf([START, ...REQUIRED])])).ok).toBe(true);
  });

  it('finds nothing in a keep-alive', () => {
    expect(refused(['', ''])).toMatchObject({ kind: 'empty' });
  });

  it('expands compact names and keeps unknown ones as they are (RFC 3261 §7.3.3)', () => {
    const message = parsed(['k: 100rel', 'X-Strange: One, two']);

    expect(message.headers.all(Header.Supported)).toEqual(['100rel']);
    expect(message.headers.entries().at(-1)).toMatchObject({ name: 'X-Strange', value: 'One, two' });
  });

  it('unfolds continued lines (RFC 3261 §7.3.1)', () => {
    expect(parsed(['Subject: I know you are there,', '  pick up', '\tthe phone']).headers.first('subject')).toBe(
      'I know you are there, pick up the phone',
    );
  });

  it.each(['Subject: a\rb', 'Subject: a\nb', 'Subject: a\0b', 'no colon', ': no name', 'bad name: x'])(
    'refuses the line %j',
    (line) => {
      expect(refused([START, ...REQUIRED, line]).kind).toBe('badHeader');
    },
  );

  it('reads Latin-1 where a header is not UTF-8', () => {
    const bytes = Buffer.from([START, ...REQUIRED, 'Subject: Grüße', '', ''].join('\r\n'), 'latin1');

    const result = parseMessage(bytes);

    expect(result.ok && result.value.headers.first('Subject')).toBe('Grüße');
  });

  it.each(['SIP/2.0 99 Low', 'SIP/2.0 700 High', 'SIP/2.0 20 Short', 'SIP/2.0 2000 Long', 'SIP/2.0 abc No'])(
    'refuses the status line "%s" (RFC 3261 §7.2)',
    (line) => {
      expect(refused([line, ...REQUIRED]).kind).toBe('badStartLine');
    },
  );

  it('reads the version without regard to case (RFC 3261 §7.1)', () => {
    expect(parseMessage(bytesOf(['OPTIONS sip:bob@biloxi.com sip/2.0', ...REQUIRED])).ok).toBe(true);
  });

  it('refuses another version with 505 (RFC 3261 §21.5.6)', () => {
    expect(refused(['OPTIONS sip:bob@biloxi.com SIP/3.0', ...REQUIRED]).statusCode).toBe(505);
  });

  it('refuses a CSeq method that is not that of the request (RFC 3261 §8.1.1.5)', () => {
    expect(refused([...without('CSeq'), 'CSeq: 1 INVITE']).kind).toBe('badHeader');
  });

  it.each(['CSeq: 2147483648 OPTIONS', 'CSeq: -1 OPTIONS', 'CSeq: 1', 'CSeq: x OPTIONS'])('refuses "%s"', (line) => {
    expect(refused([...without('CSeq'), line]).kind).toBe('badHeader');
  });

  it('takes the greatest CSeq (RFC 3261 §8.1.1.5)', () => {
    expect(parseMessage(bytesOf([...without('CSeq'), 'CSeq: 2147483647 OPTIONS'])).ok).toBe(true);
  });

  it.each(['Max-Forwards: 256', 'Max-Forwards: -1', 'Max-Forwards: many'])('refuses "%s" (RFC 3261 §20.22)', (line) => {
    expect(refused([START, ...REQUIRED, line]).kind).toBe('badHeader');
  });

  it.each(['sip:bob@biloxi.com:0', 'sip:bob@biloxi.com:65536', '<sip:bob@biloxi.com>', 'sip:', 'bob'])(
    'refuses the Request-URI %s',
    (uri) => {
      expect(refused([`OPTIONS ${uri} SIP/2.0`, ...REQUIRED]).kind).toBe('badUri');
    },
  );

  it.each(['Call-ID: other', 'CSeq: 2 OPTIONS', 'From: <sip:x@y>;tag=1', 'To: <sip:x@y>'])(
    'refuses a second header that differs: %s (RFC 3261 §7.3.1)',
    (line) => {
      expect(refused([START, ...REQUIRED, line]).kind).toBe('conflictingHeader');
    },
  );

  it('bears a header that is merely repeated', () => {
    expect(parsed([REQUIRED[3]!]).callId).toBe('a84b4c76e66710@pc33.atlanta.com');
  });
});

describe('Content-Length — RFC 3261 §18.3, RFC 3261 §20.14', () => {
  it('discards what is beyond it', () => {
    expect(Buffer.from(parsed(['Content-Length: 4'], 'bodyrest').body).toString()).toBe('body');
  });

  it('takes the rest of a datagram without it', () => {
    expect(Buffer.from(parsed([], 'bodyrest').body).toString()).toBe('bodyrest');
  });

  it.each(['Content-Length: 5', 'Content-Length: -1', 'Content-Length: 4x', 'l: 99999999999999999999'])(
    'refuses "%s" of a body of four bytes',
    (line) => {
      expect(refused([START, ...REQUIRED, line], 'body')).toMatchObject({ kind: 'badContentLength', statusCode: 400 });
    },
  );

  it('refuses two that differ', () => {
    expect(refused([START, ...REQUIRED, 'Content-Length: 4', 'l: 3'], 'body').kind).toBe('badContentLength');
  });
});

describe('limits of a message', () => {
  it('refuses a message beyond 64 KiB with 513 (RFC 3261 §21.5.7)', () => {
    expect(refused([START, ...REQUIRED], 'x'.repeat(MAX_MESSAGE_BYTES))).toMatchObject({
      kind: 'tooLarge',
      statusCode: 513,
    });
  });

  it('refuses too many header lines', () => {
    const lines = Array.from({ length: MAX_HEADER_LINES - REQUIRED.length }, () => 'X: y');

    expect(parsed(lines).headers.entries()).toHaveLength(MAX_HEADER_LINES);
    expect(refused([START, ...REQUIRED, ...lines, 'X: y']).kind).toBe('tooLarge');
  });

  it('refuses a line that is too long, folded or not', () => {
    const half = 'x'.repeat(MAX_LINE_LENGTH / 2);

    expect(parsed([`X: ${half}`]).headers.first('X')).toBe(half);
    expect(refused([START, ...REQUIRED, `X: ${half}${half}`]).kind).toBe('tooLarge');
    expect(refused([START, ...REQUIRED, `X: ${half}`, ` ${half}`]).kind).toBe('tooLarge');
  });

  it.each(['one line', 'many lines'])('refuses too many Vias in %s', (form) => {
    const vias = Array.from({ length: MAX_VIAS }, (_, index) => `SIP/2.0/UDP h${index};branch=z9hG4bK${index}`);
    const lines = form === 'one line' ? [`Via: ${vias.join(', ')}`] : vias.map((via) => `Via: ${via}`);

    expect(refused([START, ...REQUIRED, ...lines]).kind).toBe('tooLarge');
    expect(parseMessage(bytesOf([...without('Via'), ...lines])).ok).toBe(true);
  });
});

describe('limits of what a message says', () => {
  it('refuses headers that are too long together', () => {
    const lines = Array.from({ length: 5 }, (_, index) => `X${index}: ${'x'.repeat(MAX_HEAD_LENGTH / 5)}`);

    expect(parseMessage(bytesOf([START, ...REQUIRED, ...lines.slice(1)])).ok).toBe(true);
    expect(refused([START, ...REQUIRED, ...lines])).toMatchObject({ kind: 'tooLarge', statusCode: 513 });
  });

  it('refuses a Request-URI that is too long with 414 (RFC 3261 §21.4.12)', () => {
    const start = (length: number): string => `OPTIONS sip:${'b'.repeat(length - 'sip:@h'.length)}@h SIP/2.0`;

    expect(parseMessage(bytesOf([start(MAX_URI_LENGTH - 1), ...REQUIRED])).ok).toBe(true);
    const failure = refused([start(MAX_URI_LENGTH + 1), ...REQUIRED]);
    expect(failure).toMatchObject({ kind: 'uriTooLong', statusCode: 414 });
    expect(buildRejection(failure)?.reasonPhrase).toBe('Request-URI Too Long');
  });

  it.each(['one line', 'many lines'])('refuses too many routes in %s', (form) => {
    const routes = Array.from({ length: MAX_ROUTES + 1 }, (_, index) => `<sip:p${index}.example.com;lr>`);
    const lines = (count: number): string[] =>
      form === 'one line'
        ? [`Record-Route: ${routes.slice(0, count).join(', ')}`]
        : routes.slice(0, count).map((route) => `Record-Route: ${route}`);

    expect(parsed(lines(MAX_ROUTES)).headers.all(Header.RecordRoute)).toHaveLength(MAX_ROUTES);
    expect(refused([START, ...REQUIRED, ...lines(MAX_ROUTES + 1)]).kind).toBe('tooLarge');
  });
});

describe('buildRejection — RFC 3261 §21.4.1', () => {
  it('answers what could be read', () => {
    const rejection = buildRejection(refused([...without('To'), 'To: <sip:broken']));

    expect(rejection?.statusCode).toBe(400);
    expect(rejection?.reasonPhrase).toBe('Bad Request: the To header is malformed');
    expect(rejection?.topVia.branch).toBe('z9hG4bK776asdhds');
    expect(rejection?.headers.first('To')).toBe('<sip:broken');
  });

  it('has no answer without a Via, nor for an ACK (RFC 3261 §17.1.1.3), nor for a response', () => {
    expect(buildRejection(refused(without('Via')))).toBeUndefined();
    expect(buildRejection(refused(['ACK sip:bob@biloxi.com SIP/2.0', ...REQUIRED.slice(0, 1)]))).toBeUndefined();
    expect(buildRejection(refused(['SIP/2.0 200 OK', ...REQUIRED.slice(0, 1)]))).toBeUndefined();
  });
});
