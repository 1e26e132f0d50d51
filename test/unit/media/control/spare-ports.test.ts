import { describe, expect, it } from 'vitest';
import { err, ok, type Result } from '../../../../src-main/base/result.ts';
import type { SocketAddress } from '../../../../src-main/base/socket-address.ts';
import { SparePorts } from '../../../../src-main/media/control/spare-ports.ts';
import type { MediaFailure, PortPlace } from '../../../../src-main/media/index.ts';
import { settle } from '../../../support/fake-runtime.ts';

const place = (localAddress = '192.0.2.1'): PortPlace => ({ localAddress, portRange: [40_000, 40_099] });

function stocked(isFull = false) {
  const asked: string[] = [];
  let port = 40_000;
  const spare = new SparePorts(({ localAddress }) => {
    asked.push(localAddress);
    const reserved: Result<SocketAddress, MediaFailure> = isFull
      ? err({ kind: 'noFreePort', message: '' })
      : ok({ address: localAddress, port: (port += 2) });
    return Promise.resolve(reserved);
  });
  return { spare, asked };
}

describe('ports for the next calls', () => {
  it('are there from the second call on, each given once', async () => {
    const { spare } = stocked();
    expect(spare.take(place())).toBeUndefined();
    await settle();
    const taken = [spare.take(place()), spare.take(place()), spare.take(place()), spare.take(place())];
    expect(new Set(taken.map((rtp) => rtp?.port)).size).toBe(4);
    expect(spare.take(place())).toBeUndefined();
    await settle();
    expect(spare.take(place())).toBeDefined();
  });

  it('belong to one address and range', async () => {
    const { spare } = stocked();
    spare.take(place());
    await settle();
    expect(spare.take(place('192.0.2.2'))).toBeUndefined();
    expect(spare.take(place())?.address).toBe('192.0.2.1');
  });

  it('are asked for again only when a call wants some: a full range is not asked without end', async () => {
    const { spare, asked } = stocked(true);
    spare.take(place());
    await settle();
    expect(asked).toHaveLength(4);
    expect(spare.take(place())).toBeUndefined();
    await settle();
    expect(asked).toHaveLength(8);
  });

  it('are held for a few addresses only', async () => {
    const { spare } = stocked();
    for (let i = 1; i <= 5; i++) spare.take(place(`192.0.2.${i}`));
    await settle();
    expect(spare.take(place('192.0.2.5'))).toBeDefined();
    expect(spare.take(place('192.0.2.1'))).toBeUndefined();
  });

  it('are gone with the process that held them', async () => {
    const { spare } = stocked();
    spare.take(place());
    await settle();
    spare.clear();
    expect(spare.take(place())).toBeUndefined();
  });
});
