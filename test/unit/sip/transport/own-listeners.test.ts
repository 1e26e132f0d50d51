import { beforeEach, describe, expect, it } from 'vitest';
import type { Flow, OwnWish } from '../../../../src-main/sip/transport/index.ts';
import { FakeRuntime } from '../../../support/fake-runtime.ts';
import { TransportSpy } from '../../../support/transport-pair.ts';
import { VirtualNetwork } from '../../../support/virtual-network.ts';

const ALICE = '192.0.2.1';
const BOB = '192.0.2.2';
const OWN: readonly OwnWish[] = [
  { protocol: 'udp', address: ALICE, port: 5070 },
  { protocol: 'tcp', address: ALICE, port: 5070 },
];
const UDP = { protocol: 'udp', address: { address: BOB, port: 5060 } } as const;
const TCP = { protocol: 'tcp', address: { address: BOB, port: 5060 } } as const;

let network: VirtualNetwork;
let alice: TransportSpy;
let bob: TransportSpy;

beforeEach(async () => {
  network = new VirtualNetwork(new FakeRuntime());
  alice = new TransportSpy(network, [ALICE]);
  bob = new TransportSpy(network, [BOB]);
  for (const protocol of ['udp', 'tcp'] as const) {
    await alice.layer.listen({ protocol, address: ALICE, port: 5060 });
    await bob.layer.listen({ protocol, address: BOB, port: 5060 });
  }
});

const flowOf = async (hop: typeof UDP | typeof TCP, listener?: string): Promise<Flow> => {
  const flow = await alice.attempt(hop, { listener });
  if (!('id' in flow)) throw new Error(flow.message);
  return flow;
};

describe('sockets of one user of the transport — RFC 3261 §18.1.1, §18.2.1', () => {
  it('carry what is sent in its name, and nothing else', async () => {
    await alice.layer.listenFor('work', OWN);

    expect((await flowOf(UDP, 'work')).local.port).toBe(5070);
    expect((await flowOf(UDP, 'work')).sentBy.port).toBe(5070);
    expect((await flowOf(UDP)).local.port).toBe(5060);
    expect((await flowOf(UDP, 'home')).local.port).toBe(5060);
  });

  it('have connections of their own, whose Via names their port', async () => {
    await alice.layer.listenFor('work', OWN);
    const own = await flowOf(TCP, 'work');
    const shared = await flowOf(TCP);

    expect(own.id).not.toBe(shared.id);
    expect((await flowOf(TCP, 'work')).id).toBe(own.id);
    expect([own.sentBy.port, shared.sentBy.port]).toEqual([5070, 5060]);
  });

  it('mark what comes to them', async () => {
    await alice.layer.listenFor('work', OWN);
    for (const protocol of ['udp', 'tcp'] as const)
      for (const port of [5070, 5060])
        await bob.send(await bob.flowTo({ protocol, address: { address: ALICE, port } }));

    expect(alice.messages.map(({ flow }) => flow.listener)).toEqual(['work', undefined, 'work', undefined]);
  });

  it('fail alone and in words when a port is taken, and heal when it is free — RFC 3261 §18.4', async () => {
    const thief = new TransportSpy(network, [ALICE]);
    const taken = await thief.layer.listen({ protocol: 'tcp', address: ALICE, port: 5070 });
    const claimed = await alice.layer.listenFor('work', OWN);
    const refused = await alice.attempt(UDP, { listener: 'work' });

    const message = 'port 5070 cannot be opened for TCP: another program has it';
    expect(claimed).toEqual({ ok: false, error: { kind: 'addressInUse', message } });
    expect(refused).toEqual({ kind: 'noOwnSocket', message });
    expect((await flowOf(UDP)).local.port).toBe(5060);
    if (taken.ok) taken.value.close();
    expect((await flowOf(UDP, 'work')).local.port).toBe(5070);
  });

  it('go without what a machine need not have', async () => {
    const wishes = [...OWN, { protocol: 'udp', address: '2001:db8::1', port: 5070, isOptional: true } as const];

    expect((await alice.layer.listenFor('work', wishes)).ok).toBe(true);
  });

  it('are opened anew with the network, at their port and at no other', async () => {
    await alice.layer.listenFor('work', OWN);
    expect(await alice.layer.rebind()).toEqual([]);

    expect((await flowOf(UDP, 'work')).local.port).toBe(5070);
    expect((await flowOf(TCP, 'work')).sentBy.port).toBe(5070);
    expect(alice.layer.listeningPoints.filter(({ listener }) => listener === 'work')).toHaveLength(2);
  });

  it('say so when a changed network has taken them, and do not move to another port', async () => {
    await alice.layer.listenFor('work', OWN);
    const points = alice.layer.listeningPoints.filter(({ listener }) => listener === 'work');
    for (const point of points) point.close();
    const thief = new TransportSpy(network, [ALICE]);
    await thief.layer.listen({ protocol: 'udp', address: ALICE, port: 5070 });

    expect(await alice.layer.rebind()).toMatchObject([{ kind: 'addressInUse' }]);
    expect(await alice.attempt(UDP, { listener: 'work' })).toMatchObject({ kind: 'noOwnSocket' });
    expect(alice.layer.listeningPoints.map(({ local }) => local.port)).not.toContain(5071);
  });

  it('stay when the same is claimed again, and change with the wishes', async () => {
    await alice.layer.listenFor('work', OWN);
    const flow = await flowOf(UDP, 'work');
    await alice.layer.listenFor('work', [...OWN]);
    expect(flow.isClosed).toBe(false);

    await alice.layer.listenFor('work', [{ protocol: 'udp', address: ALICE, port: 5080 }]);
    expect(flow.isClosed).toBe(true);
    expect((await flowOf(UDP, 'work')).local.port).toBe(5080);
  });

  it('are closed for good when they are given back, also by a changed network', async () => {
    await alice.layer.listenFor('work', OWN);
    alice.layer.stopListeningFor('work');
    await alice.layer.rebind();

    expect(alice.layer.listeningPoints.map(({ local }) => local.port)).toEqual([5060, 5060]);
    expect((await flowOf(UDP, 'work')).local.port).toBe(5060);
  });

  it('are not opened any more by a transport that is closed', async () => {
    alice.layer.close();

    expect(await alice.layer.listenFor('work', OWN)).toMatchObject({ ok: false });
  });
});
