// Protected sound through two whole sessions: new keys in the middle, sequence numbers that come round, replays, and a peer that moves.
// RFC 3711 §3.3, RFC 4568 §7.1.4, RFC 4961 §4
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { MediaEngine, SessionConfig, SessionOpened, SessionStream } from '../../../../src-main/media/index.ts';
import { createDtlsIdentity, type DtlsIdentity, type DtlsRole } from '../../../../src-main/media/dtls/index.ts';
import { SrtpReceiver } from '../../../../src-main/media/srtp/index.ts';
import { CallFixture, expectOk, sessionConfig, streamTo } from '../../../support/media/call-fixture.ts';
import { longestGapMs, sine, toneAmplitude } from '../../../support/media/tone-check.ts';
import type { SentDatagram } from '../../../support/media/virtual-network.ts';

let fixture: CallFixture;
let a: MediaEngine;
let b: MediaEngine;
let at: { a: SessionOpened; b: SessionOpened };
beforeEach(async () => {
  fixture = await CallFixture.create();
  a = await fixture.engine(await fixture.writeWav('mic.wav', sine(48_000 * 2, 1004, 48_000)));
  b = await fixture.engine(undefined, fixture.file('heard.wav'));
});
afterEach(() => fixture.close());

const SUITE = 'AES_CM_128_HMAC_SHA1_80';
const key = (fill: number): string => Buffer.alloc(30, fill).toString('base64');
const device = { source: { kind: 'device' }, playsToDevice: true } as const;

/** Both ends with keys made of these numbers, or with none. */
async function setKeys(keys: readonly [ofA: number, ofB: number] | undefined): Promise<void> {
  const with_ = (own: number, other: number): Partial<SessionStream> =>
    keys ? { srtp: { suite: SUITE, localKey: key(own), remoteKey: key(other) } } : {};
  const [ofA, ofB] = keys ?? [0, 0];
  expectOk(await a.setStream(at.a.sessionId, streamTo(at.b, 'PCMU', with_(ofA, ofB))));
  expectOk(await b.setStream(at.b.sessionId, streamTo(at.a, 'PCMU', with_(ofB, ofA))));
}

async function open(keys: readonly [number, number] | undefined, config: Partial<SessionConfig> = {}): Promise<void> {
  at = {
    a: expectOk(await a.openSession(sessionConfig({ ...device, ...config }))),
    b: expectOk(await b.openSession(sessionConfig(device))),
  };
  await setKeys(keys);
}

const soundOf = ({ rtp }: SessionOpened): SentDatagram[] =>
  fixture.network.sent.filter(({ from, bytes }) => from === rtp.port && bytes.length > 100);

const opens = (fill: number, { bytes }: SentDatagram): boolean =>
  new SrtpReceiver({ suite: SUITE, keyAndSalt: Buffer.alloc(30, fill) }).unprotectRtp(bytes).ok;

async function expectWholeTone(fromMs: number, toMs: number): Promise<void> {
  const statistics = expectOk(await b.getStatistics(at.b.sessionId));
  await b.close();
  const [heard = new Int16Array(0)] = await fixture.readWav('heard.wav');
  const steady = heard.subarray(fromMs * 48, toMs * 48);
  expect(toneAmplitude(steady, 1004, 48_000)).toBeGreaterThan(7000);
  expect(longestGapMs(steady, 48_000)).toBeLessThan(2);
  expect(statistics).toMatchObject({ lostPackets: 0, srtp: { unauthenticatedPackets: 0 } });
}

describe('new keys within a call — RFC 4568 §7.1.4, RFC 3711 §3.3.1', () => {
  it('the sound goes on without a gap, the packets on their way included, and is under the new keys', async () => {
    fixture.network.delayMs = () => 40;
    await open([1, 2]);
    await fixture.run(1000);
    const before = soundOf(at.a).length;

    await setKeys([3, 4]);
    await fixture.run(1500);

    const packets = soundOf(at.a);
    expect(packets.slice(0, before).every((packet) => opens(1, packet) && !opens(3, packet))).toBe(true);
    expect(packets.slice(before).every((packet) => opens(3, packet) && !opens(1, packet))).toBe(true);
    expect(
      soundOf(at.b)
        .slice(-20)
        .every((packet) => opens(4, packet)),
    ).toBe(true);
    await expectWholeTone(500, 2300);
  });
});

describe('sequence numbers that come round — RFC 3711 §3.3.1', () => {
  it('nobody hears it', async () => {
    const position = { ssrc: 77, sequence: 65_500, timestamp: 0 };
    await open([1, 2], { resume: { sessionId: 'round', rtpPort: 40_010, position } });
    await fixture.run(2500);
    const sequences = soundOf(at.a).map(({ bytes }) => Buffer.from(bytes).readUInt16BE(2));
    expect([sequences[0], sequences.at(-1)]).toEqual([65_500, sequences.length - 37]);
    await expectWholeTone(500, 2300);
  });
});

describe('packets that come again — RFC 3711 §3.3.2', () => {
  it('are counted and not heard', async () => {
    await open([1, 2]);
    await fixture.run(1000);
    for (const packet of soundOf(at.a)) fixture.network.inject(packet);
    await fixture.run(1000);
    const { srtp, duplicatePackets } = expectOk(await b.getStatistics(at.b.sessionId));
    expect(srtp?.replayedPackets).toBeGreaterThan(45);
    expect(duplicatePackets).toBe(0);
    await expectWholeTone(500, 1900);
  });
});

describe('a stranger who knows the port before the handshake is over — RFC 5764 §5.1.1, RFC 6347 §4.1.2.7', () => {
  it('neither ends the call nor draws it to himself', async () => {
    const identityOf = () => createDtlsIdentity((sizeBytes) => fixture.runtime.randomBytes(sizeBytes));
    const [ofA, ofB] = [identityOf(), identityOf()];
    const dtlsTo = (role: DtlsRole, own: DtlsIdentity, other: DtlsIdentity): Partial<SessionStream> => ({
      dtls: { role, identity: own, remoteFingerprints: [{ hash: 'sha-256', digits: other.fingerprint }] },
    });
    at = {
      a: expectOk(await a.openSession(sessionConfig(device))),
      b: expectOk(await b.openSession(sessionConfig(device))),
    };
    // A handshake record with a message that is not even long enough to be one of its kind.
    const junk = [1, 2, 11, 12, 14, 16].map((type) =>
      Buffer.from(`16fefd00000000000001f4000d${type.toString(16).padStart(2, '0')}000001000000000000000001ff`, 'hex'),
    );
    const throwJunk = (): void => {
      for (const bytes of junk) {
        for (const { rtp } of [at.a, at.b]) fixture.network.inject({ from: 50_002, to: rtp.port, bytes, atMs: 0 });
      }
    };
    expectOk(await a.setStream(at.a.sessionId, streamTo(at.b, 'PCMU', dtlsTo('server', ofA, ofB))));
    throwJunk();
    await fixture.run(50);
    throwJunk();
    expectOk(await b.setStream(at.b.sessionId, streamTo(at.a, 'PCMU', dtlsTo('client', ofB, ofA))));
    throwJunk();
    await fixture.run(2500);
    expect(fixture.network.sent.filter(({ to }) => to === 50_002)).toEqual([]);
    await expectWholeTone(1000, 2300);
  });
});

describe('a peer that moves to another port — RFC 4961 §4', () => {
  const NEW_PORT = 50_001;
  const STRANGER = 50_002;

  /** From now on what A sends comes from elsewhere, as when a NAT has forgotten it. */
  function moveA(): void {
    const moved = new WeakSet<Uint8Array>();
    fixture.network.isLost = (packet) => {
      if (packet.from !== at.a.rtp.port || moved.has(packet.bytes)) return false;
      moved.add(packet.bytes);
      fixture.network.inject({ ...packet, from: NEW_PORT });
      return true;
    };
  }

  const targetsOfB = (): number[] =>
    soundOf(at.b)
      .slice(-10)
      .map(({ to }) => to);

  it.each([[[1, 2] as const], [undefined]])(
    'is followed when it shows that it is the same (keys: %j)',
    async (keys) => {
      await open(keys);
      await fixture.run(500);
      expect(new Set(targetsOfB())).toEqual(new Set([at.a.rtp.port]));
      moveA();
      await fixture.run(500);
      expect(new Set(targetsOfB())).toEqual(new Set([NEW_PORT]));
      expect(expectOk(await b.getStatistics(at.b.sessionId)).lostPackets).toBe(0);
    },
  );

  it.each([[[1, 2] as const], [undefined]])('a stranger is not (keys: %j)', async (keys) => {
    await open(keys);
    await fixture.run(500);
    const [example] = soundOf(at.a);
    for (let sequence = 0; sequence < 20; sequence++) {
      // All that can be seen from outside is guessed right, but for the source and its place.
      const bytes = Buffer.from(example?.bytes ?? []);
      bytes.writeUInt16BE(sequence, 2);
      bytes.writeUInt32BE(4711, 8);
      fixture.network.inject({ from: STRANGER, to: at.b.rtp.port, bytes, atMs: 0 });
      await fixture.run(20);
    }
    expect(new Set(targetsOfB())).toEqual(new Set([at.a.rtp.port]));
    const { srtp, lostPackets } = expectOk(await b.getStatistics(at.b.sessionId));
    expect(lostPackets).toBe(0);
    if (keys) expect(srtp?.unauthenticatedPackets).toBe(20);
  });
});
