// Keys by handshake on the media path: agreed, on bad lines, refused when the certificate is another's. RFC 5763, RFC 5764, RFC 6347.
import { X509Certificate } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createDtlsIdentity } from '../../../../src-main/media/dtls/index.ts';
import {
  fragmentsOf,
  HandshakeAssembler,
  type HandshakeMessage,
} from '../../../../src-main/media/dtls/handshake-message.ts';
import { EphemeralKey } from '../../../../src-main/media/dtls/key-exchange.ts';
import { formatRecord, readRecords } from '../../../../src-main/media/dtls/record.ts';
import { FakeRuntime } from '../../../support/fake-runtime.ts';
import { dtlsPair, type DtlsSide } from '../../../support/media/dtls-pair.ts';

function expectAgreement(client: DtlsSide, server: DtlsSide): void {
  expect(client.failure).toBeUndefined();
  expect(server.failure).toBeUndefined();
  expect(client.agreed).toBeDefined();
  expect(client.agreed).toEqual({
    suite: server.agreed?.suite,
    localKey: server.agreed?.remoteKey,
    remoteKey: server.agreed?.localKey,
  });
}

describe('the certificate that we show, RFC 5280 §4.1, RFC 8122 §5', () => {
  it('is one that others can read, with a positive serial number and no end, RFC 5280 §4.1.2.2, §4.1.2.5', () => {
    const runtime = new FakeRuntime();
    const identity = createDtlsIdentity((sizeBytes) => runtime.randomBytes(sizeBytes));
    const certificate = new X509Certificate(Buffer.from(identity.certificate, 'base64'));
    expect(certificate.verify(certificate.publicKey)).toBe(true);
    expect(certificate.validTo).toContain('9999');
    expect(certificate.serialNumber).toMatch(/^[4-7]/);
    expect(certificate.fingerprint256).toBe(identity.fingerprint);
    expect(certificate.subject).toBe('CN=phone');
  });
});

describe('a handshake, RFC 6347 §4.2, RFC 5764 §4.1', () => {
  it('gives both sides the same keys for the strongest profile, RFC 5764 §3, §4.1.2, §4.2, RFC 4145 §4', async () => {
    const { runtime, client, server } = dtlsPair();
    await runtime.advance(1000);
    expectAgreement(client, server);
    expect(client.agreed?.suite).toBe('AEAD_AES_256_GCM');
    expect(Buffer.from(client.agreed?.localKey ?? '', 'base64')).toHaveLength(44);
    expect(runtime.pendingTimers).toBe(0);
  });

  it('refuses a point that is not on the curve, RFC 8422 §5.10', () => {
    const key = EphemeralKey.create(23);
    expect(key?.sharedWith(Buffer.concat([Buffer.from([4]), Buffer.alloc(64, 1)]))).toBeUndefined();
    expect(EphemeralKey.create(29)).toBeUndefined();
  });

  it('answers a first greeting with no more than a cookie, RFC 6347 §4.2.1', async () => {
    const { runtime, client, server } = dtlsPair({
      deliver: (datagram, from, count) => (from === 'client' && count > 1 ? [] : [datagram]),
    });
    await runtime.advance(100);
    expect(server.sent).toHaveLength(1);
    expect(server.sent[0]?.length).toBeLessThan(client.sent[0]?.length ?? 0);
  });

  it.each([1, 2, 3, 4, 5])('gets over the loss of the %i. datagram of either side, RFC 6347 §4.2.4', async (lost) => {
    for (const loser of ['client', 'server']) {
      const { runtime, client, server } = dtlsPair({
        deliver: (datagram, from, count) => (from === loser && count === lost ? [] : [datagram]),
      });
      await runtime.advance(3000);
      expectAgreement(client, server);
    }
  });

  it('gets over lines that lose, repeat and turn round at random', async () => {
    for (let seed = 1; seed <= 20; seed++) {
      const chance = new FakeRuntime(seed);
      const { runtime, client, server } = dtlsPair({
        deliver: (datagram) => {
          const dice = chance.random();
          return dice < 0.3 ? [] : dice < 0.5 ? [datagram, datagram] : [datagram];
        },
      });
      await runtime.advance(20_000);
      expectAgreement(client, server);
    }
  });

  it('repeats after 250 ms, then twice as late each time, and gives up, RFC 6347 §4.2.4.1', async () => {
    const { runtime, client } = dtlsPair({ deliver: () => [] });
    await runtime.advance(1800);
    expect(client.sent).toHaveLength(4);
    await runtime.advance(30_000);
    expect(client.failure?.kind).toBe('timedOut');
    expect(runtime.pendingTimers).toBe(0);
  });

  it('says good-bye when it is closed and hears nothing any more, RFC 5246 §7.2', async () => {
    const { runtime, client, server } = dtlsPair();
    await runtime.advance(1000);
    const before = client.sent.length;
    client.endpoint.close();
    expect(client.sent).toHaveLength(before + 1);
    client.endpoint.receive(server.sent[1] ?? Buffer.alloc(0));
    expect(client.sent).toHaveLength(before + 1);
  });
});

describe('who is not who the signalling says, RFC 5763 §5', () => {
  const stranger = 'AA:'.repeat(31) + 'AA';

  it('a server is refused', async () => {
    const { runtime, client } = dtlsPair({ fingerprintOfServer: stranger });
    await runtime.advance(1000);
    expect(client.failure?.kind).toBe('wrongCertificate');
    expect(client.agreed).toBeUndefined();
  });

  it('a client is refused', async () => {
    const { runtime, server } = dtlsPair({ fingerprintOfClient: stranger });
    await runtime.advance(1000);
    expect(server.failure?.kind).toBe('wrongCertificate');
    expect(server.agreed).toBeUndefined();
  });

  it('a stranger in the middle who shows the right certificate without its key is refused, RFC 5246 §7.4.8, RFC 8422 §5.4', async () => {
    // One bit of the fresh key of the server is another: what a middleman would have to change.
    const { runtime, client } = dtlsPair({
      deliver: (datagram, from) => {
        const at = from === 'server' ? keyExchangeAt(datagram) : -1;
        if (at < 0) return [datagram];
        datagram.writeUInt8(datagram.readUInt8(at + 40) ^ 1, at + 40);
        return [datagram];
      },
    });
    await runtime.advance(1000);
    expect(client.failure?.kind).toBe('wrongProof');
  });

  it('who changes what was greeted is found out, RFC 5246 §7.4.9', async () => {
    const { runtime, client, server } = dtlsPair({
      // The strongest profile is taken out of the greeting on its way.
      deliver: (datagram, from) => {
        const at = from === 'client' ? datagram.indexOf(Buffer.from('000800080007', 'hex')) : -1;
        if (at >= 0) datagram.writeUInt16BE(0x7777, at + 2);
        return [datagram];
      },
    });
    await runtime.advance(3000);
    expect(client.agreed ?? server.agreed).toBeUndefined();
    expect(server.failure?.kind).toBe('wrongProof');
  });
});

describe('what a stranger throws in, RFC 6347 §4.1.2.7', () => {
  /** A whole message in a record that nothing protects. */
  const thrown = (type: number, sequence: number, body: Buffer): Buffer =>
    Buffer.concat(
      fragmentsOf({ type, sequence, body }).map((fragment) =>
        formatRecord({ type: 22, epoch: 0, sequence: 500, body: fragment }),
      ),
    );
  const TYPES = [0, 1, 2, 3, 4, 11, 12, 13, 14, 15, 16, 20, 99];

  it.each(TYPES)('a malformed message of type %i is passed over at every place of the handshake', async (type) => {
    for (let sequence = 0; sequence < 7; sequence++) {
      for (const victim of ['client', 'server'] as const) {
        const { runtime, client, server } = dtlsPair({
          deliver: (datagram, from) =>
            from === victim ? [datagram] : [thrown(type, sequence, Buffer.from('ff', 'hex')), datagram],
        });
        await runtime.advance(8000);
        expectAgreement(client, server);
      }
    }
  });

  it('is counted, and nothing is answered', async () => {
    const { runtime, client, server } = dtlsPair({ deliver: () => [] });
    await runtime.advance(10);
    const before = [client.sent.length, server.sent.length];
    client.endpoint.receive(thrown(16, 0, Buffer.alloc(9)));
    server.endpoint.receive(thrown(1, 0, Buffer.alloc(3)));
    expect([client.endpoint.passedOverMessages, server.endpoint.passedOverMessages]).toEqual([1, 1]);
    expect([client.sent.length, server.sent.length]).toEqual(before);
    expect(client.failure ?? server.failure).toBeUndefined();
  });

  it('a piece of a message that never was does not stand in the way of the true one', async () => {
    const piece = fragmentsOf({ type: 2, sequence: 1, body: Buffer.alloc(3000) })[0] ?? Buffer.alloc(0);
    const { runtime, client, server } = dtlsPair();
    client.endpoint.receive(formatRecord({ type: 22, epoch: 0, sequence: 500, body: piece }));
    await runtime.advance(1000);
    expectAgreement(client, server);
  });
});

/** Where the message with the server's fresh key begins in a datagram. RFC 6347 §4.2.2 */
function keyExchangeAt(datagram: Buffer): number {
  let at = 0;
  for (const { body } of readRecords(datagram)) {
    if (body[0] === 12) return at + 13;
    at += 13 + body.length;
  }
  return -1;
}

describe('pieces, RFC 6347 §4.1, §4.2.3', () => {
  it('a long message comes whole out of fragments in any order, twice or overlapping, RFC 6347 §4.1.1.1', () => {
    const body = Buffer.alloc(5000).map((_, at) => at & 0xff);
    const fragments = fragmentsOf({ type: 11, sequence: 0, body });
    expect(fragments).toHaveLength(5);
    const assembler = new HandshakeAssembler();
    const whole: HandshakeMessage[] = [];
    const take = (message: HandshakeMessage): boolean => whole.push(message) > 0;
    for (const at of [4, 1, 1, 3, 0, 2]) assembler.receive(fragments[at] ?? Buffer.alloc(0), take);
    expect(whole).toEqual([{ type: 11, sequence: 0, body }]);
    expect(assembler.receive(fragments[0] ?? body, take)).toBe(true);
  });

  it('what claims to be longer than any handshake takes no memory', () => {
    const huge = Buffer.from('0bffffff0000000000000001' + '00', 'hex');
    const taken: HandshakeMessage[] = [];
    new HandshakeAssembler().receive(huge, (message) => taken.push(message) > 0);
    expect(taken).toEqual([]);
  });

  it('a record that is cut off is passed over, and those before it are not, RFC 6347 §4.1.2.7', () => {
    const record = { type: 22, epoch: 0, sequence: 5, body: Buffer.from('abc') };
    const bytes = formatRecord(record);
    expect(readRecords(Buffer.concat([bytes, bytes.subarray(0, 10)]))).toEqual([record]);
  });
});
