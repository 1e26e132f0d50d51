// Test vectors of RFC 5769, and what we write ourselves. RFC 8445 §16.1, RFC 8489 §5, §6.3.1, §14, §14.2, §14.5, §14.7, §14.8, §14.10.
import { describe, expect, it } from 'vitest';
import { crc32 } from '../../../../src-main/media/nat/crc32.ts';
import { buildError } from '../../../../src-main/media/nat/check-messages.ts';
import {
  Attribute,
  bigNumberOf,
  canonicalAddress,
  errorCodeOf,
  mappedAddress,
  mappedAddressOf,
  numberOf,
  textOf,
  unknownTypes,
  valueOf,
} from '../../../../src-main/media/nat/stun-attributes.ts';
import {
  BINDING,
  buildStun,
  isAuthentic,
  parseStun,
  type ReceivedStun,
} from '../../../../src-main/media/nat/stun-message.ts';

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(/\s/g, ''), 'hex');
const HEADER = '2112a442 b7e7a701bc34d686fa87dfae';
const REQUEST = hex(`00010058 ${HEADER} 80220010 5354554e207465737420636c69656e74 00240004 6e0001ff
  80290008 932ff9b151263b36 00060009 6576746a3a68367659202020 00080014 9aeaa70cbfd8cb56781ef2b5b2d3f249c1b571a2
  80280004 e57a3bcf`);
const IPV4_ANSWER = hex(`0101003c ${HEADER} 8022000b 7465737420766563746f7220 00200008 0001a147e112a643
  00080014 2b91f599fd9e90c38c7489f92af9ba53f06be7d7 80280004 c07d4c96`);
const IPV6_ANSWER = hex(`01010048 ${HEADER} 8022000b 7465737420766563746f7220
  00200014 0002a1470113a9faa5d3f179bc25f4b5bed2b9d9 00080014 a382954e4be67bf11784c97c8292c275bfe3ed41
  80280004 c8fb0b4c`);
const PASSWORD = 'VOkJxbRl1RmTxUk/WvJxBt';

function parsed(bytes: Uint8Array): ReceivedStun {
  const message = parseStun(bytes);
  if (!message) throw new Error('no STUN message');
  return message;
}

describe('STUN messages (RFC 8489 §5, §14)', () => {
  it('reads the request of RFC 5769 §2.1', () => {
    const message = parsed(REQUEST);

    expect(message).toMatchObject({ kind: 'request', method: BINDING, hasFingerprint: true });
    expect(textOf(message, Attribute.software)).toBe('STUN test client');
    expect(textOf(message, Attribute.username)).toBe('evtj:h6vY');
    expect(numberOf(message, Attribute.priority)).toBe(0x6e0001ff);
    expect(bigNumberOf(message, Attribute.iceControlled)).toBe(0x932ff9b151263b36n);
    expect(isAuthentic(message, PASSWORD)).toBe(true);
    expect(isAuthentic(message, `${PASSWORD}x`)).toBe(false);
  });

  it('reads the answers of RFC 5769 §2.2 and §2.3', () => {
    expect(mappedAddressOf(parsed(IPV4_ANSWER))).toEqual({ address: '192.0.2.1', port: 32853 });
    const address = '2001:db8:1234:5678:11:2233:4455:6677';
    expect(mappedAddressOf(parsed(IPV6_ANSWER))).toEqual({ address, port: 32853 });
    for (const answer of [IPV4_ANSWER, IPV6_ANSWER]) expect(isAuthentic(parsed(answer), PASSWORD)).toBe(true);
  });

  it('refuses a message of which one byte is another (RFC 8489 §14.7)', () => {
    for (let at = 0; at < REQUEST.length; at++) {
      const damaged = REQUEST.with(at, (REQUEST[at] ?? 0) ^ 1);
      const message = parseStun(damaged);
      expect(!message?.hasFingerprint, `byte ${at}`).toBe(true);
    }
  });

  it('passes over what stands behind the proof (RFC 8489 §14.5)', () => {
    const proven = buildStun(
      { kind: 'request', method: BINDING, transactionId: new Uint8Array(12), attributes: [] },
      'key',
      false,
    );
    const added = Buffer.concat([proven, hex('00250000')]);
    added.writeUInt16BE(added.length - 20, 2);

    expect(valueOf(parsed(added), Attribute.useCandidate)).toBeUndefined();
    expect(isAuthentic(parsed(added), 'key')).toBe(true);
  });

  it.each(['192.0.2.9', '2001:db8::1', '::1', '::ffff:192.0.2.1', 'fe80::1%eth0'])(
    'writes %s as it reads it',
    (address) => {
      const transactionId = Uint8Array.from({ length: 12 }, (_, at) => at * 7);
      const attributes = [mappedAddress({ address, port: 40_001 }, transactionId)];
      const message = parsed(buildStun({ kind: 'success', method: BINDING, transactionId, attributes }, 'key'));

      expect(mappedAddressOf(message)).toEqual({ address: canonicalAddress(address), port: 40_001 });
      expect(isAuthentic(message, 'key')).toBe(true);
    },
  );

  it('writes errors and what was not understood (RFC 8489 §6.3.1, §14.8, §14.10)', () => {
    const request = { kind: 'request', method: BINDING, transactionId: new Uint8Array(12) } as const;
    const odd = parsed(buildStun({ ...request, attributes: [{ type: 0x7ff0, value: new Uint8Array(3) }] }));
    expect(unknownTypes(odd)).toEqual([0x7ff0]);
    const error = parsed(buildError(odd, 420, 'key', unknownTypes(odd)));

    expect(error.kind).toBe('error');
    expect(errorCodeOf(error)).toBe(420);
    expect(valueOf(error, Attribute.unknownAttributes)).toEqual(hex('7ff0'));
  });

  it('refuses more than 32 attributes', () => {
    const request = { kind: 'request', method: BINDING, transactionId: new Uint8Array(12) } as const;
    const attributes = Array.from({ length: 33 }, () => ({ type: 0x8022, value: new Uint8Array(4) }));
    expect(parseStun(buildStun({ ...request, attributes: attributes.slice(1) }, undefined, false))).toBeDefined();
    expect(parseStun(buildStun({ ...request, attributes }, undefined, false))).toBeUndefined();
  });

  it('keeps kind and method apart', () => {
    for (const kind of ['request', 'indication', 'success', 'error'] as const) {
      for (const method of [1, 3, 9, 0xfff]) {
        const message = parsed(buildStun({ kind, method, transactionId: new Uint8Array(12), attributes: [] }));
        expect([message.kind, message.method]).toEqual([kind, method]);
      }
    }
  });

  it('has the checksum that everybody has', () => {
    expect(crc32(Buffer.from('123456789'))).toBe(0xcbf43926);
  });
});
