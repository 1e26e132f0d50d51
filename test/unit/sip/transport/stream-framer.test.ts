import { describe, expect, it } from 'vitest';
import { MAX_MESSAGE_BYTES } from '../../../../src-main/sip/syntax/index.ts';
import { type StreamEvent, StreamFramer } from '../../../../src-main/sip/transport/index.ts';

const message = (body: string, length = body.length): string =>
  `MESSAGE sip:bob@biloxi.example.com SIP/2.0\r\nContent-Length: ${length}\r\n\r\n${body}`;

function textOf(event: StreamEvent): string {
  if (event.kind === 'message') return Buffer.from(event.bytes).toString();
  return event.kind === 'keepAlive' ? (event.isPing ? 'ping' : 'pong') : `failure: ${event.reason}`;
}

function frames(text: string, chunkBytes = text.length): string[] {
  const framer = new StreamFramer();
  const bytes = Buffer.from(text);
  const events: StreamEvent[] = [];
  for (let at = 0; at < bytes.length; at += chunkBytes)
    events.push(...framer.push(bytes.subarray(at, at + chunkBytes)));
  return events.map(textOf);
}

describe('stream framer — RFC 3261 §18.3, RFC 5626 §4.4.1', () => {
  const stream = `\r\n\r\n${message('one')}${message('')}\r\n${message('two\r\n\r\nthree')}\r\n\r\n`;
  const expected = ['pong', 'ping', message('one'), message(''), 'pong', message('two\r\n\r\nthree'), 'pong', 'ping'];

  it.each([1, 2, 3, 7, 64, 10_000])('cuts the same messages out of chunks of %i bytes', (chunkBytes) => {
    expect(frames(stream, chunkBytes)).toEqual(expected);
  });

  it('takes a missing Content-Length for 0', () => {
    const headless = 'MESSAGE sip:b@c SIP/2.0\r\nX: y\r\n\r\n';

    expect(frames(headless + message('a'))).toEqual([headless, message('a')]);
  });

  it('reads the compact and the folded Content-Length', () => {
    const compact = 'MESSAGE sip:b@c SIP/2.0\r\nl:\r\n 2\r\n\r\nab';

    expect(frames(compact)).toEqual([compact]);
  });

  it.each(['x', '-1', '1, 2', '99999999999999999999999'])('breaks at Content-Length %s and stays broken', (length) => {
    const framer = new StreamFramer();
    const bad = `MESSAGE sip:b@c SIP/2.0\r\nContent-Length: ${length}\r\n\r\n`;

    expect(framer.push(Buffer.from(bad)).map(({ kind }) => kind)).toEqual(['failure']);
    expect(framer.push(Buffer.from(message('a')))).toEqual([]);
  });

  it('breaks at contradictory lengths', () => {
    expect(frames('MESSAGE sip:b@c SIP/2.0\r\nl: 1\r\nl: 2\r\n\r\nab')[0]).toMatch(/^failure/);
  });

  it('does not collect a head without end, nor a body beyond the limit', () => {
    const framer = new StreamFramer();
    const events: StreamEvent[] = [];
    for (let sent = 0; sent <= MAX_MESSAGE_BYTES; sent += 1024) events.push(...framer.push(Buffer.alloc(1024, 'x')));

    expect(events.map(textOf)).toEqual(['failure: the head is too large']);
    expect(frames(message('', MAX_MESSAGE_BYTES))).toEqual(['failure: the message is too large']);
  });

  it('knows whether a message has begun', () => {
    const framer = new StreamFramer();

    framer.push(Buffer.from('MESSAGE'));
    const hasBegun = framer.isWithinMessage;
    framer.push(Buffer.from(message('a').slice('MESSAGE'.length)));

    expect([hasBegun, framer.isWithinMessage]).toEqual([true, false]);
  });
});
