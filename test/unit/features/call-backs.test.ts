import { expect, describe, it } from 'vitest';
import { silentLogger } from '../../../src-main/base/logger.ts';
import { TypedEmitter } from '../../../src-main/base/typed-emitter.ts';
import type { CallManager, CallManagerEvents } from '../../../src-main/features/call/index.ts';
import { CallBacks } from '../../../src-main/features/pickup/index.ts';
import { createAccount } from '../../../src-main/features/registration/index.ts';
import { accountSchema, checkWith } from '../../../src-shared/contract/index.ts';
import { FakeRuntime } from '../../support/fake-runtime.ts';
import { RawPeer, SipAgent } from '../../support/sip-agent.ts';
import { VirtualNetwork } from '../../support/virtual-network.ts';

const BOB = 'sip:bob@10.0.0.9';
const HOUR_MS = 3_600_000;

describe('a line that is waited for — RFC 5359 §2.17', () => {
  it('and is never free is given up after an hour: the user is told, and its server too', async () => {
    const runtime = new FakeRuntime();
    const network = new VirtualNetwork(runtime);
    const agent = await SipAgent.open(network, { name: 'alice', address: '10.0.0.1' });
    const server = await RawPeer.open(network, '10.0.0.9');
    let sequence = 0;
    const subscriptions: (string | undefined)[] = [];
    // The line says that it may be watched, and never that it is free.
    server.respond = (request) => {
      if (request.method !== 'SUBSCRIBE') return;
      const expires = request.headers.first('Expires') ?? '3600';
      subscriptions.push(expires);
      server.reply(request, 200, { headers: [['Expires', expires]] });
      const state = expires === '0' ? 'terminated;reason=timeout' : `active;expires=${expires}`;
      const headers = [['Event', 'dialog'] as const, ['Subscription-State', state] as const];
      server.send(server.inDialog(request, 'NOTIFY', ++sequence, { headers }));
    };
    const checked = checkWith(accountSchema, { address: 'sip:alice@10.0.0.9', register: false });
    const account = checked.ok && createAccount(checked.value);
    if (account === false || !account.ok) throw new Error('no account');
    const placed: unknown[] = [];
    const told: string[] = [];
    const calls = {
      events: new TypedEmitter<CallManagerEvents>(silentLogger),
      list: () => [],
      callFor: (...call: unknown[]) => placed.push(call),
    } as unknown as CallManager;
    const callBacks = new CallBacks({ core: agent.core, calls, onChanged: () => {}, tell: (text) => told.push(text) });

    void callBacks.add(account.value, BOB);
    await runtime.advance(1000);
    expect(callBacks.list()).toMatchObject([{ address: BOB, untilMs: runtime.wallMs() - 1000 + HOUR_MS }]);
    await runtime.advance(HOUR_MS - 2000);
    expect(callBacks.list()).toHaveLength(1);
    await runtime.advance(2000);

    expect(callBacks.list()).toEqual([]);
    expect(told).toEqual([`${BOB} was not free within an hour; it is not waited for any longer.`]);
    expect(placed).toEqual([]);
    await runtime.advance(100_000);
    expect(subscriptions.at(-1)).toBe('0');
    expect(runtime.pendingTimers).toBe(0);
  });
});
