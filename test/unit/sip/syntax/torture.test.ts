import { readFileSync, readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  Header,
  type SipMessage,
  checkKnownHeaders,
  parseMessage,
  serializeMessage,
} from '../../../../src-main/sip/syntax/index.ts';
import { TORTURE } from '../../../fixtures/torture/manifest.ts';

const FOLDER = new URL('../../../fixtures/torture/', import.meta.url);
const read = (file: string): Uint8Array => readFileSync(new URL(`${file}.dat`, FOLDER));

function accepted(file: string): SipMessage {
  const parsed = parseMessage(read(file));
  if (!parsed.ok) throw new Error(parsed.error.message);
  return parsed.value;
}

function verdictOf(file: string): string {
  const parsed = parseMessage(read(file));
  if (!parsed.ok) return parsed.error.kind;
  const checked = checkKnownHeaders(parsed.value.headers);
  return checked.ok ? 'accepted' : (/the (\S+) header/.exec(checked.error.message)?.[1] ?? 'refused');
}

describe('torture messages — RFC 4475', () => {
  it.each(TORTURE)('$file (§$section) is judged $verdict', ({ file, verdict }) => {
    expect(verdictOf(file)).toBe(verdict);
  });

  it('leaves no message of the archive out', () => {
    const files = readdirSync(FOLDER).filter((file) => file.endsWith('.dat'));

    expect(files.map((file) => file.slice(0, -4)).sort()).toEqual(TORTURE.map(({ file }) => file).sort());
  });

  it.each(TORTURE.filter(({ verdict }) => verdict === 'accepted'))(
    'writes $file so that it reads the same',
    ({ file }) => {
      const message = accepted(file);

      const again = parseMessage(serializeMessage(message));

      const lines = (of: SipMessage) =>
        of.headers.entries().flatMap(({ name, value }) => (name === 'Content-Length' ? [] : [`${name}: ${value}`]));
      expect(again.ok && lines(again.value)).toEqual(lines(message));
      expect(again.ok && again.value.callId).toBe(message.callId);
      expect(again.ok && again.value.from).toEqual(message.from);
      expect(again.ok && again.value.topVia).toEqual(message.topVia);
    },
  );

  it('reads what the tortuous INVITE means (§3.1.1.1)', () => {
    const message = accepted('wsinv');

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
    const message = accepted('semiuri');

    expect(message.kind === 'request' && message.requestUri.kind === 'sip' && message.requestUri.user).toBe(
      'user;par=u@example.net',
    );
  });

  it('reads UTF-8 in a reason phrase (§3.1.1.12)', () => {
    const message = accepted('unreason');

    expect(message.kind === 'response' && message.reasonPhrase).toMatch(/^= 2\*\*3 \* 5\*\*2 но сто/);
  });

  it('drops what follows the Content-Length in a datagram (§3.1.1.8)', () => {
    expect(accepted('dblreq').body).toHaveLength(0);
  });

  it('keeps a binary body byte by byte (§3.1.1.11)', () => {
    expect(accepted('mpart01').body).toHaveLength(553);
  });
});
