import { describe, expect, it } from 'vitest';
import { InvariantError } from '../../../../src-main/base/result.ts';
import {
  Header,
  REASON_PHRASES,
  buildRequest,
  buildResponse,
  parseMessage,
  reasonPhraseOf,
  serializeMessage,
} from '../../../../src-main/sip/syntax/index.ts';
import { addressOf, requestOf, uriOf } from '../../../support/message-builders.ts';

const textOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString();

describe('buildRequest — RFC 3261 §8.1.1', () => {
  it('writes the headers that every request has, Max-Forwards 70 among them (RFC 3261 §8.1.1.6)', () => {
    const request = buildRequest({
      method: 'INVITE',
      requestUri: uriOf('sip:bob@biloxi.com'),
      from: addressOf('sip:alice@atlanta.com', 'Alice').withTag('1'),
      to: addressOf('sip:bob@biloxi.com'),
      callId: 'a@b',
      cseq: 1,
      branch: 'z9hG4bK1',
      routes: [addressOf('sip:proxy.example.com;lr')],
      contact: addressOf('sip:alice@192.0.2.1'),
      headers: [['Subject', 'Grüße']],
      contentType: 'application/sdp',
      body: 'v=0\r\n',
    });

    expect(textOf(serializeMessage(request)).split('\r\n')).toEqual([
      'INVITE sip:bob@biloxi.com SIP/2.0',
      'Via: SIP/2.0/UDP 0.0.0.0;branch=z9hG4bK1',
      'Route: <sip:proxy.example.com;lr>',
      'Max-Forwards: 70',
      'From: "Alice" <sip:alice@atlanta.com>;tag=1',
      'To: <sip:bob@biloxi.com>',
      'Call-ID: a@b',
      'CSeq: 1 INVITE',
      'Contact: <sip:alice@192.0.2.1>',
      'Subject: Grüße',
      'Content-Type: application/sdp',
      'Content-Length: 5',
      '',
      'v=0',
      '',
    ]);
  });

  it('gives a copy with another target its own headers', () => {
    const request = requestOf();
    const copy = request.withRequestUri(uriOf('sip:carol@chicago.com'));

    copy.headers.append('X', 'y');

    expect(request.headers.has('X')).toBe(false);
    expect([copy.method, copy.callId]).toEqual([request.method, request.callId]);
  });
});

describe('buildResponse — RFC 3261 §8.2.6', () => {
  it('copies every Via in order, From, To, Call-ID and CSeq (RFC 3261 §8.2.6.2)', () => {
    const request = requestOf();
    request.headers.append('Via', 'SIP/2.0/TCP second.example.com;branch=z9hG4bK2');

    const response = buildResponse(request, 486, undefined, { toTag: 'x', headers: [['Retry-After', '5']] });

    expect(response.reasonPhrase).toBe('Busy Here');
    expect(response.headers.raw('Via')).toEqual(request.headers.raw('Via'));
    expect(response.to.tag).toBe('x');
    expect([response.from, response.callId, response.cseq]).toEqual([request.from, request.callId, request.cseq]);
    expect(response.headers.get(Header.RetryAfter)?.delaySec).toBe(5);
    expect(request.to.tag).toBeUndefined();
  });

  it('leaves a To tag that is there, and a 100 without one (RFC 3261 §8.2.6.2)', () => {
    const inDialog = requestOf();
    inDialog.headers.put(Header.To, inDialog.to.withTag('old'));

    expect(buildResponse(inDialog, 200, 'OK', { toTag: 'new' }).to.tag).toBe('old');
    expect(buildResponse(requestOf(), 100, 'Trying', { toTag: 'new' }).to.tag).toBeUndefined();
  });

  it('returns the Timestamp in a 100 (RFC 3261 §8.2.6.1)', () => {
    const request = requestOf({ headers: [['Timestamp', '54']] });

    expect(buildResponse(request, 100).headers.first('Timestamp')).toBe('54');
    expect(buildResponse(request, 200).headers.has('Timestamp')).toBe(false);
  });

  it('has a phrase for every code (RFC 3261 §21)', () => {
    expect(reasonPhraseOf(200)).toBe(REASON_PHRASES[200]);
    expect(reasonPhraseOf(499)).toBe('Bad Request');
    expect(reasonPhraseOf(999)).toBe('Unknown');
  });
});

describe('serializeMessage — RFC 3261 §7, RFC 3261 §20.14', () => {
  it('writes the Content-Length that is true', () => {
    const request = requestOf({ body: 'Grüße', headers: [['Content-Length', '99']] });

    const text = textOf(serializeMessage(request));

    expect(text.match(/Content-Length: \d+/g)).toEqual(['Content-Length: 7']);
  });

  it.each(['a\r\nVia: evil', 'a\nb', 'a\0b'])('throws at %j in a value, which is our own fault', (value) => {
    expect(() => serializeMessage(requestOf({ headers: [['Subject', value]] }))).toThrow(InvariantError);
    expect(() => serializeMessage(buildResponse(requestOf(), 200, value))).toThrow(InvariantError);
    expect(() => serializeMessage(requestOf({ headers: [[value, 'x']] }))).toThrow(InvariantError);
  });

  it('is read back the same', () => {
    const request = requestOf({ body: 'x', headers: [['X-Strange', 'a;b,c']] });

    const again = parseMessage(serializeMessage(request));

    expect(again.ok && textOf(serializeMessage(again.value))).toBe(textOf(serializeMessage(request)));
  });

  it('asks for a header that was removed only by our own fault', () => {
    const request = requestOf();
    request.headers.remove('Via');

    expect(() => request.topVia).toThrow(InvariantError);
  });
});
