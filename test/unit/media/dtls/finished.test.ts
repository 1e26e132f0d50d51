// The last message of each side proves that both have seen the same handshake; nothing else guards what was sealed. RFC 5246 §7.4.9.
import { describe, expect, it } from 'vitest';
import { createDtlsIdentity, type DtlsRole } from '../../../../src-main/media/dtls/index.ts';
import { ClientHandshake } from '../../../../src-main/media/dtls/client-handshake.ts';
import type { AgreedSrtp, DtlsFailure, Flight, PassedOver } from '../../../../src-main/media/dtls/handshake.ts';
import { HANDSHAKE_TYPES, type HandshakeMessage } from '../../../../src-main/media/dtls/handshake-message.ts';
import { ServerHandshake } from '../../../../src-main/media/dtls/server-handshake.ts';
import { FakeRuntime } from '../../../support/fake-runtime.ts';

interface Outcome {
  agreed?: AgreedSrtp | undefined;
  failure?: DtlsFailure | PassedOver;
}

/** Hands messages over as they are, behind encryption as it were, but for what `change` does to those of `sender`. */
function shake(sender?: DtlsRole, change: (body: Buffer) => Buffer = (body) => body): Record<DtlsRole, Outcome> {
  const runtime = new FakeRuntime();
  const randomBytes = (sizeBytes: number): Uint8Array => runtime.randomBytes(sizeBytes);
  const identities = { client: createDtlsIdentity(randomBytes), server: createDtlsIdentity(randomBytes) };
  const optionsOf = (own: DtlsRole, other: DtlsRole) => ({
    identity: identities[own],
    remoteFingerprints: [{ hash: 'sha-256', digits: identities[other].fingerprint }],
    randomBytes,
  });
  const ends = {
    client: new ClientHandshake(optionsOf('client', 'server')),
    server: new ServerHandshake(optionsOf('server', 'client')),
  };
  const outcomes: Record<DtlsRole, Outcome> = { client: {}, server: {} };
  const handed = (message: HandshakeMessage, from: DtlsRole): HandshakeMessage =>
    from === sender && message.type === HANDSHAKE_TYPES.finished
      ? { ...message, body: change(Buffer.from(message.body)) }
      : message;
  const hand = (flight: Flight, from: DtlsRole): void => {
    const to = from === 'client' ? 'server' : 'client';
    let isProtected = false;
    for (const part of flight) {
      if (part === 'changeCipherSpec') {
        isProtected = true;
        continue;
      }
      const step = ends[to].receive(handed(part, from), isProtected);
      if (!step.ok) {
        outcomes[to].failure = step.error;
        return;
      }
      if (step.value.agreed) outcomes[to].agreed = step.value.agreed;
      if (step.value.flight) hand(step.value.flight, to);
    }
  };
  hand(ends.client.start(), 'client');
  return outcomes;
}

const other: Readonly<Record<DtlsRole, DtlsRole>> = { client: 'server', server: 'client' };

describe('the proof at the end, RFC 5246 §7.4.9', () => {
  it('is right when nothing was changed', () => {
    const { client, server } = shake();
    expect(client.agreed?.localKey).toBe(server.agreed?.remoteKey);
    expect(client.agreed?.localKey).toHaveLength(60);
  });

  it.each(['client', 'server'] as const)('of the %s that differs in one bit agrees on nothing', (sender) => {
    const outcome = shake(sender, (body) => body.fill((body[0] ?? 0) ^ 1, 0, 1))[other[sender]];
    expect(outcome.failure?.kind).toBe('wrongProof');
    expect(outcome.agreed).toBeUndefined();
  });

  it.each(['client', 'server'] as const)('of the %s that is cut off agrees on nothing', (sender) => {
    const outcome = shake(sender, (body) => body.subarray(0, 4))[other[sender]];
    expect(outcome.failure?.kind).toBe('wrongProof');
    expect(outcome.agreed).toBeUndefined();
  });
});

describe('a client without a certificate, RFC 5246 §7.4.6', () => {
  it('is refused, RFC 5763 §5', () => {
    const runtime = new FakeRuntime();
    const randomBytes = (sizeBytes: number): Uint8Array => runtime.randomBytes(sizeBytes);
    const options = { identity: createDtlsIdentity(randomBytes), remoteFingerprints: [], randomBytes };
    const [client, server] = [new ClientHandshake(options), new ServerHandshake(options)];
    const handOver = (flight: Flight | undefined, to: ClientHandshake | ServerHandshake): Flight | undefined => {
      const [message] = flight ?? [];
      if (message === undefined || message === 'changeCipherSpec') throw new Error('nothing was said');
      const step = to.receive(message, false);
      return step.ok ? step.value.flight : undefined;
    };
    handOver(handOver(handOver(client.start(), server), client), server);
    const none = { type: HANDSHAKE_TYPES.certificate, sequence: 2, body: Buffer.alloc(3) };
    expect(server.receive(none, false)).toMatchObject({ ok: false, error: { kind: 'wrongCertificate' } });
  });
});
