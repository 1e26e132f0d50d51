// Two ends of a DTLS association with a line between them that loses, repeats and turns round datagrams at will, on virtual time.
import {
  createDtlsIdentity,
  DtlsEndpoint,
  type AgreedSrtp,
  type DtlsFailure,
  type DtlsIdentity,
  type DtlsRole,
} from '../../../src-main/media/dtls/index.ts';
import { FakeRuntime } from '../fake-runtime.ts';

export interface DtlsSide {
  readonly identity: DtlsIdentity;
  endpoint: DtlsEndpoint;
  agreed?: AgreedSrtp;
  failure?: DtlsFailure;
  readonly sent: Buffer[];
}

export interface DtlsLine {
  /** What becomes of the n-th datagram of that side: the datagrams that arrive in its place. */
  readonly deliver?: (datagram: Buffer, from: DtlsRole, count: number) => readonly Buffer[];
  /** Of the other side's certificate, where it is not the true one. */
  readonly fingerprintOfServer?: string;
  readonly fingerprintOfClient?: string;
  readonly delayMs?: number;
}

export function dtlsPair(line: DtlsLine = {}, seed = 1) {
  const runtime = new FakeRuntime(seed);
  const randomBytes = (sizeBytes: number): Uint8Array => runtime.randomBytes(sizeBytes);
  const identities = { client: createDtlsIdentity(randomBytes), server: createDtlsIdentity(randomBytes) };
  const sides: Partial<Record<DtlsRole, DtlsSide>> = {};
  const side = (role: DtlsRole, digits: string): DtlsSide => {
    const other = role === 'client' ? 'server' : 'client';
    const sent: Buffer[] = [];
    const made: DtlsSide = {
      identity: identities[role],
      sent,
      endpoint: new DtlsEndpoint({
        role,
        runtime,
        identity: identities[role],
        remoteFingerprints: [{ hash: 'sha-256', digits }],
        send: (datagram) => {
          const copy = Buffer.from(datagram);
          sent.push(copy);
          for (const arriving of line.deliver?.(copy, role, sent.length) ?? [copy]) {
            runtime.setTimer(line.delayMs ?? 10, () => sides[other]?.endpoint.receive(arriving));
          }
        },
        onAgreed: (agreed) => (made.agreed = agreed),
        onFailed: (failure) => (made.failure = failure),
      }),
    };
    return made;
  };
  const client = (sides.client = side('client', line.fingerprintOfServer ?? identities.server.fingerprint));
  const server = (sides.server = side('server', line.fingerprintOfClient ?? identities.client.fingerprint));
  server.endpoint.start();
  client.endpoint.start();
  return { runtime, client, server };
}
