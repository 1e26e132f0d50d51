// The handshake on the media path with a stack that everybody knows: OpenSSL as server and as client. RFC 5764 §4.2, RFC 6347 §4.2.
// A handshake ends only when each of these is carried out as the other side does it:
// greetings and their extensions: RFC 5246 §7.3, §7.4.1, §7.4.1.4, RFC 5746 §3.3, §3.6, RFC 5764 §4.1.1, RFC 8422 §4, §5.1.1, §5.1.2
// certificates and signatures: RFC 5246 §7.4.1.4.1, §7.4.2, §7.4.4, RFC 8422 §5.5, RFC 6347 §4.2.6, §4.3.2
// secrets and records: RFC 5246 §5, §6.2.3, §6.2.3.3, §6.3, §8.1, RFC 5288 §3, RFC 5289 §3.2, RFC 5705 §4, RFC 6347 §4.1.2.1, RFC 7627 §4
import { createSocket, type Socket } from 'node:dgram';
import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { nodeRuntime } from '../../src-main/base/runtime.ts';
import { createDtlsIdentity, DtlsEndpoint, type AgreedSrtp, type DtlsRole } from '../../src-main/media/dtls/index.ts';
import { temporaryFolder } from '../support/daemon.ts';
import { freePort } from '../support/free-port.ts';
import { LineProcess, runProgram } from '../support/line-process.ts';
import { requireProgram } from '../support/requirements.ts';

const runtime = nodeRuntime();
const sockets: Socket[] = [];

afterAll(() => {
  for (const socket of sockets) socket.close();
});

const PROFILES = [
  ['SRTP_AES128_CM_SHA1_80', 'AES_CM_128_HMAC_SHA1_80', 30],
  ['SRTP_AES128_CM_SHA1_32', 'AES_CM_128_HMAC_SHA1_32', 30],
  ['SRTP_AEAD_AES_128_GCM', 'AEAD_AES_128_GCM', 28],
  ['SRTP_AEAD_AES_256_GCM', 'AEAD_AES_256_GCM', 44],
] as const;

interface OpenSslCertificate {
  readonly certificate: string;
  readonly key: string;
  readonly digits: string;
}

async function certificateOf(kind: 'ec' | 'rsa'): Promise<OpenSslCertificate> {
  const folder = temporaryFolder('dtls');
  const [certificate, key] = [join(folder, 'certificate.pem'), join(folder, 'key.pem')];
  const algorithm = kind === 'ec' ? ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256'] : ['-newkey', 'rsa:2048'];
  const files = ['-keyout', key, '-out', certificate];
  await runProgram('openssl', ['req', '-x509', ...algorithm, '-nodes', '-days', '2', '-subj', '/CN=peer', ...files]);
  return { certificate, key, digits: new X509Certificate(readFileSync(certificate)).fingerprint256 };
}

/** Our end on a socket of its own, and what it agrees on. */
async function openEnd(role: DtlsRole, digits: string, port: () => number) {
  const socket = createSocket('udp4');
  sockets.push(socket);
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  const identity = createDtlsIdentity((sizeBytes) => runtime.randomBytes(sizeBytes));
  let peerPort = 0;
  let endpoint: DtlsEndpoint | undefined;
  const agreed = new Promise<AgreedSrtp>((resolve, reject) => {
    endpoint = new DtlsEndpoint({
      role,
      runtime,
      identity,
      remoteFingerprints: [{ hash: 'sha-256', digits }],
      send: (datagram) => socket.send(datagram, peerPort || port(), '127.0.0.1'),
      onAgreed: resolve,
      onFailed: (failure) => reject(new Error(`${failure.kind}: ${failure.message}`)),
    });
  });
  socket.on('message', (bytes, from) => {
    peerPort = from.port;
    endpoint?.receive(bytes);
  });
  return { endpoint, agreed, port: socket.address().port };
}

const exportOf = (process: LineProcess): Promise<string> =>
  process.until('key material', () => /Keying material: ([0-9A-F]+)/.exec(process.lines.join('\n'))?.[1], 8000);

const exporting = (sizeBytes: number): string[] => [
  '-keymatexport',
  'EXTRACTOR-dtls_srtp',
  '-keymatexportlen',
  String(2 * sizeBytes),
];

/** RFC 5764 §4.2: both keys, then both salts. */
function expectSameKeys({ suite, localKey, remoteKey }: AgreedSrtp, role: DtlsRole, exported: string): void {
  const keys = [localKey, remoteKey].map((key) => Buffer.from(key, 'base64'));
  const [client, server] = role === 'client' ? keys : keys.toReversed();
  const saltBytes = suite.startsWith('AEAD') ? 12 : 14;
  const parts = [client, server].map((key = Buffer.alloc(0)) => [
    key.subarray(0, -saltBytes),
    key.subarray(-saltBytes),
  ]);
  const ours = Buffer.concat([0, 1].flatMap((part) => parts.map((each) => each[part] ?? Buffer.alloc(0))));
  expect(ours.toString('hex').toUpperCase()).toBe(exported);
}

describe('DTLS with OpenSSL (RFC 5764 §4.2)', () => {
  it.each(PROFILES)('as client, %s', async (profile, suite, sizeBytes) => {
    await expectAgreementWithServer('ec', profile, suite, sizeBytes);
  });

  it('as client of a server whose certificate is for RSA', async (context) => {
    requireProgram(context, 'openssl');
    await expectAgreementWithServer('rsa', ...PROFILES[0]);
  });

  it.each(PROFILES)('as server, %s', async (profile, suite, sizeBytes) => {
    const { certificate, key, digits } = await certificateOf('ec');
    const end = await openEnd('server', digits, () => 0);
    end.endpoint?.start();
    const place = ['-connect', `127.0.0.1:${end.port}`, '-cert', certificate, '-key', key];
    const peer = new LineProcess('openssl', [
      ...['s_client', '-dtls1_2', '-use_srtp', profile, ...exporting(sizeBytes), ...place],
    ]);
    const agreed = await end.agreed;
    expect(agreed.suite).toBe(suite);
    expectSameKeys(agreed, 'server', await exportOf(peer));
    await peer.end();
  });
});

async function expectAgreementWithServer(
  kind: 'ec' | 'rsa',
  profile: string,
  suite: string,
  sizeBytes: number,
): Promise<void> {
  const { certificate, key, digits } = await certificateOf(kind);
  const port = await freePort();
  const place = ['-accept', `127.0.0.1:${port}`, '-cert', certificate, '-key', key, '-verify', '1'];
  const peer = new LineProcess('openssl', [
    ...['s_server', '-dtls1_2', '-listen', '-use_srtp', profile, ...exporting(sizeBytes), ...place],
  ]);
  await peer.until('ACCEPT', () => peer.lines.find((line) => line.startsWith('ACCEPT')));
  const end = await openEnd('client', digits, () => port);
  end.endpoint?.start();
  const agreed = await end.agreed;
  expect(agreed.suite).toBe(suite);
  expectSameKeys(agreed, 'client', await exportOf(peer));
  await peer.end();
}
