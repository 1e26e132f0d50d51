import { beforeEach, describe, expect, it } from 'vitest';
import type { Call } from '../../../src-main/features/call/call.ts';
import { TransferRequests } from '../../../src-main/features/call/transfer/transfer-request.ts';
import type { InviteSession } from '../../../src-main/sip/core/index.ts';
import { formatUri } from '../../../src-main/sip/syntax/index.ts';
import { FakeRuntime } from '../../support/fake-runtime.ts';
import { sipUriOf } from '../../support/message-builders.ts';
import { sdp, SipAgent } from '../../support/sip-agent.ts';
import { certificateOf } from '../../support/transport-pair.ts';
import { VirtualNetwork } from '../../support/virtual-network.ts';

let runtime: FakeRuntime;
let caller: InviteSession;
let dialled: string[];
let questions: unknown[];

beforeEach(async () => {
  runtime = new FakeRuntime();
  const network = new VirtualNetwork(runtime);
  const open = async (name: string, address: string): Promise<SipAgent> => {
    const agent = await SipAgent.open(network, { name, address });
    await agent.transport.listen({ protocol: 'tls', address, port: 5061 });
    network.certificates.set(address, certificateOf({ alternativeNames: [{ kind: 'ip', value: address }] }));
    return agent;
  };
  const alice = await open('alice', '10.0.0.1');
  const bob = await open('bob', '10.0.0.2');
  dialled = [];
  questions = [];
  const requests = new TransferRequests({
    policy: 'always',
    dial: (_call, target) => {
      dialled.push(formatUri(target));
      return undefined;
    },
  });
  const call = {
    ...{ phase: 'connected', runtime, info: { remote: { address: 'alice' } } },
    update: (change: unknown) => questions.push(change),
  } as unknown as Call;
  const spy = alice.call(sipUriOf('sips:bob@10.0.0.2'));
  await runtime.advance(100);
  const { session } = bob.invite;
  session.events.on('refer', (refer) => requests.take(call, { refer, session }));
  bob.invite.accept(sdp('answer'));
  await runtime.advance(100);
  caller = spy.established;
});

describe('a transfer of a secured call by a rule — RFC 5630 §5.1.1.3', () => {
  it('is carried out when it stays secured', async () => {
    void caller.request('REFER', { headers: [['Refer-To', '<sips:carol@example.com>']] });
    await runtime.advance(100);

    expect(dialled).toEqual(['sips:carol@example.com']);
  });

  it('is asked for when it would no longer be secured', async () => {
    void caller.request('REFER', { headers: [['Refer-To', '<sip:carol@example.com>']] });
    await runtime.advance(100);

    expect(dialled).toEqual([]);
    expect(questions).toHaveLength(1);
  });
});
