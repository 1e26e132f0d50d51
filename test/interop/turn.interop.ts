// A call out of a network whose firewall lets sound go nowhere but to a relay. RFC 8656, RFC 8445 §5.1.1.2, RFC 7065 §3.1.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { CertificateAuthority } from '../support/certificates.ts';
import { startCoturn, RELAY_USER } from '../support/coturn.ts';
import { temporaryFolder } from '../support/daemon.ts';
import { freePort } from '../support/free-port.ts';
import { leaveLab, pause } from '../support/lab.ts';
import type { LineProcess } from '../support/line-process.ts';
import { createMaskedNetwork, INSIDE, INSIDE_TOO, OUTSIDE, removeMaskedNetwork } from '../support/masked-network.ts';
import { phoneAt } from '../support/phone-place.ts';
import { requireProgram, requireThat } from '../support/requirements.ts';

afterEach(async () => {
  await leaveLab();
  await removeMaskedNetwork();
});

/** Root mean square of what a phone has heard. */
function loudnessOf(file: string): number {
  const bytes = readFileSync(file);
  let sum = 0;
  let count = 0;
  for (let at = 44; at + 1 < bytes.length; at += 2, count++) sum += bytes.readInt16LE(at) ** 2;
  return count === 0 ? 0 : Math.sqrt(sum / count);
}

interface Way {
  readonly name: string;
  readonly transport: 'udp' | 'tcp' | 'tls';
  /** The other phone is behind a firewall as well, and has only the relay. */
  readonly isBothSides?: true;
}

const ways: readonly Way[] = [
  { name: 'datagrams', transport: 'udp' },
  { name: 'datagrams from both sides', transport: 'udp', isBothSides: true },
  { name: 'a stream', transport: 'tcp' },
  { name: 'a secured stream from both sides', transport: 'tls', isBothSides: true },
];

/** The relay of a way, how an account names it, and who vouches for it. */
interface StartedRelay {
  readonly relay: LineProcess;
  readonly uri: string;
  readonly trusted?: readonly string[];
}

function startRelay(program: string, { transport }: Way, port: number): StartedRelay {
  const { address, name: namespace } = OUTSIDE;
  if (transport !== 'tls') {
    const relay = startCoturn(program, { address, port, namespace });
    return { relay, uri: `turn:${address}:${port}?transport=${transport}` };
  }
  const authority = new CertificateAuthority(temporaryFolder('authority'));
  const { certificateFile, keyFile } = authority.issue({ name: 'relay', alternativeNames: `IP:${address}` });
  const relay = startCoturn(program, { address, port: port + 1, namespace, tls: { port, certificateFile, keyFile } });
  return { relay, uri: `turns:${address}:${port}`, trusted: [authority.authority.certificateFile] };
}

describe('a call by a relay (RFC 8656)', () => {
  it.for(ways)('is heard both ways over $name, where nothing else gets through', async (way, context) => {
    const program = requireProgram(context, 'turnserver', 'ip', 'nft');
    const [sipPort, relayPort] = [await freePort(), await freePort()];
    const isUdp = way.transport === 'udp';
    const openings = { udpPorts: isUdp ? [sipPort, relayPort] : [sipPort], tcpPorts: isUdp ? [] : [relayPort] };
    requireThat(context, await createMaskedNetwork(openings), 'no network namespaces with masquerade here');
    const { relay, uri, trusted = [] } = startRelay(program, way, relayPort);
    const folder = temporaryFolder('heard');
    const [bobHeard, aliceHeard] = [join(folder, 'bob.wav'), join(folder, 'alice.wav')];
    const account = { turnServer: uri, ...RELAY_USER };
    const there = way.isBothSides ? INSIDE_TOO : OUTSIDE;
    const theirs = way.isBothSides ? account : {};
    const bob = await phoneAt({ user: 'bob', at: INSIDE, port: sipPort, account, heard: bobHeard, trusted });
    const alice = await phoneAt({
      user: 'alice',
      at: there,
      port: sipPort,
      account: theirs,
      heard: aliceHeard,
      trusted,
    });
    const callId = await bob.dial(`sip:alice@${there.address}:${sipPort}`);
    const { id } = await alice.incoming('connected');
    await pause(5000);

    const [offer = ''] = await bob.traced('INVITE', 'outgoing');
    expect(offer).toMatch(/typ relay raddr [\d.]+ rport \d+/);
    const paths = [bob.qualities.get(callId)?.path, alice.qualities.get(id)?.path];
    expect(paths.map((path) => path?.state)).toEqual(['completed', 'completed']);
    expect(paths.flatMap((path) => [path?.localKind, path?.remoteKind])).toContain('relay');
    for (const quality of [bob.qualities.get(callId), alice.qualities.get(id)])
      expect(quality?.mos).toBeGreaterThan(3.5);
    await bob.end();
    await alice.end();
    await relay.end();
    expect(Math.min(loudnessOf(bobHeard), loudnessOf(aliceHeard))).toBeGreaterThan(300);
  });

  it('is a call without it where the name at the relay is wrong', async (context) => {
    const program = requireProgram(context, 'turnserver');
    const port = await freePort();
    const relay = startCoturn(program, { ...HERE, port });
    const offer = await offerOf({ turnServer: `turn:127.0.0.1:${port}`, ...RELAY_USER, turnPassword: 'wrong' });

    expect(offer).toContain('typ host');
    expect(offer).not.toContain('typ relay');
    await relay.end();
  });

  it.for([
    { name: 'trusted', isTrusted: true },
    { name: 'not trusted, which leaves what else there is', isTrusted: false },
  ])('goes by a secured stream whose certificate is $name (RFC 8489 §6.2.3)', async ({ isTrusted }, context) => {
    const program = requireProgram(context, 'turnserver', 'openssl');
    const [port, plainPort] = [await freePort(), await freePort()];
    const authority = new CertificateAuthority(temporaryFolder('authority'));
    const files = authority.issue({ name: 'relay', alternativeNames: 'IP:127.0.0.1' });
    const relay = startCoturn(program, { ...HERE, port: plainPort, tls: { port, ...files } });
    const trusted = isTrusted ? [authority.authority.certificateFile] : [];
    const offer = await offerOf({ turnServer: `turns:127.0.0.1:${port}`, ...RELAY_USER }, trusted);

    expect(offer).toContain('typ host');
    expect(offer.includes('typ relay')).toBe(isTrusted);
    await relay.end();
  });
});

describe('a relay that sends us to another one (RFC 8489 §10)', () => {
  it.for(['udp', 'tcp'] as const)('is left for it by %s', async (transport, context) => {
    const program = requireProgram(context, 'turnserver');
    const [port, otherPort] = [await freePort(), await freePort()];
    const redirection = ['--alternate-server', `127.0.0.1:${otherPort}`];
    const relay = startCoturn(program, { ...HERE, port, flags: [...HERE.flags, ...redirection] });
    const other = startCoturn(program, { ...HERE, port: otherPort });
    const offer = await offerOf({ turnServer: `turn:127.0.0.1:${port}?transport=${transport}`, ...RELAY_USER });

    expect(offer).toMatch(/typ relay/);
    await Promise.all([relay.end(), other.end()]);
  });
});

describe('a relay whose transport the account does not name (RFC 8656 §3.1)', () => {
  it.for([
    { way: 'a stream', flags: ['--no-udp'] },
    { way: 'a secured stream', flags: ['--no-udp', '--no-tcp'] },
  ])('is reached by $way where nothing else is answered', async ({ flags }, context) => {
    const program = requireProgram(context, 'turnserver', 'openssl');
    const [port, otherPort] = [await freePort(), await freePort()];
    const authority = new CertificateAuthority(temporaryFolder('authority'));
    const files = authority.issue({ name: 'relay', alternativeNames: 'IP:127.0.0.1' });
    const isSecure = flags.length > 1;
    const places = isSecure ? { port: otherPort, tls: { port, ...files } } : { port };
    const relay = startCoturn(program, { ...HERE, ...places, flags: [...HERE.flags, ...flags] });
    const account = { turnServer: `turn:127.0.0.1:${port}`, ...RELAY_USER };
    const offer = await offerOf(account, [authority.authority.certificateFile]);

    expect(offer).toMatch(/typ relay raddr 127\.0\.0\.1 rport \d+/);
    await relay.end();
  });

  it('is left alone by streams where datagrams are answered', async (context) => {
    const program = requireProgram(context, 'turnserver');
    const port = await freePort();
    let connections = 0;
    const streams = createServer(() => connections++).listen(port, '127.0.0.1');
    const relay = startCoturn(program, { ...HERE, port, flags: [...HERE.flags, '--no-tcp'] });
    const offer = await offerOf({ turnServer: `turn:127.0.0.1:${port}`, ...RELAY_USER });

    expect(offer).toContain('typ relay');
    expect(connections).toBe(0);
    streams.close();
    await relay.end();
  });
});

const HERE = { address: '127.0.0.1', flags: ['--allow-loopback-peers'] } as const;

/** What a phone with this account offers in a call that is answered. */
async function offerOf(account: object, trusted: readonly string[] = []): Promise<string> {
  const sipPort = await freePort();
  const at = { address: '127.0.0.1', name: undefined };
  const folder = temporaryFolder('heard');
  const heard = (user: string): string => join(folder, `${user}.wav`);
  const bob = await phoneAt({ user: 'bob', at, port: sipPort, account, heard: heard('bob'), trusted });
  const alice = await phoneAt({ user: 'alice', at, port: sipPort + 2, account: {}, heard: heard('alice') });
  await bob.dial(`sip:alice@127.0.0.1:${sipPort + 2}`);
  await alice.incoming('connected');
  const [offer = ''] = await bob.traced('INVITE', 'outgoing');
  return offer;
}
