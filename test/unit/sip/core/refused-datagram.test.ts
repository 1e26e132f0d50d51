import { beforeEach, describe, expect, it } from 'vitest';
import { FakeRuntime } from '../../../support/fake-runtime.ts';
import { sipUriOf } from '../../../support/message-builders.ts';
import { RawPeer, SipAgent } from '../../../support/sip-agent.ts';
import { VirtualNetwork } from '../../../support/virtual-network.ts';

const NOBODY = '10.0.0.8';

let runtime: FakeRuntime;
let network: VirtualNetwork;
let alice: SipAgent;

beforeEach(async () => {
  runtime = new FakeRuntime();
  network = new VirtualNetwork(runtime);
  network.refusingHosts.add(NOBODY);
  alice = await SipAgent.open(network, { name: 'alice', address: '10.0.0.1' });
});

describe('a request by UDP to a port where nobody listens — RFC 3261 §18.4', () => {
  it('fails after a second, and not after 64*T1', async () => {
    const call = alice.call(sipUriOf(`sip:bob@${NOBODY}`));

    await runtime.advance(1500);

    expect(call.failure).toMatchObject({ kind: 'transport', statusCode: 503 });
  });

  it('goes to the next proxy at once — RFC 3263 §4.3', async () => {
    const peer = await RawPeer.open(network, '10.0.0.9');
    alice.account = { ...alice.account, outboundProxies: [sipUriOf(`sip:${NOBODY}`), sipUriOf('sip:10.0.0.9')] };

    alice.call(sipUriOf('sip:bob@example.com'));
    await runtime.advance(1500);

    expect(peer.requests('INVITE')).toHaveLength(1);
  });

  it('is not given up when a response has come, whatever ICMP says', async () => {
    const peer = await RawPeer.open(network, NOBODY);
    peer.respond = (request) => peer.reply(request, 180);

    const call = alice.call(peer.uri);
    await runtime.advance(10_000);

    expect(call.failure).toBeUndefined();
    expect(call.progress).toContain(180);
  });
});
