// A call out of a network whose firewall lets sound go nowhere but to a relay. RFC 8656, RFC 8445 §5.1.1.2, RFC 7065 §3.1.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { startCoturn, RELAY_USER } from '../support/coturn.ts';
import { startDaemon, temporaryFolder, type Daemon } from '../support/daemon.ts';
import { freePort, leaveLab, pause, SPEECH } from '../support/lab.ts';
import { createMaskedNetwork, INSIDE, OUTSIDE, removeMaskedNetwork } from '../support/masked-network.ts';
import { requireProgram, requireThat } from '../support/requirements.ts';

afterEach(async () => {
  await leaveLab();
  await removeMaskedNetwork();
});

interface PhonePlace {
  readonly user: string;
  readonly at: typeof INSIDE | typeof OUTSIDE;
  readonly port: number;
  readonly account: object;
  readonly heard: string;
}

const phoneAt = ({ user, at, port, account, heard }: PhonePlace): Promise<Daemon> =>
  startDaemon({
    namespace: at.name,
    config: {
      accounts: [
        { id: user, address: `sip:${user}@${at.address}`, register: false, codecs: ['PCMU'], ice: true, ...account },
      ],
      sip: { listen: [{ transport: 'udp', address: at.address, port }] },
      media: { address: at.address },
      calls: { autoAnswerAfterSec: 0 },
    },
    audio: `file:${SPEECH},${heard}`,
  });

/** Root mean square of what a phone has heard. */
function loudnessOf(file: string): number {
  const bytes = readFileSync(file);
  let sum = 0;
  let count = 0;
  for (let at = 44; at + 1 < bytes.length; at += 2, count++) sum += bytes.readInt16LE(at) ** 2;
  return count === 0 ? 0 : Math.sqrt(sum / count);
}

const ways = [
  { transport: 'datagrams', uri: (port: number) => `turn:${OUTSIDE.address}:${port}`, udp: true },
  { transport: 'a stream', uri: (port: number) => `turn:${OUTSIDE.address}:${port}?transport=tcp`, udp: false },
];

describe('a call by a relay (RFC 8656)', () => {
  it.each(ways)('is heard both ways over $transport, where nothing else gets out', async ({ uri, udp }, context) => {
    const program = requireProgram(context, 'turnserver', 'ip', 'nft');
    const [sipPort, relayPort] = [await freePort(), await freePort()];
    const openings = { udpPorts: udp ? [sipPort, relayPort] : [sipPort], tcpPorts: udp ? [] : [relayPort] };
    requireThat(context, await createMaskedNetwork(openings), 'no network namespaces with masquerade here');
    const relay = startCoturn(program, { address: OUTSIDE.address, port: relayPort, namespace: OUTSIDE.name });
    const folder = temporaryFolder('heard');
    const [bobHeard, aliceHeard] = [join(folder, 'bob.wav'), join(folder, 'alice.wav')];
    const account = { turnServer: uri(relayPort), ...RELAY_USER };
    const bob = await phoneAt({ user: 'bob', at: INSIDE, port: sipPort, account, heard: bobHeard });
    const alice = await phoneAt({ user: 'alice', at: OUTSIDE, port: sipPort, account: {}, heard: aliceHeard });
    const callId = await bob.dial(`sip:alice@${OUTSIDE.address}:${sipPort}`);
    const { id } = await alice.incoming('connected');
    await pause(5000);

    const [offer = ''] = await bob.traced('INVITE', 'outgoing');
    expect(offer).toMatch(/typ relay raddr [\d.]+ rport \d+/);
    expect(bob.qualities.get(callId)?.path).toMatchObject({ state: 'completed', localKind: 'relay' });
    expect(alice.qualities.get(id)?.path).toMatchObject({ state: 'completed', remoteKind: 'relay' });
    for (const quality of [bob.qualities.get(callId), alice.qualities.get(id)])
      expect(quality?.mos).toBeGreaterThan(3.5);
    await bob.end();
    await alice.end();
    await relay.end();
    expect(Math.min(loudnessOf(bobHeard), loudnessOf(aliceHeard))).toBeGreaterThan(300);
  });
});
