import { describe, expect, it } from 'vitest';
import { openRtpPortPair } from '../../../../src-main/media/rtp/rtp-port-pair.ts';
import { SymmetricLatch } from '../../../../src-main/media/rtp/symmetric-latch.ts';
import { FakeRuntime } from '../../../support/fake-runtime.ts';
import { VirtualNetwork } from '../../../support/media/virtual-network.ts';

const signalled = { address: '10.0.0.1', port: 4000 };
const translated = { address: '192.0.2.1', port: 5000 };
const stranger = { address: '192.0.2.66', port: 6000 };

describe('symmetric latch — RFC 4961 §4', () => {
  it('sends to the signalled address first', () => {
    const latch = new SymmetricLatch();
    latch.setSignalled(signalled);

    expect(latch.remote).toEqual(signalled);
  });

  it('moves once to where the packets come from', () => {
    const latch = new SymmetricLatch();
    latch.setSignalled(signalled);

    expect([latch.accept(translated), latch.accept(translated)]).toEqual([true, true]);
    expect(latch.remote).toEqual(translated);
    expect(latch.accept(stranger)).toBe(false);
    latch.accept(stranger);
    expect(latch.remote).toEqual(translated);
  });

  it('stays when the signalled address speaks', () => {
    const latch = new SymmetricLatch();
    latch.setSignalled(signalled);
    latch.accept(signalled);

    expect(latch.accept(stranger)).toBe(false);
    expect(latch.remote).toEqual(signalled);
  });

  it('is open again after signalling names another address, and only then', () => {
    const latch = new SymmetricLatch();
    latch.setSignalled(signalled);
    latch.accept(translated);
    latch.accept(translated);
    latch.setSignalled({ ...signalled });
    expect(latch.remote).toEqual(translated);

    latch.setSignalled(stranger);
    expect(latch.remote).toEqual(stranger);
  });
});

describe('RTP port pair — RFC 3550 §11', () => {
  const search = (first: number, last: number) => ({
    address: '127.0.0.1',
    range: [first, last] as const,
    onRtp: () => {},
    onRtcp: () => {},
  });

  it('takes an even port and the odd one above', async () => {
    const runtime = new FakeRuntime();

    const pair = await openRtpPortPair(new VirtualNetwork(runtime), runtime, search(40_001, 40_003));

    expect(pair.ok && pair.value.port).toBe(40_002);
  });

  it('passes over pairs of which one port is taken, and gives the other back', async () => {
    const runtime = new FakeRuntime();
    const network = new VirtualNetwork(runtime);
    network.takenPorts.add(40_001).add(40_002);

    const pair = await openRtpPortPair(network, runtime, search(40_000, 40_005));

    expect(pair.ok && pair.value.port).toBe(40_004);
    expect(network.takenPorts.has(40_000)).toBe(false);
  });

  it('says so when no pair is free', async () => {
    const runtime = new FakeRuntime();
    const network = new VirtualNetwork(runtime);
    network.takenPorts.add(40_001);

    expect(await openRtpPortPair(network, runtime, search(40_000, 40_001))).toEqual({ ok: false, error: 'noFreePort' });
  });
});
