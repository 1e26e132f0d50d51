import { describe, expect, it } from 'vitest';
import { parseSdp } from '../../../../src-main/sdp/index.ts';
import { formatUri, Header, parseMessage, type SipMessage } from '../../../../src-main/sip/syntax/index.ts';
import { TORTURE_IPV6 } from '../../../fixtures/torture-ipv6/manifest.ts';
import { linesOf, messageOf, TortureArchive, writtenAgain } from '../../../support/torture.ts';

const archive = new TortureArchive('torture-ipv6');

/** The message with the Content-Length that its body has: the one that the RFC prints is wrong in three of them. */
function withRightLength(file: string): SipMessage {
  const [head = '', body = ''] = Buffer.from(archive.read(file))
    .toString('latin1')
    .split(/(?<=\r\n\r\n)/);
  const text = head.replace(/Content-Length: \d+/, `Content-Length: ${body.length}`) + body;
  return messageOf(Buffer.from(text, 'latin1'));
}

const targetOf = (file: string) => {
  const message = archive.accepted(file);
  if (message.kind !== 'request' || message.requestUri.kind !== 'sip') throw new Error('no SIP URI');
  return message.requestUri;
};

describe('torture messages for IPv6 — RFC 5118', () => {
  it.each(TORTURE_IPV6)('$file (§$section) is judged $verdict', ({ file, verdict }) => {
    expect(archive.verdictOf(file)).toBe(verdict);
  });

  it('leaves no message of the archive out', () => {
    expect(archive.names).toEqual(TORTURE_IPV6.map(({ file }) => file).sort());
  });

  it.each(TORTURE_IPV6.filter(({ verdict }) => verdict === 'accepted'))(
    'writes $file so that it reads the same',
    ({ file }) => {
      const message = archive.accepted(file);

      const again = writtenAgain(message);

      expect(linesOf(again)).toEqual(linesOf(message));
      expect(again.topVia).toEqual(message.topVia);
    },
  );

  it('tells a port from the address where brackets do — RFC 5118 §4.3, §4.4', () => {
    expect(formatUri(targetOf('port-ambiguous'))).toBe('sip:[2001:db8::10:5070]');
    expect(targetOf('port-ambiguous').port).toBeUndefined();
    expect(targetOf('port-unambiguous').port).toBe(5070);
    expect(formatUri(targetOf('port-unambiguous'))).toBe('sip:[2001:db8::10]:5070');
  });

  it('reads received with and without brackets as the same kind of address — RFC 5118 §4.5', () => {
    const bare = archive.accepted('via-received-param-no-delim').topVia.received;
    const bracketed = archive.accepted('via-received-param-with-delim').topVia.received;

    expect(bare).toBe('2001:db8::9:255');
    expect(bracketed?.replace(/[[\]]/g, '')).toBe('2001:db8::9:255');
  });

  it('reads Via fields of both families side by side — RFC 5118 §4.7, §4.9', () => {
    const vias = archive.accepted('mult-ip-in-header').headers.all(Header.Via);

    expect(vias.map(({ sentBy }) => sentBy)).toEqual(['[2001:db8::9:1]:6050', '192.0.2.1', '[2001:db8::9:255]']);
    expect(vias[2]?.received).toBe('192.0.2.200');
    expect(archive.accepted('ipv4-mapped-ipv6').topVia.sentBy).toBe('[::ffff:192.0.2.10]:19823');
  });

  it.each([
    ['ipv6-in-sdp', 268, 251],
    ['mult-ip-in-sdp', 181, 189],
    ['ipv4-mapped-ipv6', 236, 245],
  ])(
    'reads the session description of %s, which announces %i bytes and has %i — RFC 5118 §4.6, §4.8, §4.9, RFC 3261 §18.3',
    (file, announced, actual) => {
      const printed = parseMessage(archive.read(file));
      const repaired = withRightLength(file);

      expect(printed.ok ? printed.value.body.length : printed.error.kind).toBe(
        announced > actual ? 'badContentLength' : announced,
      );
      expect(repaired.body.length).toBe(actual);
      expect(parseSdp(Buffer.from(repaired.body).toString()).ok).toBe(true);
    },
  );
});
