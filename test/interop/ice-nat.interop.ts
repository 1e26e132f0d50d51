// A phone behind a symmetric NAT calls one before it, and a STUN server tells it where it is seen. RFC 8445 §5.1.1.2, §7.3.1.4.
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { startDaemon, temporaryFolder, type Daemon } from '../support/daemon.ts';
import { freePort } from '../support/free-port.ts';
import { leaveLab, pause, SPEECH } from '../support/lab.ts';
import { LineProcess } from '../support/line-process.ts';
import { createMaskedNetwork, INSIDE, MASK_ADDRESS, OUTSIDE, removeMaskedNetwork } from '../support/masked-network.ts';
import { commandIn } from '../support/network-namespace.ts';
import { requireProgram, requireThat } from '../support/requirements.ts';

afterEach(async () => {
  await leaveLab();
  await removeMaskedNetwork();
});

const phoneAt = (
  user: string,
  { address, name }: typeof INSIDE | typeof OUTSIDE,
  stunServer: string,
): Promise<Daemon> =>
  startDaemon({
    namespace: name,
    config: {
      accounts: [
        { id: user, address: `sip:${user}@${address}`, register: false, codecs: ['PCMU'], ice: true, stunServer },
      ],
      sip: { listen: [{ transport: 'udp', address }] },
      media: { address },
      calls: { autoAnswerAfterSec: 0 },
    },
    audio: `file:${SPEECH},`,
  });

describe('a call through a NAT (RFC 8445 §7.3.1.4)', () => {
  it('offers what the server has seen, and takes the way that the checks show', async (context) => {
    const program = requireProgram(context, 'turnserver', 'ip', 'nft');
    requireThat(context, await createMaskedNetwork(), 'no network namespaces with masquerade here');
    const port = await freePort();
    const folder = temporaryFolder('coturn');
    const files = ['--pidfile', join(folder, 'pid'), '--userdb', join(folder, 'db'), '--log-file', 'stdout'];
    const listen = ['--listening-ip', OUTSIDE.address, '--listening-port', String(port)];
    const flags = ['-n', '--stun-only', '--no-tls', '--no-dtls', '--no-cli', ...listen, ...files];
    const server = new LineProcess(...commandIn(OUTSIDE.name, program, flags));
    const stunServer = `${OUTSIDE.address}:${port}`;
    const [bob, alice] = [await phoneAt('bob', INSIDE, stunServer), await phoneAt('alice', OUTSIDE, stunServer)];
    const callId = await bob.dial(`sip:alice@${OUTSIDE.address}:${alice.port()}`);
    const { id } = await alice.incoming('connected');
    await pause(4000);

    const [offer = ''] = await bob.traced('INVITE', 'outgoing');
    expect(offer).toContain(`${MASK_ADDRESS} `);
    expect(offer).toMatch(/typ srflx raddr 192\.168\.7\.2 rport \d+/);
    expect(bob.qualities.get(callId)?.path).toMatchObject({ state: 'completed', remoteKind: 'host' });
    expect(alice.qualities.get(id)?.path?.state).toBe('completed');
    expect(['srflx', 'prflx']).toContain(alice.qualities.get(id)?.path?.remoteKind);
    for (const quality of [bob.qualities.get(callId), alice.qualities.get(id)])
      expect(quality?.mos).toBeGreaterThan(3.5);
    await server.end();
  });
});
