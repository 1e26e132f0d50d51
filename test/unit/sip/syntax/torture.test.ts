import { describe, expect, it } from 'vitest';
import { Header } from '../../../../src-main/sip/syntax/index.ts';
import { TORTURE } from '../../../fixtures/torture/manifest.ts';
import { linesOf, TortureArchive, writtenAgain } from '../../../support/torture.ts';

const archive = new TortureArchive('torture');

describe('torture messages — RFC 4475', () => {
  it.each(TORTURE)('$file (§$section) is judged $verdict', ({ file, verdict }) => {
    expect(archive.verdictOf(file)).toBe(verdict);
  });

  it('leaves no message of the archive out', () => {
    expect(archive.names).toEqual(TORTURE.map(({ file }) => file).sort());
  });

  it.each(TORTURE.filter(({ verdict }) => verdict === 'accepted'))(
    'writes $file so that it reads the same',
    ({ file }) => {
      const message = archive.accepted(file);

      const again = writtenAgain(message);

      expect(linesOf(again)).toEqual(linesOf(message));
      expect(again.callId).toBe(message.callId);
      expect(again.from).toEqual(message.from);
      expect(again.topVia).toEqual(message.topVia);
    },
  );

  it('reads what the tortuous INVITE means (§3.1.1.1)', () => {
    const message = archive.accepted('wsinv');

    expect(message.to.displayName).toBeUndefined();
    expect(message.from.displayName).toBe('J Rosenberg \\"');
    expect(message.from.tag).toBe('98asjd8');
    expect(message.headers.get(Header.MaxForwards)).toBe(68);
    expect(message.headers.all(Header.Via).map((via) => via.transport)).toEqual(['UDP', 'TCP', 'UDP']);
    expect(message.headers.all(Header.Via)[0]?.sentBy).toBe('192.0.2.2');
    expect(message.headers.raw('NewFangledHeader')).toEqual(['newfangled value continued newfangled value']);
    expect(message.headers.all(Header.Route).map(String)).toEqual([
      '<sip:services.example.com;lr;unknownwith=value;unknown-no-value>',
    ]);
    expect(message.cseq).toEqual({ sequence: 9, method: 'INVITE' });
  });

  it('keeps a user with a semicolon as it is (§3.1.1.9)', () => {
    const message = archive.accepted('semiuri');

    expect(message.kind === 'request' && message.requestUri.kind === 'sip' && message.requestUri.user).toBe(
      'user;par=u@example.net',
    );
  });

  it('reads UTF-8 in a reason phrase (§3.1.1.12)', () => {
    const message = archive.accepted('unreason');

    expect(message.kind === 'response' && message.reasonPhrase).toMatch(/^= 2\*\*3 \* 5\*\*2 но сто/);
  });

  it('drops what follows the Content-Length in a datagram (§3.1.1.8)', () => {
    expect(archive.accepted('dblreq').body).toHaveLength(0);
  });

  it('keeps a binary body byte by byte (§3.1.1.11)', () => {
    expect(archive.accepted('mpart01').body).toHaveLength(553);
  });
});
