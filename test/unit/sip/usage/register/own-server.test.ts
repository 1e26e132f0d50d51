import { describe, expect, it } from 'vitest';
import { Registration } from '../../../../../src-main/sip/usage/index.ts';
import type { Flow } from '../../../../../src-main/sip/core/index.ts';
import { FakeRuntime } from '../../../../support/fake-runtime.ts';
import { sipUriOf } from '../../../../support/message-builders.ts';
import { SipAgent } from '../../../../support/sip-agent.ts';
import { certificateOf } from '../../../../support/transport-pair.ts';
import { VirtualNetwork } from '../../../../support/virtual-network.ts';

const SERVER = '10.0.0.9';

describe('the server of an account that is registered over TLS — RFC 3325 §5', () => {
  it('is known by the connection on which it proved itself, and by nothing else from its address', async () => {
    const runtime = new FakeRuntime();
    const network = new VirtualNetwork(runtime);
    network.certificates.set(SERVER, certificateOf({ alternativeNames: [{ kind: 'ip', value: SERVER }] }));
    const alice = await SipAgent.open(network, { name: 'alice', address: '10.0.0.1' });
    const server = await SipAgent.open(network, { name: 'server', address: SERVER });
    await server.transport.listen({ protocol: 'tls', address: SERVER, port: 5061 });
    server.core.onRequest('REGISTER', (register) => {
      const contact = register.request.headers.first('Contact') ?? '';
      register.respond(200, { headers: [['Contact', `${contact};expires=300`]] });
    });
    const registrar = sipUriOf(`sips:${SERVER}`);
    const registration = new Registration({ core: alice.core, account: alice.account, registrar });
    registration.register();
    await runtime.advance(500);
    expect(registration.report.state).toBe('registered');

    const hop = { protocol: 'tls', address: { address: SERVER, port: 5061 }, serverName: SERVER } as const;
    const own = await alice.transport.connect(hop);
    if (!own.ok) throw new Error(own.error.message);
    const flow = own.value;
    const other: Flow = { ...flow, remote: flow.remote, id: 'another connection of the same host' };

    expect(registration.isOwnServer(flow)).toBe(true);
    expect(registration.isOwnServer(other)).toBe(false);
    expect(registration.isOwnServer({ ...other, protocol: 'udp', isSecure: false })).toBe(false);
  });
});
