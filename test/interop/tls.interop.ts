// TLS on real sockets: what is believed, what is refused, and who is sent what.
import { connect as connectTcp } from 'node:net';
import { connect as connectTls, type SecureVersion } from 'node:tls';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { silentLogger } from '../../src-main/base/logger.ts';
import { nodeRuntime } from '../../src-main/base/runtime.ts';
import {
  type Flow,
  nodeNetwork,
  type PeerCertificate,
  prepareOutgoingRequest,
  type TlsMaterial,
  TransportLayer,
} from '../../src-main/sip/transport/index.ts';
import type { SipMessage } from '../../src-main/sip/syntax/index.ts';
import { CertificateAuthority, type CertificateFiles } from '../support/certificates.ts';
import { startDaemon, temporaryFolder, type Daemon } from '../support/daemon.ts';
import { DOMAIN as LAB_DOMAIN, Peer, startServer, type LabServer } from '../support/lab.ts';
import { requestOf } from '../support/message-builders.ts';
import { hasProgram, requireProgram, type SkippingContext } from '../support/requirements.ts';

const DOMAIN = 'biloxi.example.com';
const LOOPBACK = '127.0.0.1';

interface Opened {
  readonly layer: TransportLayer;
  readonly messages: SipMessage[];
  readonly flows: Flow[];
}

let authority: CertificateAuthority;
let good: CertificateFiles;
const layers: TransportLayer[] = [];

beforeAll(() => {
  if (!hasProgram('openssl')) return;
  authority = new CertificateAuthority(temporaryFolder('certificates'));
  good = authority.issue({ name: DOMAIN, alternativeNames: `URI:sip:${DOMAIN},DNS:host7.hosting.example` });
});
afterEach(() => {
  for (const layer of layers.splice(0)) layer.close();
});
function open(material: Partial<TlsMaterial>): Opened {
  const messages: SipMessage[] = [];
  const flows: Flow[] = [];
  const layer = new TransportLayer({
    network: nodeNetwork({ trustedCertificates: [], ...material }),
    runtime: nodeRuntime(),
    logger: silentLogger,
    user: {
      onMessage: (message, flow) => {
        messages.push(message);
        flows.push(flow);
      },
      onSendFailed: () => {},
      onFlowClosed: () => {},
    },
  });
  layers.push(layer);
  return { layer, messages, flows };
}

async function serve(files: CertificateFiles): Promise<Opened & { readonly port: number }> {
  const opened = open({ ...files, trustedCertificates: [authority.authority.certificate] });
  const listening = await opened.layer.listen({ protocol: 'tls', address: LOOPBACK, port: 0 });
  if (!listening.ok) throw new Error(listening.error.message);
  return { ...opened, port: listening.value.local.port };
}

const hopTo = (port: number, serverName = DOMAIN) =>
  ({ protocol: 'tls', address: { address: LOOPBACK, port }, serverName }) as const;

async function refusalOf(
  files: CertificateFiles,
): Promise<{ reason: string | undefined; certificate?: PeerCertificate }> {
  const server = await serve(files);
  const client = open({ trustedCertificates: [authority.authority.certificate] });
  const connected = await client.layer.connect(hopTo(server.port));
  if (connected.ok) return { reason: undefined };
  const { refusal } = connected.error;
  return { reason: refusal?.reason ?? connected.error.message, ...(refusal && { certificate: refusal.certificate }) };
}

async function until<T>(what: () => T | undefined): Promise<T> {
  for (let tries = 0; tries < 200; tries++) {
    const found = what();
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error('it did not come');
}

describe('TLS on real sockets', () => {
  it('carries a request to a server that proves its domain, by TLS 1.3', async (context) => {
    requireProgram(context, 'openssl');
    const server = await serve(good);
    const client = open({ trustedCertificates: [authority.authority.certificate] });
    const connected = await client.layer.connect(hopTo(server.port));
    if (!connected.ok) throw new Error(connected.error.message);
    const request = requestOf();
    prepareOutgoingRequest(request, connected.value);
    connected.value.send(request);

    expect(await until(() => server.messages[0])).toMatchObject({ kind: 'request', method: 'OPTIONS' });
    expect(server.flows[0]?.isSecure).toBe(true);
  });

  it('refuses what does not prove it (RFC 5922 §7)', async (context) => {
    requireProgram(context, 'openssl');
    const unknown = authority.selfSigned({ name: DOMAIN, alternativeNames: `DNS:${DOMAIN}` });
    const wrong = authority.issue({ name: 'other.example', alternativeNames: 'URI:sip:other.example' });
    const wildcard = authority.issue({ name: '*.example.com' });
    const old = authority.issue({ name: DOMAIN, days: -1 });

    const { reason, certificate } = await refusalOf(unknown);
    expect(reason).toBe('unknownIssuer');
    expect(certificate?.fingerprint).toMatch(/^(?:[0-9A-F]{2}:){31}[0-9A-F]{2}$/);
    expect(certificate).toMatchObject({ subject: `CN=${DOMAIN}`, issuer: `CN=${DOMAIN}` });
    expect((await refusalOf(wrong)).reason).toBe('wrongDomain');
    expect((await refusalOf(wildcard)).reason).toBe('wrongDomain');
    expect((await refusalOf(old)).reason).toBe('expired');
  });

  it('shows its own certificate to a server that asks, and is believed by it (RFC 5923 §5)', async (context) => {
    requireProgram(context, 'openssl');
    const server = await serve(good);
    const own = authority.issue({ name: 'atlanta.example.com' });
    const client = open({ ...own, trustedCertificates: [authority.authority.certificate] });
    const connected = await client.layer.connect(hopTo(server.port));
    if (!connected.ok) throw new Error(connected.error.message);
    const request = requestOf();
    prepareOutgoingRequest(request, connected.value);
    request.headers.set('Via', `${String(request.topVia)};alias`.replace(/:\d+;/, ':5061;'));
    connected.value.send(request);
    const flow = await until(() => server.flows[0]);

    const back = await server.layer.connect(hopTo(5061, 'atlanta.example.com'));
    expect(back.ok && back.value.id).toBe(flow.id);
  });

  it.each(['TLSv1', 'TLSv1.1'] as const)('does not speak %s', async (version) => {
    if (!hasProgram('openssl')) return;
    const server = await serve(good);
    const failure = await new Promise<string>((resolve) => {
      const old: SecureVersion = version;
      const options = {
        port: server.port,
        host: LOOPBACK,
        minVersion: old,
        maxVersion: old,
        rejectUnauthorized: false,
      };
      connectTls({ ...options, ciphers: 'DEFAULT@SECLEVEL=0' }, () => resolve('connected')).on(
        'error',
        (error: Error) => resolve(error.message),
      );
    });

    expect(failure).not.toBe('connected');
  });

  it('names no server that is a number in the handshake (RFC 6066 §3)', async (context) => {
    requireProgram(context, 'openssl');
    const server = await serve(authority.issue({ name: 'numbered', alternativeNames: `IP:${LOOPBACK}` }));
    const client = open({ trustedCertificates: [authority.authority.certificate] });

    expect((await client.layer.connect(hopTo(server.port, LOOPBACK))).ok).toBe(true);
  });

  it('is not stopped by a peer that speaks no TLS', async (context) => {
    requireProgram(context, 'openssl');
    const server = await serve(good);
    const stranger = connectTcp(server.port, LOOPBACK);
    stranger.write('OPTIONS sip:b@c SIP/2.0\r\n\r\n');
    await new Promise((resolve) => stranger.once('close', resolve).on('error', () => {}));
    const client = open({ trustedCertificates: [authority.authority.certificate] });

    expect((await client.layer.connect(hopTo(server.port))).ok).toBe(true);
    expect(server.messages).toEqual([]);
  });

  it('does not listen without a certificate, or with half of one', async (context) => {
    requireProgram(context, 'openssl');
    const place = { protocol: 'tls', address: LOOPBACK, port: 0 } as const;

    expect(await open({}).layer.listen(place)).toMatchObject({ ok: false });
    expect(await open({ certificate: good.certificate }).layer.listen(place)).toMatchObject({
      error: { message: 'a certificate and its key belong together: one of them is missing' },
    });
  });
});

describe('a phone at Kamailio over TLS', () => {
  const PROGRAMS = ['kamailio', 'kamcmd', 'openssl'] as const;
  let server: LabServer | undefined;

  beforeAll(async () => {
    if (PROGRAMS.every(hasProgram)) server = await startServer();
  });

  const serverOf = (context: SkippingContext, ...more: readonly string[]): LabServer => {
    requireProgram(context, ...PROGRAMS, ...more);
    if (!server) throw new Error('Kamailio did not start');
    return server;
  };

  const phoneOf = (account: object, trustedCertificateFiles: readonly string[]): Promise<Daemon> =>
    startDaemon({
      config: {
        accounts: [account],
        sip: { listen: [{ transport: 'tcp', address: LOOPBACK }], tls: { trustedCertificateFiles } },
        media: { address: LOOPBACK },
        calls: { autoAnswerAfterSec: 0 },
      },
    });

  it('registers and calls when it trusts the authority (RFC 3261 §26.2.1)', async (context) => {
    const lab = serverOf(context);
    const trusted = [lab.authorityFile];
    const alice = await phoneOf(lab.account('alice', { transport: 'tls' }), trusted);
    const bob = await phoneOf(lab.account('bob', { transport: 'tls' }), trusted);
    await Promise.all([alice.registration('registered'), bob.registration('registered')]);
    const callId = await alice.dial(`sip:bob@${LAB_DOMAIN}`);
    await bob.incoming('connected');
    const [invite] = await bob.traced('INVITE', 'incoming');
    expect(invite).toContain('SIP/2.0/TLS');
    await alice.command('call.hangUp', { callId });
    await bob.until('end of the call', () => [...bob.calls.values()].find(({ state }) => state === 'ended'));
    await Promise.all([alice.terminate(), bob.terminate()]);
  });

  it('asks about a private authority, and registers once the user trusts it', async (context) => {
    const lab = serverOf(context);
    const phone = await phoneOf(lab.account('carol', { transport: 'tls' }), []);
    const question = await phone.until('question', () => phone.view?.certificateQuestions[0]);

    expect(question).toMatchObject({ accountId: 'carol', host: `127.0.0.1:${lab.tlsPort}`, reason: 'unknownIssuer' });
    expect(question.issuer).toContain('lab CA');
    expect(phone.view?.accounts[0]?.registration).not.toBe('registered');
    await phone.command('certificate.trust', { id: question.id });
    await phone.registration('registered');
    expect((await phone.viewNow()).certificateQuestions).toEqual([]);
    await phone.terminate();
  });

  it('takes no certificate for a host that it does not name (RFC 5922 §7.1)', async (context) => {
    const lab = serverOf(context);
    const account = {
      ...lab.account('dave', { transport: 'tls' }),
      outboundProxies: [`sip:localhost:${lab.tlsPort};transport=tls;lr`],
    };
    const phone = await phoneOf(account, [lab.authorityFile]);
    const { reason, id } = await phone.until('question', () => phone.view?.certificateQuestions[0]);

    expect(reason).toBe('wrongDomain');
    await phone.command('certificate.refuse', { id });
    await phone.until('an empty list', () => phone.view?.certificateQuestions.length === 0 || undefined);
    expect(phone.view?.accounts[0]?.registration).not.toBe('registered');
    await phone.terminate();
  });

  for (const [kind, program] of [
    ['baresip', 'baresip'],
    ['linphone', 'linphonec'],
  ] as const) {
    for (const transport of ['tcp', 'tls'] as const) {
      it(`calls ${program} over ${transport} and is called by it`, async (context) => {
        const lab = serverOf(context, program);
        const peerPort = transport === 'tls' ? lab.tlsPort : lab.port;
        const options = { user: 'bob', server: `${LOOPBACK}:${peerPort}`, transport, codecs: 'pcmu' };
        const peer = new Peer(kind, options);
        const phone = await phoneOf(lab.account('alice', { transport }), [lab.authorityFile]);
        await Promise.all([phone.registration('registered'), peer.event('registered', 15_000)]);
        const callId = await phone.dial(`sip:bob@${LAB_DOMAIN}`);
        await peer.event('CALL_ESTABLISHED');
        await phone.command('call.hangUp', { callId });
        await peer.event('CALL_CLOSED');
        peer.write(`dial sip:alice@${LAB_DOMAIN}`);
        await phone.incoming('connected');
        await peer.quit();
        await phone.terminate();
      });
    }
  }
});
