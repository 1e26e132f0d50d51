import { readFileSync, readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseSdp } from '../../../../src-main/sdp/index.ts';
import {
  checkKnownHeaders,
  formatUri,
  Header,
  parseMessage,
  serializeMessage,
  type SipMessage,
} from '../../../../src-main/sip/syntax/index.ts';
import { TORTURE_IPV6 } from '../../../fixtures/torture-ipv6/manifest.ts';

const FOLDER = new URL('../../../fixtures/torture-ipv6/', import.meta.url);
const read = (file: string): Uint8Array => readFileSync(new URL(`${file}.dat`, FOLDER));

function accepted(file: string): SipMessage {
  const parsed = parseMessage(read(file));
  if (!parsed.ok) throw new Error(parsed.error.message);
  return parsed.value;
}

function verdictOf(file: string): string {
  const parsed = parseMessage(read(file));
  if (!parsed.ok) return parsed.error.kind;
  return checkKnownHeaders(parsed.value.headers).ok ? 'accepted' : 'refused';
}

/** The message with the Content-Length that its body has: the one that the RFC prints is wrong in three of them. */
function withRightLength(file: string): SipMessage {
  const [head = '', body = ''] = Buffer.from(read(file))
    .toString('latin1')
    .split(/(?<=\r\n\r\n)/);
  const text = head.replace(/Content-Length: \d+/, `Content-Length: ${body.length}`) + body;
  const parsed = parseMessage(Buffer.from(text, 'latin1'));
  if (!parsed.ok) throw new Error(parsed.error.message);
  return parsed.value;
}

const targetOf = (file: string) => {
  const message = accepted(file);
  if (message.kind !== 'request' || message.requestUri.kind !== 'sip') throw new Error('no SIP URI');
  return message.requestUri;
};

describe('torture messages for IPv6 — RFC 5118', () => {
  it.each(TORTURE_IPV6)('$file (§$section) is judged $verdict', ({ file, verdict }) => {
    expect(verdictOf(file)).toBe(verdict);
  });

  it('leaves no message of the archive out', () => {
    const files = readdirSync(FOLDER).filter((file) => file.endsWith('.dat'));

    expect(files.map((file) => file.slice(0, -4)).sort()).toEqual(TORTURE_IPV6.map(({ file }) => file).sort());
  });

  it.each(TORTURE_IPV6.filter(({ verdict }) => verdict === 'accepted'))(
    'writes $file so that it reads the same',
    ({ file }) => {
      const message = accepted(file);

      const again = parseMessage(serializeMessage(message));

      const lines = (of: SipMessage) => of.headers.entries().map(({ name, value }) => `${name}: ${value}`);
      expect(again.ok && lines(again.value)).toEqual(lines(message));
      expect(again.ok && again.value.topVia).toEqual(message.topVia);
    },
  );

  it('tells a port from the address where brackets do — RFC 5118 §4.3, §4.4', () => {
    expect(formatUri(targetOf('port-ambiguous'))).toBe('sip:[2001:db8::10:5070]');
    expect(targetOf('port-ambiguous').port).toBeUndefined();
    expect(targetOf('port-unambiguous').port).toBe(5070);
    expect(formatUri(targetOf('port-unambiguous'))).toBe('sip:[2001:db8::10]:5070');
  });

  it('reads received with and without brackets as the same kind of address — RFC 5118 §4.5', () => {
    const bare = accepted('via-received-param-no-delim').topVia.received;
    const bracketed = accepted('via-received-param-with-delim').topVia.received;

    expect(bare).toBe('2001:db8::9:255');
    expect(bracketed?.replace(/[[\]]/g, '')).toBe('2001:db8::9:255');
  });

  it('reads Via fields of both families side by side — RFC 5118 §4.7, §4.9', () => {
    const vias = accepted('mult-ip-in-header').headers.all(Header.Via);

    expect(vias.map(({ sentBy }) => sentBy)).toEqual(['[2001:db8::9:1]:6050', '192.0.2.1', '[2001:db8::9:255]']);
    expect(vias[2]?.received).toBe('192.0.2.200');
    expect(accepted('ipv4-mapped-ipv6').topVia.sentBy).toBe('[::ffff:192.0.2.10]:19823');
  });

  it.each([
    ['ipv6-in-sdp', 268, 251],
    ['mult-ip-in-sdp', 181, 189],
    ['ipv4-mapped-ipv6', 236, 245],
  ])(
    'reads the session description of %s, which announces %i bytes and has %i — RFC 5118 §4.6, §4.8, §4.9, RFC 3261 §18.3',
    (file, announced, actual) => {
      const printed = parseMessage(read(file));
      const repaired = withRightLength(file);

      expect(printed.ok ? printed.value.body.length : printed.error.kind).toBe(
        announced > actual ? 'badContentLength' : announced,
      );
      expect(repaired.body.length).toBe(actual);
      expect(parseSdp(Buffer.from(repaired.body).toString()).ok).toBe(true);
    },
  );
});
