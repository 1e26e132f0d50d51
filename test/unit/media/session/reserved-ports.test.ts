import { describe, expect, it } from 'vitest';
import { ReservedPorts } from '../../../../src-main/media/session/reserved-ports.ts';
import { FakeRuntime } from '../../../support/fake-runtime.ts';
import { sessionConfig } from '../../../support/media/call-fixture.ts';
import { VirtualNetwork } from '../../../support/media/virtual-network.ts';

function reserving() {
  const runtime = new FakeRuntime();
  const network = new VirtualNetwork(runtime);
  const ports = new ReservedPorts(network, runtime);
  const place = { localAddress: '127.0.0.1', portRange: [40_000, 40_999] } as const;
  const reserve = async (): Promise<number> => {
    const reserved = await ports.reserve(place);
    if (!reserved.ok) throw new Error(reserved.error);
    return reserved.value.port;
  };
  return { network, ports, reserve };
}

describe('ports that are bound ahead', () => {
  it('are given to the session that names them', async () => {
    const { network, ports, reserve } = reserving();
    const rtpPort = await reserve();

    const taken = await ports.take(sessionConfig({ resume: { sessionId: 'a', rtpPort } }));

    expect(taken.ok && taken.value.localRtp.port).toBe(rtpPort);
    expect(network.takenPorts.size).toBe(2);
  });

  it('do not pile up: the oldest of too many are given back', async () => {
    const { network, ports, reserve } = reserving();
    const first = await reserve();
    for (let i = 0; i < 40; i++) await reserve();

    expect(network.takenPorts.size).toBe(2 * 32);
    expect(network.takenPorts.has(first)).toBe(false);
    ports.close();
    expect(network.takenPorts.size).toBe(0);
  });

  it('can be had still by who was promised a pair that was given back', async () => {
    const { ports, reserve } = reserving();
    const first = await reserve();
    for (let i = 0; i < 40; i++) await reserve();

    const taken = await ports.take(sessionConfig({ resume: { sessionId: 'a', rtpPort: first } }));

    expect(taken.ok && taken.value.localRtp.port).toBe(first);
  });
});
