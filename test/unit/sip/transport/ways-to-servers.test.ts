import { beforeEach, describe, expect, it } from 'vitest';
import { silentLogger } from '../../../../src-main/base/logger.ts';
import { type Hop, TransportLayer } from '../../../../src-main/sip/transport/index.ts';
import { FakeRuntime } from '../../../support/fake-runtime.ts';
import { uriOf } from '../../../support/message-builders.ts';
import { TransportSpy, certificateOf } from '../../../support/transport-pair.ts';
import { VirtualNetwork } from '../../../support/virtual-network.ts';

const ALICE = '192.0.2.1';
const BOB = '192.0.2.2';
const HOP: Hop = { protocol: 'tls', address: { address: BOB, port: 5061 }, serverName: 'biloxi.example.com' };

let runtime: FakeRuntime;
let network: VirtualNetwork;
let alice: TransportSpy;

beforeEach(async () => {
  runtime = new FakeRuntime();
  network = new VirtualNetwork(runtime);
  alice = new TransportSpy(network, [ALICE]);
  const bob = new TransportSpy(network, [BOB]);
  await bob.layer.listen({ protocol: 'tls', address: BOB, port: 5061 });
  network.certificates.set(BOB, certificateOf());
});

describe('finding servers that work — RFC 3263 §4.3', () => {
  const uri = uriOf('sip:bob@pool.example;transport=udp');
  const order = async (): Promise<string[]> => {
    const located = await alice.layer.locate(uri);
    return located.ok ? located.value.map(({ address }) => address.address) : [located.error.kind];
  };

  beforeEach(() => {
    network.addresses.set('pool.example', ['192.0.2.10', '192.0.2.11', '192.0.2.12']);
  });

  const failing = { protocol: 'udp', address: { address: '192.0.2.10', port: 5060 } } as const;

  it('tries a server that failed after the others, for a while', async () => {
    alice.layer.avoid(failing);

    expect(await order()).toEqual(['192.0.2.11', '192.0.2.12', '192.0.2.10']);
    await runtime.advance(61_000);
    expect(await order()).toEqual(['192.0.2.10', '192.0.2.11', '192.0.2.12']);
  });

  it('waits as long as the server said, up to ten minutes (RFC 3261 §21.5.4)', async () => {
    alice.layer.avoid(failing, 100_000);
    await runtime.advance(590_000);
    const [before] = await order();
    await runtime.advance(11_000);
    const [after] = await order();

    expect([before, after]).toEqual(['192.0.2.11', '192.0.2.10']);
  });

  it('remembers a server that refuses connections', async () => {
    network.addresses.set('pool.example', ['192.0.2.10', BOB]);
    await alice.attempt({ protocol: 'tcp', address: { address: '192.0.2.10', port: 5060 } });
    const located = await alice.layer.locate(uriOf('sip:bob@pool.example;transport=tcp'));

    expect(located.ok && located.value[0]?.address.address).toBe(BOB);
  });

  it('keeps addresses as long as the name service says', async () => {
    network.ttlSec = 10;
    await order();
    const asked = network.queries.length;
    await runtime.advance(9_000);
    await order();
    const within = network.queries.length;
    await runtime.advance(2_000);
    await order();

    expect(within).toBe(asked);
    expect(network.queries.length).toBeGreaterThan(asked);
  });

  it('uses an old answer while the name service is silent (RFC 8767 §4)', async () => {
    const host = network.host('192.0.2.3');
    let isSilent = false;
    const { resolve4 } = host;
    host.resolve4 = (name) => (isSilent ? new Promise<never>(() => {}) : resolve4.call(host, name));
    const carol = new TransportLayer({ network: host, runtime, logger: silentLogger, user: alice });
    await carol.locate(uri);
    await runtime.advance(61_000);
    isSilent = true;
    const locating = carol.locate(uri);
    await runtime.advance(8_000);

    expect((await locating).ok).toBe(true);
  });

  it.each([
    ['any', ['192.0.2.10', '2001:db8::10']],
    ['ipv4', ['192.0.2.10']],
    ['ipv6', ['2001:db8::10']],
  ] as const)('takes %s addresses where the account wants these', async (addressFamily, expected) => {
    network.addresses.set('pool.example', ['192.0.2.10', '2001:db8::10']);
    const located = await alice.layer.locate(uri, { addressFamily });

    expect(located.ok && located.value.map(({ address }) => address.address)).toEqual(expected);
  });

  it('spends three seconds on a hop while another one is left', async () => {
    network.silentHosts.add(BOB);
    const connecting = alice.layer.connect(HOP, { hasAlternative: true });
    await runtime.advance(3_100);

    expect(await connecting).toMatchObject({ ok: false });
  });
});

describe('a changed network', () => {
  it('opens every socket anew at its port and ends the connections', async () => {
    await alice.layer.listen({ protocol: 'udp', address: ALICE, port: 5060 });
    const flow = await alice.flowTo(HOP);
    const failures = await alice.layer.rebind();

    expect(failures).toEqual([]);
    expect(alice.layer.listeningPoints.map(({ local }) => local)).toEqual([{ address: ALICE, port: 5060 }]);
    expect(flow.isClosed).toBe(true);
    expect(alice.closed).toEqual(['the network changed']);
    expect((await alice.flowTo(HOP)).isClosed).toBe(false);
  });

  it('names another address to peers when it has another one', async () => {
    const addresses = [ALICE, '198.51.100.1'];
    const host = network.host(ALICE, '198.51.100.1');
    host.localAddressFor = () => Promise.resolve(addresses[0]);
    const carol = new TransportLayer({ network: host, runtime, logger: silentLogger, user: alice });
    await carol.listen({ protocol: 'udp', address: '0.0.0.0', port: 5060 });
    const hop = { protocol: 'udp', address: { address: BOB, port: 5060 } } as const;
    const before = await carol.connect(hop);
    addresses.shift();
    await carol.rebind();
    const after = await carol.connect(hop);

    expect(before.ok && before.value.sentBy.address).toBe(ALICE);
    expect(after.ok && after.value.sentBy.address).toBe('198.51.100.1');
  });

  it('names the address that each peer can reach, where there are several', async () => {
    const host = network.host(ALICE, '10.0.0.1');
    host.localAddressFor = ({ address }) => Promise.resolve(address.startsWith('10.') ? '10.0.0.1' : ALICE);
    const carol = new TransportLayer({ network: host, runtime, logger: silentLogger, user: alice });
    await carol.listen({ protocol: 'udp', address: '0.0.0.0', port: 5060 });
    const near = await carol.connect({ protocol: 'udp', address: { address: '10.0.0.2', port: 5060 } });
    const far = await carol.connect({ protocol: 'udp', address: { address: BOB, port: 5060 } });

    expect(near.ok && near.value.sentBy.address).toBe('10.0.0.1');
    expect(far.ok && far.value.sentBy.address).toBe(ALICE);
  });

  it('keeps the zone of a link-local address to itself', async () => {
    const host = network.host('fe80::1');
    host.localAddressFor = () => Promise.resolve('fe80::1%eth0');
    const carol = new TransportLayer({ network: host, runtime, logger: silentLogger, user: alice });
    await carol.listen({ protocol: 'udp', address: '::', port: 5060 });
    const flow = await carol.connect({ protocol: 'udp', address: { address: 'fe80::2%eth0', port: 5060 } });

    expect(flow.ok && flow.value.sentBy.address).toBe('fe80::1');
    expect(flow.ok && flow.value.remote.address).toBe('fe80::2%eth0');
  });
});
