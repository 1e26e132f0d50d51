// Two whole sessions that look for their way: nothing before it is found, sound and handshakes on it, and a peer that vanishes.
// RFC 8445 §5.1.1.1, §9, RFC 8839 §4.4, RFC 7983 §7, RFC 7675 §5.1
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  localCandidates,
  type MediaEngine,
  type SessionOpened,
  type SessionStream,
} from '../../../../src-main/media/index.ts';
import { createDtlsIdentity } from '../../../../src-main/media/dtls/index.ts';
import { datagramKind } from '../../../../src-main/media/rtp/index.ts';
import { CallFixture, expectOk, sessionConfig, streamTo } from '../../../support/media/call-fixture.ts';
import { sine, toneAmplitude } from '../../../support/media/tone-check.ts';

let fixture: CallFixture;
let a: MediaEngine;
let b: MediaEngine;
let at: { a: SessionOpened; b: SessionOpened };
beforeEach(async () => {
  fixture = await CallFixture.create();
  a = await fixture.engine(await fixture.writeWav('mic.wav', sine(48_000 * 3, 1004, 48_000)));
  b = await fixture.engine(undefined, fixture.file('heard.wav'));
  at = {
    a: expectOk(await a.openSession(sessionConfig({ ...device, ice: names.a }))),
    b: expectOk(await b.openSession(sessionConfig({ ...device, ice: names.b }))),
  };
});
afterEach(() => fixture.close());

const device = { source: { kind: 'device' }, playsToDevice: true } as const;
const names = {
  a: { ufrag: 'aaaa', pwd: 'a-password-of-22-charss' },
  b: { ufrag: 'bbbb', pwd: 'b-password-of-22-charss' },
};

type Side = 'a' | 'b';
const other = (side: Side): Side => (side === 'a' ? 'b' : 'a');

/** The stream of one side; each time with these names, and more if wanted. */
function streamOf(side: Side, more: Partial<SessionStream> = {}, used = names): SessionStream {
  const peer = at[other(side)];
  const remote = { ...used[other(side)], candidates: localCandidates(peer.rtp, peer.rtcp), isLite: false };
  const ice = { local: used[side], remote, isControlling: side === 'a' };
  return streamTo(peer, 'PCMU', { ice, ...more });
}

const sentBy = ({ rtp }: SessionOpened, kind: string) =>
  fixture.network.sent.filter(({ from, bytes }) => from === rtp.port && datagramKind(bytes) === kind);

async function heardTone(): Promise<number> {
  await b.close();
  const [heard = new Int16Array(0)] = await fixture.readWav('heard.wav');
  return toneAmplitude(heard.subarray(48 * 1200, 48 * 2000), 1004, 48_000);
}

describe('sessions that look for a way (RFC 8839 §4.4)', () => {
  it('send nothing before it is found, and sound on it', async () => {
    fixture.network.isLost = () => true;
    expectOk(await a.setStream(at.a.sessionId, streamOf('a')));
    await fixture.run(300);
    expect(sentBy(at.a, 'stun').length).toBeGreaterThan(0);
    expect(sentBy(at.a, 'rtp')).toEqual([]);
    expect(expectOk(await a.getStatistics(at.a.sessionId)).ice).toEqual({ state: 'checking' });
    fixture.network.isLost = () => false;
    expectOk(await b.setStream(at.b.sessionId, streamOf('b')));
    await fixture.run(2000);

    const figures = { state: 'completed', localKind: 'host', remoteKind: 'host' };
    expect(expectOk(await a.getStatistics(at.a.sessionId)).ice).toEqual(figures);
    expect(expectOk(await b.getStatistics(at.b.sessionId)).ice).toEqual(figures);
    expect(await heardTone()).toBeGreaterThan(7000);
  });

  it('shake hands on it (RFC 5764 §5.1)', async () => {
    const identities = { a: identity(), b: identity() };
    const dtls = (side: Side): Partial<SessionStream> => ({
      dtls: {
        role: side === 'a' ? 'server' : 'client',
        identity: identities[side],
        remoteFingerprints: [{ hash: 'sha-256', digits: identities[other(side)].fingerprint }],
      },
    });
    expectOk(await b.setStream(at.b.sessionId, streamOf('b', dtls('b'))));
    expectOk(await a.setStream(at.a.sessionId, streamOf('a', dtls('a'))));
    await fixture.run(2300);

    const first = fixture.network.sent.findIndex(({ bytes }) => datagramKind(bytes) === 'dtls');
    expect(fixture.network.sent.slice(0, first).some(({ bytes }) => datagramKind(bytes) === 'stun')).toBe(true);
    expect(await heardTone()).toBeGreaterThan(7000);
  });

  it('go where signalling says when there is none', async () => {
    fixture.network.isLost = ({ bytes }) => datagramKind(bytes) === 'stun';
    expectOk(await a.setStream(at.a.sessionId, streamOf('a')));
    await fixture.run(19_000);
    expect(sentBy(at.a, 'rtp')).toEqual([]);
    await fixture.run(2000);

    expect(sentBy(at.a, 'rtp').length).toBeGreaterThan(20);
  });

  it('stop when the peer no longer answers, and begin anew with other names (RFC 7675 §5.1, RFC 8445 §9)', async () => {
    const lost: string[] = [];
    a.events.on('pathLost', ({ sessionId }) => lost.push(sessionId));
    expectOk(await a.setStream(at.a.sessionId, streamOf('a')));
    expectOk(await b.setStream(at.b.sessionId, streamOf('b')));
    await fixture.run(1000);
    fixture.network.isLost = () => true;
    await fixture.run(38_000);
    expect(lost).toEqual([at.a.sessionId]);
    const { length } = sentBy(at.a, 'rtp');
    await fixture.run(1000);
    expect(sentBy(at.a, 'rtp').length).toBe(length);

    fixture.network.isLost = () => false;
    const anew = { a: { ...names.a, ufrag: 'aaaa2' }, b: { ...names.b, ufrag: 'bbbb2' } };
    expectOk(await b.setStream(at.b.sessionId, streamOf('b', {}, anew)));
    expectOk(await a.setStream(at.a.sessionId, streamOf('a', {}, anew)));
    await fixture.run(1000);
    expect(expectOk(await a.getStatistics(at.a.sessionId)).ice?.state).toBe('completed');
    expect(sentBy(at.a, 'rtp').length).toBeGreaterThan(length + 20);
  });

  it('hear nobody whom no check has shown', async () => {
    expectOk(await a.setStream(at.a.sessionId, streamOf('a')));
    expectOk(await b.setStream(at.b.sessionId, streamOf('b')));
    await fixture.run(1000);
    const sound = sentBy(at.a, 'rtp').at(-1);
    if (!sound) throw new Error('no sound');
    const before = expectOk(await b.getStatistics(at.b.sessionId)).receivedPackets;
    fixture.network.isLost = ({ from, bytes }) => from !== 9999 && datagramKind(bytes) === 'rtp';
    for (let count = 0; count < 5; count++) fixture.network.inject({ ...sound, from: 9999 });
    await fixture.run(100);

    expect(expectOk(await b.getStatistics(at.b.sessionId)).receivedPackets - before).toBeLessThanOrEqual(1);
  });
});

const identity = () => createDtlsIdentity((sizeBytes) => fixture.runtime.randomBytes(sizeBytes));
