// Who we are to a relay, proven by SHA-256: the vector of RFC 8489 §B.1, its algorithms, and what guards against bidding down.
// RFC 8489 §9.2, §9.2.1, §9.2.4, §9.2.5, §14.6, §14.11, §14.12, §18.1, §18.5.1, RFC 8265 §4.2.2.
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { mayBelieve, readChallenge } from '../../../../src-main/media/nat/long-term-credential.ts';
import { securityFeaturesOf } from '../../../../src-main/media/nat/nonce-cookie.ts';
import {
  Attribute,
  errorAttribute,
  textAttribute,
  textOf,
  valueOf,
} from '../../../../src-main/media/nat/stun-attributes.ts';
import {
  BINDING,
  buildStun,
  isAuthentic,
  parseStun,
  type ReceivedStun,
  type StunAttribute,
} from '../../../../src-main/media/nat/stun-message.ts';
import { TurnMethod } from '../../../../src-main/media/nat/turn-messages.ts';
import { MAPPED, RELAYED, relayDouble } from '../../../support/media/relay-double.ts';
import { proofBySha256 } from '../../../support/media/relay-proof.ts';

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(/\s/g, ''), 'hex');
/** RFC 8489 §B.1 as its erratum 6268 has it. */
const SAMPLE = hex(`00010090 2112a442 78ad3433c6ad72c029da412e
  001e0020 4a3cf38fef6992bda952c6780417da0f24819415569e60b205c46e41407f1704
  00150029 6f624d61744a6f733241414143662f2f3439396b39353464364f4c33346f4c394653547679363473 41000000
  0014000b 6578616d706c652e6f726700 001d0004 00020000
  001c0020 b5c7bf005b6c52a21c51c5e892f81924136296cb927c43149309278cc6518e65`);
const NAME = 'マトリックス';
const NONCE = 'obMatJos2AAACf//499k954d6OL34oL9FSTvy64sA';
const key = createHash('sha256').update(`${NAME}:example.org:TheMatrIX`).digest();

function parsed(bytes: Uint8Array): ReceivedStun {
  const message = parseStun(bytes);
  if (!message) throw new Error('no STUN message');
  return message;
}

const question = (attributes: readonly StunAttribute[]): ReceivedStun =>
  parsed(buildStun({ kind: 'error', method: TurnMethod.allocate, transactionId: new Uint8Array(12), attributes }));

function challenged(nonce: string, list: string | undefined, password = 'TheMatrIX'): ReturnType<typeof readChallenge> {
  const answer = question([
    errorAttribute(401, 'Unauthenticated'),
    textAttribute(Attribute.realm, 'example.org'),
    textAttribute(Attribute.nonce, nonce),
    ...(list === undefined ? [] : [{ type: Attribute.passwordAlgorithms, value: hex(list) }]),
  ]);
  return readChallenge(answer, { username: NAME, password });
}

describe('a proof by SHA-256 (RFC 8489 §14.6)', () => {
  it('is that of the sample request (RFC 8489 §B.1)', () => {
    const message = parsed(SAMPLE);
    const { kind, method, transactionId, attributes } = message;

    expect(isAuthentic(message, key, 'sha256')).toBe(true);
    expect(isAuthentic(message, key)).toBe(false);
    const sample = { kind, method, transactionId, attributes };
    expect(buildStun(sample, key, false, 'sha256')).toEqual(SAMPLE);
  });

  it('is none when one byte before it is another', () => {
    for (let at = 4; at < SAMPLE.length; at++) {
      const message = parseStun(SAMPLE.with(at, (SAMPLE[at] ?? 0) ^ 1));
      expect(message !== undefined && isAuthentic(message, key, 'sha256'), `byte ${at}`).toBe(false);
    }
  });

  it('counts nothing that stands behind it, another proof included', () => {
    const request = { kind: 'request', method: BINDING, transactionId: new Uint8Array(12), attributes: [] } as const;
    const proven = buildStun(request, 'key', false, 'sha256');
    const added = Buffer.concat([proven, hex('00250000 00080014'), Buffer.alloc(20)]);
    added.writeUInt16BE(added.length - 20, 2);
    const message = parsed(added);

    expect(message.attributes).toEqual([]);
    expect(message.integrityAt).toEqual({ sha256: 20 });
    expect(isAuthentic(message, 'key', 'sha256')).toBe(true);
  });

  it('stands behind one by SHA-1 where there are both', () => {
    const request = { kind: 'request', method: BINDING, transactionId: new Uint8Array(12) } as const;
    const first = parsed(buildStun({ ...request, attributes: [] }, 'key', false));
    const proof = { type: 0x0008, value: first.bytes.subarray(24) };
    const both = parsed(buildStun({ ...request, attributes: [proof] }, 'key', false, 'sha256'));

    expect(both.integrityAt).toEqual({ sha1: 20, sha256: 44 });
    expect([isAuthentic(both, 'key'), isAuthentic(both, 'key', 'sha256')]).toEqual([true, true]);
  });

  it.each([16, 28, 36])('is no message with %i bytes of it', (sizeBytes) => {
    const short = Buffer.concat([SAMPLE.subarray(0, 132), Buffer.alloc(sizeBytes)]);
    short.writeUInt16BE(short.length - 20, 2);
    short.writeUInt16BE(sizeBytes, 130);
    expect(parseStun(short)).toBeUndefined();
  });
});

describe('an answered challenge (RFC 8489 §9.2.5)', () => {
  it('has the key and the hash of the name of the sample (§9.2.2, §B.1)', () => {
    const challenge = challenged(NONCE, '00020000');

    expect(challenge).toMatchObject({ hash: 'sha256', key });
    expect(challenge?.attributes[0]).toEqual({ type: Attribute.userhash, value: valueOf(parsed(SAMPLE), 0x001e) });
  });

  it.each([
    ['0002000000010000', 2],
    ['0001000000020000', 1],
    ['00070005aabbccddee00000000020000', 2],
    ['0002000400000000 00010000', 1],
  ])('takes the first algorithm of %s that we know (§14.11, §14.12, §18.5.1)', (list, number) => {
    const challenge = challenged('obMatJos2AAABx', list);

    expect(challenge?.hash).toBe('sha256');
    expect(challenge?.attributes.slice(3)).toEqual([
      { type: Attribute.passwordAlgorithms, value: Uint8Array.from(hex(list)) },
      { type: Attribute.passwordAlgorithm, value: hex(`000${number}0000`) },
    ]);
  });

  it.each(['', '0003', '00030000', '0002ffff', '000200'])('is none where the list has nothing we know: %s', (list) => {
    expect(challenged('obMatJos2AAABx', list)).toBeUndefined();
  });

  it('is none where the nonce says that there is a list, and there is none (§9.2.1)', () => {
    expect(challenged('obMatJos2gAAAx', undefined)).toBeUndefined();
    expect(challenged('obMatJos2AAABx', undefined)).toBeUndefined();
  });

  it('is as before for a server that says nothing of it (§9.2.2)', () => {
    const challenge = challenged('abc', undefined);

    expect(challenge?.hash).toBe('sha1');
    expect(challenge?.key).toEqual(createHash('md5').update(`${NAME}:example.org:TheMatrIX`).digest());
    expect(challenge?.attributes.map(({ type }) => type)).toEqual([
      Attribute.username,
      Attribute.realm,
      Attribute.nonce,
    ]);
  });

  it('writes a password in one way only (RFC 8265 §4.2.2)', () => {
    const typed = challenged('abc', undefined, 'e\u0301te\u0301\u00a01');
    expect(typed?.key).toEqual(createHash('md5').update(`${NAME}:example.org:\u00e9t\u00e9 1`).digest());
  });
});

describe('an answer that asks nothing (RFC 8489 §9.2.5)', () => {
  it('is passed over where its nonce says that there is a list, and there is none', () => {
    const nonce = textAttribute(Attribute.nonce, 'obMatJos2gAAAx');
    const refusal = [errorAttribute(486, 'Allocation Quota Reached'), nonce];
    const list = { type: Attribute.passwordAlgorithms, value: hex('00020000') };

    expect(mayBelieve(question(refusal), undefined)).toBe(false);
    expect(mayBelieve(question([...refusal, list]), undefined)).toBe(true);
  });
});

describe('the nonce cookie (RFC 8489 §9.2.1, §18.1)', () => {
  it.each([
    ['gAAA', true, false],
    ['AAAB', true, false],
    ['QAAA', false, true],
    ['AAAC', false, true],
    ['wAAA', true, true],
    ['AAAD', true, true],
    ['AAAA', false, false],
  ])('tells by %s what the server can', (features, passwordAlgorithms, usernameAnonymity) => {
    expect(securityFeaturesOf(`obMatJos2${features}1234`)).toEqual({ passwordAlgorithms, usernameAnonymity });
  });

  it.each(['', 'obMatJos2', 'obMatJos2gA', 'obMatJos2g*AA', 'xobMatJos2gAAA'])('is none in %j', (nonce) => {
    expect(securityFeaturesOf(nonce)).toEqual({ passwordAlgorithms: false, usernameAnonymity: false });
  });
});

describe('a relay that knows SHA-256 (RFC 8489 §9.2.4)', () => {
  it.each([
    { what: 'the name', features: 'gAAA', isAnonymous: false },
    { what: 'the hash of the name', features: 'wAAA', isAnonymous: true },
  ])('gives a place to who proves $what', async (options) => {
    const proof = proofBySha256(options);
    const { runtime, allocation, asked } = relayDouble({ proof });
    const allocating = allocation.allocate();
    await runtime.advance(100);

    expect(await allocating).toEqual({ ok: true, value: { relayed: RELAYED, mapped: MAPPED } });
    expect(asked).toMatchObject([{ isProven: false }, { isProven: true }]);
    expect(proof.seen?.integrityAt.sha1).toBeUndefined();
  });

  it('is answered with MD5 where it wants that, proven by SHA-256 all the same', async () => {
    const proof = proofBySha256({ algorithms: [[1, 0]] });
    const { runtime, allocation } = relayDouble({ proof });
    const allocating = allocation.allocate();
    await runtime.advance(100);

    expect(await allocating).toMatchObject({ ok: true });
  });

  it('is asked again with its next nonce', async () => {
    const proof = proofBySha256();
    const relay = relayDouble({ proof });
    const allocating = relay.allocation.allocate();
    await relay.runtime.advance(100);
    await allocating;
    relay.nonce = 'second';
    await relay.runtime.advance(541_000);

    expect(relay.asked.slice(2)).toMatchObject([{ isProven: false }, { isProven: true }]);
    expect(proof.seen && textOf(proof.seen, Attribute.nonce)).toBe('obMatJos2gAAAsecond');
    expect(relay.lostAtMs).toEqual([]);
  });

  it('is not answered when somebody has taken away its list', async () => {
    const proof = proofBySha256();
    proof.hidesAlgorithms = true;
    const { runtime, allocation, asked } = relayDouble({ proof });
    const allocating = allocation.allocate();
    await runtime.advance(1000);

    expect(await allocating).toEqual({ ok: false, error: 401 });
    expect(asked).toHaveLength(1);
  });

  it('is not talked down to SHA-1 by a stale nonce, which is passed over', async () => {
    const proof = proofBySha256();
    const relay = relayDouble({ proof });
    const allocating = relay.allocation.allocate();
    await relay.runtime.advance(100);
    await allocating;
    relay.nonce = 'second';
    proof.hidesAlgorithms = true;
    await relay.runtime.advance(540_600);
    proof.hidesAlgorithms = false;
    const before = relay.asked.length;
    await relay.runtime.advance(5000);

    expect(before).toBeGreaterThan(2);
    expect(relay.asked.at(-1)).toMatchObject({ isProven: true });
    expect(relay.lostAtMs).toEqual([]);
  });

  it.each([
    ['gives a place', undefined],
    ['refuses', 486],
  ])('is not believed when it %s without proof', async (_, code) => {
    const relay = relayDouble({ proof: proofBySha256() });
    relay.isSigning = false;
    if (code !== undefined) relay.refusals.set(TurnMethod.allocate, code);
    const allocating = relay.allocation.allocate();
    await relay.runtime.advance(60_000);

    expect(await allocating).toEqual({ ok: false, error: 'noAnswer' });
  });
});

describe('a relay that knows SHA-1 only (RFC 8489 §9.2.5)', () => {
  it('is not believed that our request was bad unless it proves that', async () => {
    const relay = relayDouble();
    relay.isSigning = false;
    relay.refusals.set(TurnMethod.allocate, 400);
    const allocating = relay.allocation.allocate();
    await relay.runtime.advance(60_000);

    expect(await allocating).toEqual({ ok: false, error: 'noAnswer' });
    expect(relay.asked.length).toBeGreaterThan(3);
  });
});
