// A place at a relay that another process of ours goes on with: its channels, its nonce, and what becomes of it when the relay has forgotten it.
// RFC 8656 §3.1, §3.2, §8, §9, §12, RFC 8489 §9.2.4, §9.2.5, §14.11.
import { describe, expect, it } from 'vitest';
import { hostCandidate, Relays } from '../../../../src-main/media/nat/index.ts';
import type { KeptAllocation, KeptPlace } from '../../../../src-main/media/nat/kept-place.ts';
import { TurnMethod } from '../../../../src-main/media/nat/turn-messages.ts';
import { FakeRuntime } from '../../../support/fake-runtime.ts';
import {
  CREDENTIALS,
  MAPPED,
  PEER,
  RELAY,
  RELAYED,
  relayDouble,
  type RelayDouble,
} from '../../../support/media/relay-double.ts';
import { proofBySha256 } from '../../../support/media/relay-proof.ts';

const SECOND_PEER = { address: '203.0.113.6', port: 4002 };

/** A relay that has given a place, and has bound a channel to the peer. */
async function inUse(options?: Parameters<typeof relayDouble>[0]): Promise<RelayDouble> {
  const relay = relayDouble(options);
  void relay.allocation.allocate();
  await relay.runtime.advance(100);
  relay.allocation.bind(PEER);
  await relay.runtime.advance(100);
  return relay;
}

function keptBy({ told }: RelayDouble): KeptAllocation {
  const kept = told.at(-1);
  if (!kept) throw new Error('nothing was told');
  // As it crosses to another process.
  return structuredClone(kept);
}

/** What was asked since, by method. */
const askedSince = ({ asked }: RelayDouble, count: number): number[] => asked.slice(count).map(({ method }) => method);

describe('a place that a process before this one had (RFC 8656 §3.2)', () => {
  it('is told when it is given, and when a channel is bound', async () => {
    const { told } = await inUse();

    const place = { relayed: RELAYED, mapped: MAPPED, question: { nonce: 'first' } };
    expect(told[0]).toMatchObject({ ...place, channels: [] });
    expect(told.at(-1)).toMatchObject({ ...place, channels: [{ peer: PEER, isBound: true }] });
    expect(JSON.stringify(told)).not.toContain(CREDENTIALS.password);
  });

  it('carries sound both ways before the relay has answered, and is refreshed (§8)', async () => {
    const relay = await inUse();
    const { length } = relay.asked;
    relay.succeed(keptBy(relay));
    relay.allocation.send(Buffer.from('sound'), PEER);
    relay.deliver('theirs', PEER, 'channel');

    expect(relay.relayed).toMatchObject([{ by: 'channel', text: 'sound', to: PEER }]);
    expect(relay.heard).toEqual([{ text: 'theirs', from: PEER }]);
    await relay.runtime.advance(100);
    expect(relay.asked.slice(length).every(({ isProven }) => isProven)).toBe(true);
    expect(askedSince(relay, length).toSorted()).toEqual([
      TurnMethod.refresh,
      TurnMethod.createPermission,
      TurnMethod.channelBind,
    ]);
    expect(relay.lostAtMs).toEqual([]);
  });

  it('is kept from then on as if it had been given to this one (§8.1, §9)', async () => {
    const relay = await inUse();
    relay.succeed(keptBy(relay));
    await relay.runtime.advance(1_100_000);

    const refreshes = relay.asked.filter(({ method }) => method === TurnMethod.refresh);
    expect(refreshes.length).toBeGreaterThanOrEqual(3);
    expect(refreshes.every(({ lifetimeSec }) => lifetimeSec === 600)).toBe(true);
    relay.allocation.send(Buffer.from('late'), PEER);
    expect(relay.relayed.at(-1)).toMatchObject({ by: 'channel', text: 'late' });
    relay.allocation.close();
    await relay.runtime.advance(100);
    expect(relay.asked.at(-1)).toMatchObject({ method: TurnMethod.refresh, lifetimeSec: 0, isProven: true });
  });

  it('goes on with another nonce where the old one has grown stale (RFC 8489 §9.2.4)', async () => {
    const relay = await inUse();
    const kept = keptBy(relay);
    relay.nonce = 'second';
    relay.succeed(kept);
    await relay.runtime.advance(100);

    expect(relay.lostAtMs).toEqual([]);
    expect(relay.told.at(-1)).toMatchObject({ question: { nonce: 'second' }, channels: [{ isBound: true }] });
    const refreshes = relay.asked.filter(({ method }) => method === TurnMethod.refresh);
    expect(refreshes.map(({ isProven }) => isProven)).toEqual([false, true]);
  });

  it('goes on by SHA-256 where the relay asks for it (RFC 8489 §9.2.5, §14.11)', async () => {
    const relay = await inUse({ proof: proofBySha256() });
    const { length } = relay.asked;
    relay.succeed(keptBy(relay));
    await relay.runtime.advance(100);

    expect(relay.asked.slice(length).map(({ isProven }) => isProven)).toEqual([true, true, true]);
    expect(relay.lostAtMs).toEqual([]);
  });

  it.each([
    ['has forgotten it', 437, 100],
    ['knows us by another name', 441, 100],
    ['says nothing', undefined, 2100],
  ])('is lost where the relay %s, and another one is had from the same port (§7.4)', async (_, code, withinMs) => {
    const relay = await inUse();
    const kept = keptBy(relay);
    if (code === undefined) relay.isSilent = true;
    else for (const method of [TurnMethod.refresh, TurnMethod.channelBind]) relay.refusals.set(method, code);
    relay.succeed(kept);
    await relay.runtime.advance(withinMs);
    expect(relay.lostAtMs).toHaveLength(1);
    const { length } = relay.relayed;
    relay.allocation.send(Buffer.from('nobody hears it'), PEER);
    expect(relay.relayed).toHaveLength(length);

    relay.isSilent = false;
    relay.refusals.clear();
    relay.succeed();
    const allocating = relay.allocation.allocate();
    await relay.runtime.advance(100);
    expect(await allocating).toMatchObject({ ok: true, value: { relayed: RELAYED } });
  });

  it('has further channels after those of before', async () => {
    const relay = await inUse();
    relay.succeed(keptBy(relay));
    relay.allocation.bind(SECOND_PEER);
    await relay.runtime.advance(100);
    for (const peer of [PEER, SECOND_PEER]) relay.allocation.send(Buffer.from('x'), peer);

    expect(relay.relayed.map(({ by, to }) => `${by} ${to.port}`)).toEqual(['channel 4000', 'channel 4002']);
  });

  it('does without a channel that the relay had refused', async () => {
    const relay = relayDouble();
    void relay.allocation.allocate();
    await relay.runtime.advance(100);
    relay.refusals.set(TurnMethod.channelBind, 400);
    relay.allocation.bind(PEER);
    relay.allocation.bind(SECOND_PEER);
    await relay.runtime.advance(100);
    relay.refusals.clear();
    const kept = { ...keptBy(relay), channels: [PEER, SECOND_PEER].map((peer) => ({ peer, isBound: false })) };
    relay.succeed(kept);
    relay.allocation.send(Buffer.from('early'), PEER);
    await relay.runtime.advance(100);

    expect(relay.relayed).toMatchObject([{ by: 'indication', text: 'early' }]);
  });
});

describe('the places of a session (RFC 8656 §3.1)', () => {
  const host = hostCandidate(1, { address: '192.0.2.1', port: 4000 });
  const place: KeptPlace = {
    ...{ relay: RELAY, relayed: RELAYED, mapped: MAPPED, channels: [] },
    component: 1,
    question: { realm: 'relay.test', nonce: 'first' },
  };

  it.each([
    ['go on to be handed on, where datagrams lead to them', false],
    ['are nothing to hand on where a stream led to them: it ends with its process', true],
  ])('%s', (_, isStream) => {
    const relays = new Relays({
      ...{ runtime: new FakeRuntime(), credentials: CREDENTIALS, hosts: [host] },
      ...{ onData: () => {}, onLost: () => {}, onKept: () => {} },
      server: { ...RELAY, transport: isStream ? 'tcp' : 'udp' },
      open: () => Promise.reject(new Error('nothing is opened')),
    });
    const found = relays.takeOver([place], () => ({ isStream, send: () => {}, close: () => {} }));

    expect(found[0]).toMatchObject({ ...RELAYED, kind: 'relay', component: 1 });
    expect(relays.kept).toEqual(isStream ? [] : [place]);
    relays.close();
    expect(relays.kept).toEqual([]);
  });
});
