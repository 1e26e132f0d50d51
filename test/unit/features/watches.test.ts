import { describe, expect, it } from 'vitest';
import { Watches } from '../../../src-main/features/presence/index.ts';
import { createAccount } from '../../../src-main/features/registration/index.ts';
import { accountSchema, checkWith } from '../../../src-shared/contract/index.ts';
import { FakeRuntime } from '../../support/fake-runtime.ts';
import { RawPeer, SipAgent } from '../../support/sip-agent.ts';
import { VirtualNetwork } from '../../support/virtual-network.ts';

describe('people who are watched', () => {
  it('are a hundred at most, and one who is let go makes room', async () => {
    const runtime = new FakeRuntime();
    const network = new VirtualNetwork(runtime);
    const agent = await SipAgent.open(network, { name: 'alice', address: '10.0.0.1' });
    const server = await RawPeer.open(network, '10.0.0.9');
    server.respond = (request) => server.reply(request, 200, { headers: [['Expires', '3600']] });
    const checked = checkWith(accountSchema, { address: 'sip:alice@10.0.0.9', register: false });
    const account = checked.ok && createAccount(checked.value);
    if (account === false || !account.ok) throw new Error('no account');
    const watches = new Watches({ core: agent.core, onChanged: () => {} });
    const watch = (index: number) => watches.watch(account.value, `sip:p${index}@10.0.0.9`);
    const watched = Array.from({ length: 100 }, (_, index) => watch(index));

    expect(watched.every(({ ok }) => ok)).toBe(true);
    expect(watch(100)).toEqual({
      ok: false,
      error: { code: 'busy', message: 'At most 100 people can be watched.' },
    });
    expect(watch(7).ok).toBe(true);
    watches.unwatch('sip:p7@10.0.0.9');
    expect(watch(100).ok).toBe(true);
    watches.close();
    await runtime.advance(100_000);
    expect(watches.list()).toEqual([]);
  });
});
