// Sound under keys of a handshake: nothing before it, everything after it, and on in another process. RFC 5763 §5, §6.6, RFC 5764 §5.1.
import { describe, expect, it } from 'vitest';
import { createDtlsIdentity, type DtlsIdentity } from '../../../../src-main/media/dtls/index.ts';
import type { SessionResume, SessionStream } from '../../../../src-main/media/session/index.ts';
import { SecurePath } from '../../../../src-main/media/session/secure-path.ts';
import { FakeRuntime } from '../../../support/fake-runtime.ts';

const runtime = new FakeRuntime();
const identity = (): DtlsIdentity => createDtlsIdentity((sizeBytes) => runtime.randomBytes(sizeBytes));
const PLACE = { address: '192.0.2.1', port: 4000 };

function streamOf(role: 'client' | 'server', own: DtlsIdentity, remote: DtlsIdentity): SessionStream {
  return {
    remoteRtp: PLACE,
    remoteRtcp: PLACE,
    direction: 'sendReceive',
    codecs: [{ name: 'PCMU', payloadType: 0, clockRateHz: 8000, packetMs: 20, remoteParameters: {} }],
    dtls: { role, identity: own, remoteFingerprints: [{ hash: 'sha-256', digits: remote.fingerprint }] },
  };
}

function packet(sequence: number): Buffer {
  const bytes = Buffer.alloc(172, 0x5a);
  bytes.writeUInt16BE(0x8000, 0);
  bytes.writeUInt16BE(sequence, 2);
  bytes.writeUInt32BE(77, 8);
  return bytes;
}

interface End {
  path: SecurePath;
  /** Packets as they were before they were protected. */
  readonly heard: (Buffer | undefined)[];
  readonly sent: Buffer[];
  suite?: string;
  failure?: string;
}

const isHandshake = (bytes: Uint8Array): boolean => (bytes[0] ?? 0) < 64;

/** A path whose datagrams reach `other` after 5 ms. */
function open(resume: SessionResume | undefined, other: () => End | undefined): End {
  const sent: Buffer[] = [];
  const deliver = (bytes: Uint8Array): void => {
    const copy = Buffer.from(bytes);
    sent.push(copy);
    runtime.setTimer(5, () => {
      const there = other();
      if (isHandshake(copy)) there?.path.receiveDtls(copy);
      else if (there) there.heard.push(there.path.receiveRtp(copy) as Buffer | undefined);
    });
  };
  const end: End = {
    heard: [],
    sent,
    path: new SecurePath({
      runtime,
      resume,
      sockets: () => ({ sendRtp: deliver, sendRtcp: deliver }),
      onAgreed: ({ suite }) => (end.suite = suite),
      onFailed: (message) => (end.failure = message),
    }),
  };
  return end;
}

function pair() {
  const [ours, theirs] = [identity(), identity()];
  const ends: { client?: End; server?: End } = {};
  const client = (ends.client = open(undefined, () => ends.server));
  const server = (ends.server = open(undefined, () => ends.client));
  const begin = (): void => {
    server.path.setStream(streamOf('server', theirs, ours));
    client.path.setStream(streamOf('client', ours, theirs));
  };
  return { client, server, ends, ours, theirs, begin };
}

const ignore = (): void => {};

describe('sound under keys of a handshake, RFC 5764 §5.1', () => {
  it('waits for them: nothing goes out and nothing is believed before', async () => {
    const { client, server, begin } = pair();
    begin();
    client.path.sendRtp(packet(1), ignore);
    expect(client.sent.every(isHandshake)).toBe(true);
    expect(server.path.receiveRtp(packet(1))).toBeUndefined();
    await runtime.advance(500);
    expect(client.suite).toBe('AEAD_AES_256_GCM');
    expect(server.suite).toBe(client.suite);
  });

  it('then goes both ways, and what was not protected is dropped', async () => {
    const { client, server, begin } = pair();
    begin();
    await runtime.advance(500);
    client.path.sendRtp(packet(2), ignore);
    server.path.sendRtp(packet(3), ignore);
    await runtime.advance(20);
    expect(server.heard).toEqual([packet(2)]);
    expect(client.heard).toEqual([packet(3)]);
    expect(client.path.receiveRtp(packet(4))).toBeUndefined();
    expect(client.path.failures).toEqual({ unauthenticatedPackets: 1, replayedPackets: 0 });
  });

  it('a greeting that was faster than the answer is not lost', async () => {
    const { client, server, ours, theirs } = pair();
    client.path.setStream(streamOf('client', ours, theirs));
    await runtime.advance(50);
    server.path.setStream(streamOf('server', theirs, ours));
    await runtime.advance(100);
    expect(server.suite).toBeDefined();
  });

  it('goes on in another process without a handshake, and uses no number twice, RFC 5763 §6.6', async () => {
    const { client, server, ends, ours, theirs, begin } = pair();
    begin();
    await runtime.advance(500);
    client.path.sendRtp(packet(10), ignore);
    const resume: SessionResume = { sessionId: 's', rtpPort: 4000, ...client.path.position };
    const again = (ends.client = open(resume, () => ends.server));
    again.path.setStream(streamOf('client', ours, theirs));
    again.path.sendRtp(packet(10), ignore);
    again.path.sendRtp(packet(11), ignore);
    server.path.sendRtp(packet(12), ignore);
    await runtime.advance(20);
    expect(again.sent.some(isHandshake)).toBe(false);
    expect(server.heard).toEqual([packet(10), packet(11)]);
    expect(again.heard).toEqual([packet(12)]);
  });

  it('a new certificate of the peer means a new handshake, the same one means none, RFC 5763 §6.6', async () => {
    const { client, server, ours, theirs, begin } = pair();
    begin();
    await runtime.advance(500);
    const before = client.sent.length;
    begin();
    await runtime.advance(100);
    expect(client.sent.length).toBe(before);
    const other = identity();
    server.path.setStream(streamOf('server', other, ours));
    client.path.setStream(streamOf('client', ours, other));
    await runtime.advance(500);
    client.path.sendRtp(packet(20), ignore);
    await runtime.advance(20);
    expect(server.heard).toEqual([packet(20)]);
    expect(theirs.fingerprint).not.toBe(other.fingerprint);
  });

  it('who shows another certificate is refused, and nothing is sent', async () => {
    const { client, server, ours, theirs } = pair();
    server.path.setStream(streamOf('server', theirs, ours));
    client.path.setStream(streamOf('client', ours, identity()));
    await runtime.advance(500);
    expect(client.failure).toContain('certificate');
    client.path.sendRtp(packet(30), ignore);
    expect(client.sent.every(isHandshake)).toBe(true);
  });
});
