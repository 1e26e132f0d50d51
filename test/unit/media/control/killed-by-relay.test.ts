// A call by a relay whose media process is killed: the next one goes on with its place, or has another one and says so.
// RFC 8656 §3.2, §7.4, §8, RFC 8445 §8.1.1, §9, RFC 8489 §9.2.4.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { silentLogger } from '../../../../src-main/base/logger.ts';
import { parseFromServer } from '../../../../src-main/media/control/messages.ts';
import {
  createMediaEngine,
  localCandidates,
  openInProcessPort,
  type IceCandidate,
  type MediaEngine,
  type MediaPort,
  type SessionOpened,
} from '../../../../src-main/media/index.ts';
import { TurnMethod } from '../../../../src-main/media/nat/turn-messages.ts';
import { CallFixture, expectOk, sessionConfig, streamTo } from '../../../support/media/call-fixture.ts';
import { VIRTUAL_RELAY, VirtualRelay } from '../../../support/media/virtual-relay.ts';

const RELAY_PORT = 3478;
const isPhone = (of: number): boolean => of >= 40_000 && of < 40_100;
const names = {
  a: { ufrag: 'aaaa', pwd: 'a-password-of-22-charss' },
  b: { ufrag: 'bbbb', pwd: 'b-password-of-22-charss' },
};
const config = sessionConfig({ localAddress: '192.0.2.1', source: { kind: 'tone', tone: 'milliwatt' } });

let fixture: CallFixture;
let relay: VirtualRelay;
let port: MediaPort;
let a: MediaEngine;
let b: MediaEngine;
/** What A tells of its way, and that it is back. */
let told: string[];
beforeEach(async () => {
  fixture = await CallFixture.create();
  const { runtime, network } = fixture;
  relay = await VirtualRelay.open(network, runtime);
  // Nothing gets out of either place but to the relay itself.
  network.isLost = ({ from, to }) => (isPhone(from) && to !== RELAY_PORT) || (isPhone(to) && from !== RELAY_PORT);
  const openPort = (): MediaPort => (port = openInProcessPort({ runtime, logger: silentLogger, network }));
  a = await createMediaEngine({ openPort, audio: { kind: 'null' }, runtime, logger: silentLogger });
  fixture.engines.push(a);
  b = await fixture.engine();
  told = [];
  a.events.on('pathLost', ({ reason }) => told.push(reason));
  a.events.on('pathFound', () => told.push('found'));
  a.events.on('restarted', () => told.push('restarted'));
});
afterEach(() => fixture.close());

let callerPort = 0;

async function placesOf(engine: MediaEngine, { sessionId, rtp, rtcp }: SessionOpened): Promise<IceCandidate[]> {
  let found: readonly IceCandidate[] | undefined;
  void engine.findCandidates(sessionId, { turn: VIRTUAL_RELAY }).then((answer) => (found = expectOk(answer)));
  await fixture.until(() => found !== undefined);
  return [...localCandidates(rtp, rtcp), ...(found ?? [])];
}

/** A call by the relay, in which A controls the choice of the way or does not. */
async function callByRelay(
  isControlling: boolean,
  localKind = 'relay',
): Promise<{ a: SessionOpened; b: SessionOpened }> {
  const opened = {
    a: expectOk(await a.openSession({ ...config, ice: names.a })),
    b: expectOk(await b.openSession({ ...config, ice: names.b })),
  };
  const places = { a: await placesOf(a, opened.a), b: await placesOf(b, opened.b) };
  const streamOf = (side: 'a' | 'b') => {
    const other = side === 'a' ? 'b' : 'a';
    const remote = { ...names[other], candidates: places[other], isLite: false };
    const ice = { local: names[side], remote, isControlling: isControlling === (side === 'a') };
    return streamTo(opened[other], 'PCMU', { ice });
  };
  expectOk(await a.setStream(opened.a.sessionId, streamOf('a')));
  expectOk(await b.setStream(opened.b.sessionId, streamOf('b')));
  await fixture.run(4000);
  expect(expectOk(await a.getStatistics(opened.a.sessionId)).ice).toMatchObject({ localKind });
  told.length = 0;
  callerPort = opened.a.rtp.port;
  return opened;
}

/** Until the next process says its first word to the relay: before, it loads its codecs, which takes real time. */
async function kill(): Promise<void> {
  relay.hearsGoodbyes = false;
  const { sent } = fixture.network;
  const before = sent.length;
  port.kill();
  await fixture.until(() => told.includes('restarted'));
  await fixture.until(() => sent.slice(before).some(({ from, to }) => from === callerPort && to === RELAY_PORT));
}

/** How long B's port got no sound; without end where none has come since. */
function gapMs({ b: { rtp } }: { b: SessionOpened }, killedAtMs: number): number {
  const isSound = ({ to, bytes }: { to: number; bytes: Uint8Array }): boolean => to === rtp.port && bytes.length > 172;
  const atMs = fixture.network.sent.filter(isSound).map((sent) => sent.atMs);
  const after = atMs.find((each) => each > killedAtMs + 40) ?? Infinity;
  return after - Math.max(...atMs.filter((each) => each < after));
}

const asked = (method: number): number => relay.asked.filter((each) => each === method).length;

describe('a call by a relay whose media process is killed (RFC 8656 §3.2)', () => {
  it.each([
    ['controls the choice of the way', true],
    ['does not', false],
  ])('goes on by the same place where its side %s', async (_, isControlling) => {
    const opened = await callByRelay(isControlling);
    const allocations = asked(TurnMethod.allocate);
    const killedAtMs = fixture.runtime.nowMs();
    await kill();
    await fixture.run(500);

    expect(gapMs(opened, killedAtMs)).toBeLessThan(500);
    expect(asked(TurnMethod.allocate)).toBe(allocations);
    expect(asked(TurnMethod.refresh)).toBeGreaterThan(0);
    expect(told).toContain('found');
    expect(told).not.toContain('relayLost');
    const before = expectOk(await a.getStatistics(opened.a.sessionId)).receivedPackets;
    await fixture.run(1000);
    expect(expectOk(await a.getStatistics(opened.a.sessionId)).receivedPackets).toBeGreaterThan(before + 40);
  });

  it('goes on with a nonce that has changed meanwhile (RFC 8489 §9.2.4)', async () => {
    const opened = await callByRelay(true);
    const allocations = asked(TurnMethod.allocate);
    const killedAtMs = fixture.runtime.nowMs();
    relay.nonce = 'second';
    await kill();
    await fixture.run(500);

    expect(gapMs(opened, killedAtMs)).toBeLessThan(500);
    expect(asked(TurnMethod.allocate)).toBe(allocations);
    expect(told).not.toContain('relayLost');
  });

  it('goes on when the next one is killed as well', async () => {
    const opened = await callByRelay(true);
    const allocations = asked(TurnMethod.allocate);
    for (let kills = 0; kills < 3; kills++) {
      told.length = 0;
      const killedAtMs = fixture.runtime.nowMs();
      await kill();
      await fixture.run(700);
      expect(gapMs(opened, killedAtMs)).toBeLessThan(500);
    }
    expect(asked(TurnMethod.allocate)).toBe(allocations);
  });

  it.each([
    ['controls the choice of the way', true],
    ['does not', false],
  ])('stays with a way that needs no relay where its side %s, and keeps the place', async (_, isControlling) => {
    fixture.network.isLost = () => false;
    const opened = await callByRelay(isControlling, 'host');
    const allocations = asked(TurnMethod.allocate);
    await kill();
    await fixture.run(500);
    expect(expectOk(await a.getStatistics(opened.a.sessionId)).ice).toMatchObject({
      ...{ state: 'completed', localKind: 'host', remoteKind: 'host' },
    });
    await placesOf(a, opened.a);

    expect(asked(TurnMethod.allocate)).toBe(allocations);
    expect(told).not.toContain('relayLost');
  });

  it('has another place where the relay has forgotten the old one, and says so (§7.4)', async () => {
    await callByRelay(true);
    const allocations = asked(TurnMethod.allocate);
    relay.forget();
    await kill();
    await fixture.run(1000);

    expect(asked(TurnMethod.allocate)).toBeGreaterThan(allocations);
    expect(told).toContain('relayLost');
  });

  it('has another place where the relay says nothing in time', async () => {
    await callByRelay(true);
    const { isLost } = fixture.network;
    fixture.network.isLost = (packet) => packet.to === RELAY_PORT || isLost(packet);
    await kill();
    await fixture.run(2500);
    expect(told).not.toContain('relayLost');
    fixture.network.isLost = isLost;
    relay.hearsGoodbyes = true;
    await fixture.run(6000);

    expect(told).toContain('relayLost');
  });
});

describe('what a media process tells of its places at a relay', () => {
  const at = { address: '192.0.2.50', port: 50_000 };
  const place = {
    ...{ component: 1, relay: at, relayed: at, mapped: at, channels: [{ peer: at, isBound: true }] },
    question: { realm: 'relay.test', nonce: 'first' },
  };

  it('is taken as it is', () => {
    const message = { kind: 'kept', kept: { sessionId: 's', places: [place] } };
    expect(parseFromServer(message)).toEqual(message);
  });

  it.each([
    [{ sessionId: 's' }],
    [{ sessionId: 1, places: [] }],
    [{ sessionId: 's', places: [7] }],
    [{ sessionId: 's', places: [{ ...place, relay: 'relay.test' }] }],
    [{ sessionId: 's', places: [{ ...place, component: 3 }] }],
    [{ sessionId: 's', places: [{ ...place, question: { realm: 'relay.test' } }] }],
    [{ sessionId: 's', places: [{ ...place, question: { ...place.question, algorithms: 1 } }] }],
    [{ sessionId: 's', places: [{ ...place, channels: [{ peer: at }] }] }],
    [{ sessionId: 's', places: [{ ...place, channels: [{ peer: {}, isBound: true }] }] }],
  ])('is not taken where it is %j', (kept) => {
    expect(parseFromServer({ kind: 'kept', kept })).toBeUndefined();
  });
});
