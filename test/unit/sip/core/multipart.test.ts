import { describe, expect, it } from 'vitest';
import { bodyOf, sessionBodyOf } from '../../../../src-main/sip/core/body.ts';
import { findSessionPart, splitParts } from '../../../../src-main/sip/core/multipart.ts';
import { checkRequest } from '../../../../src-main/sip/core/uas-checks.ts';
import { requestOf } from '../../../support/message-builders.ts';

const part = (contentType: string, content: string, ...headers: string[]): string =>
  [`Content-Type: ${contentType}`, ...headers, '', content].join('\r\n');
const SDP = part('application/sdp', 'v=0');
const multipart = (boundary: string, ...parts: string[]): string =>
  [...parts.map((text) => `--${boundary}\r\n${text}\r\n`), `--${boundary}--\r\n`].join('');

const invite = (type: string, body: string) =>
  requestOf({ method: 'INVITE', body, headers: [['Content-Type', `multipart/${type};boundary="b 1"`]] });
const check = (type: string, body: string) =>
  checkRequest(invite(type, body), { allowedMethods: ['INVITE'], isMerged: false });

describe('a body of several parts — RFC 5621 §3, §3.1, §4, RFC 2046 §5.1', () => {
  it('hands out the session description among parts that may be ignored', () => {
    const body = multipart('b 1', part('text/plain', 'hello', 'Content-Disposition: render;handling=optional'), SDP);

    expect(check('mixed', body)).toBeUndefined();
    expect(bodyOf(invite('mixed', body))).toMatchObject({ contentType: 'application/sdp' });
    expect(Buffer.from(bodyOf(invite('mixed', body))!.bytes).toString()).toBe('v=0');
  });

  it('is refused with 415 and Accept when a part that must be understood is not', () => {
    const refused = check('mixed', multipart('b 1', SDP, part('application/x-unknown', 'x')));

    expect(refused?.statusCode).toBe(415);
    expect(refused?.headers).toContainEqual(['Accept', 'application/sdp, multipart/mixed, multipart/alternative']);
  });

  it('takes of alternatives the last that it can read, at any depth', () => {
    const alternatives = multipart('c', part('text/plain', 'x'), SDP, part('application/x-better', 'y'));
    const nested = multipart('b 1', part('multipart/alternative;boundary=c', alternatives));

    expect(check('mixed', nested)).toBeUndefined();
    expect(Buffer.from(bodyOf(invite('mixed', nested))!.bytes).toString()).toBe('v=0');
    expect(check('alternative', multipart('b 1', part('application/x-better', 'y')))?.statusCode).toBe(415);
  });

  it('is no offer when the description is not meant for the session — RFC 3261 §20.11', () => {
    const early = part('application/sdp', 'v=0', 'Content-Disposition: icon;handling=optional');

    expect(check('mixed', multipart('b 1', early))).toBeUndefined();
    expect(bodyOf(invite('mixed', multipart('b 1', early)))?.contentType).toContain('multipart/mixed');
  });

  it('is no offer when it is of another kind and may be ignored — RFC 3261 §20.11', () => {
    const headers = [
      ['Content-Type', 'text/plain'],
      ['Content-Disposition', 'render;handling=optional'],
    ] as const;

    expect(sessionBodyOf(requestOf({ method: 'INVITE', body: 'hello', headers }))).toBeUndefined();
    expect(sessionBodyOf(invite('mixed', multipart('b 1', SDP)))).toMatchObject({ contentType: 'application/sdp' });
  });

  it('is refused with 400 when it is torn, without end, too deep or has too many parts — RFC 2046 §5.1.1', () => {
    expect(check('mixed', 'no boundary')?.statusCode).toBe(400);
    expect(check('mixed', `--b 1\r\n${SDP}\r\n`)?.statusCode).toBe(400);
    expect(splitParts(Buffer.from(multipart('b', ...Array.from({ length: 33 }, () => SDP))), 'b')).toBeUndefined();
    expect(splitParts(Buffer.from(multipart('b', ...Array.from({ length: 32 }, () => SDP))), 'b')).toHaveLength(32);

    let deep = SDP;
    for (const boundary of ['d', 'c', 'b', 'a'])
      deep = part(`multipart/mixed;boundary=${boundary}`, multipart(boundary, deep));
    expect(check('mixed', multipart('b 1', deep))?.statusCode).toBe(400);
  });

  it('keeps a boundary in the middle of a line as content, and a part without headers as text', () => {
    const parts = splitParts(Buffer.from('preamble\r\n--b\r\n\r\nx--b y\r\n--b--'), 'b');

    expect(parts).toMatchObject([{ contentType: 'text/plain' }]);
    expect(Buffer.from(parts![0]!.bytes).toString()).toBe('x--b y');
    expect(findSessionPart({ contentType: 'nonsense', bytes: Buffer.from('') }, 'application/sdp').kind).toBe(
      'malformed',
    );
  });
});
