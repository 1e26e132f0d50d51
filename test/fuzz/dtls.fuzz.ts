// Fuzz target: datagrams of a stranger into both ends of a handshake, at every stage of it. RFC 6347 §4.1.2.7
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createDtlsIdentity, DtlsEndpoint, type DtlsRole } from '../../src-main/media/dtls/index.ts';
import { FakeRuntime } from '../support/fake-runtime.ts';
import { dtlsPair } from '../support/media/dtls-pair.ts';
import { mutations } from '../support/media/mutations.ts';
import { itHasGotOverBytes } from './crashers.ts';
import { timed } from './mutate.ts';
import { runs } from './runs.ts';

// The same pair each time, and the datagrams that it exchanged; the seed makes them fit each other but for the fresh keys.
const pair = dtlsPair();
await pair.runtime.advance(1000);
const { client, server } = pair;
const corpus = [...client.sent, ...server.sent];
const runtime = new FakeRuntime(3);
const identity = createDtlsIdentity((sizeBytes) => runtime.randomBytes(sizeBytes));

/** An end that has not begun. */
function freshEnd(role: DtlsRole): { endpoint: DtlsEndpoint; sent: Uint8Array[]; agreed: () => boolean } {
  const sent: Uint8Array[] = [];
  let isAgreed = false;
  const fingerprint = (role === 'client' ? server : client).identity.fingerprint;
  const endpoint = new DtlsEndpoint({
    role,
    runtime: new FakeRuntime(1),
    identity,
    remoteFingerprints: [{ hash: 'sha-256', digits: fingerprint }],
    send: (datagram) => sent.push(datagram),
    onAgreed: () => (isAgreed = true),
    onFailed: () => {},
  });
  return { endpoint, sent, agreed: () => isAgreed };
}

/** RFC 6347 §4.2.1: an answer is never many times what was asked. */
const MAX_ANSWERS = 4;

function checkDatagrams(datagrams: readonly Uint8Array[]): void {
  for (const role of ['client', 'server'] as const) {
    const { endpoint, sent, agreed } = freshEnd(role);
    endpoint.start();
    for (const datagram of datagrams) {
      const before = sent.length;
      timed(() => endpoint.receive(datagram));
      expect(sent.length - before).toBeLessThanOrEqual(MAX_ANSWERS);
    }
    expect(agreed()).toBe(false);
    endpoint.close();
  }
}

interface Damage {
  readonly role: DtlsRole;
  readonly count: number;
  readonly edits: readonly (readonly [at: number, bits: number])[];
}

async function checkDamage({ role, count, edits }: Damage): Promise<void> {
  const ends = dtlsPair({
    deliver: (datagram, from, at) => {
      if (from !== role || at !== count) return [datagram];
      const copy = Buffer.from(datagram);
      for (const [place, bits] of edits)
        copy.writeUInt8(copy.readUInt8(place % copy.length) ^ bits, place % copy.length);
      return [copy];
    },
  });
  await ends.runtime.advance(60_000);
  const [ours, theirs] = [ends.client.agreed, ends.server.agreed];
  if (ours && theirs) expect(ours.localKey).toBe(theirs.remoteKey);
  expect(ends.runtime.pendingTimers).toBe(0);
}

describe('DTLS under mutation — RFC 6347 §4.1.2.7', () => {
  it('neither throws nor hangs, nor agrees with a stranger', () => {
    const sequences = fc.array(mutations(corpus), { minLength: 1, maxLength: 8 });
    fc.assert(fc.property(sequences, checkDatagrams), { numRuns: runs(300), seed: 1 });
  });

  it('both ends agree on the same or on nothing, whatever happens to a datagram between them', async () => {
    const damage = fc.record({
      role: fc.constantFrom<DtlsRole>('client', 'server'),
      count: fc.integer({ min: 1, max: 4 }),
      edits: fc.array(fc.tuple(fc.nat(2000), fc.integer({ min: 1, max: 255 })), { minLength: 1, maxLength: 4 }),
    });
    await fc.assert(fc.asyncProperty(damage, checkDamage), { numRuns: runs(60), seed: 1 });
  });

  itHasGotOverBytes('dtls', (bytes) => checkDatagrams([bytes]));
});
