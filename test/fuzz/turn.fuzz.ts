// Fuzz target: a place at a relay that gets anything from it, by datagrams and by a stream. RFC 8656 §11.4, §12.5, RFC 8489 §14.11, §14.15.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseStun, TurnFraming } from '../../src-main/media/nat/index.ts';
import { readChallenge } from '../../src-main/media/nat/long-term-credential.ts';
import {
  alternateServer,
  alternateServerOf,
  errorAttribute,
  mappedAddress,
} from '../../src-main/media/nat/stun-attributes.ts';
import { buildStun } from '../../src-main/media/nat/stun-message.ts';
import {
  dataAttribute,
  lifetimeAttribute,
  peerAttribute,
  TurnMethod,
  wrapChannelData,
} from '../../src-main/media/nat/turn-messages.ts';
import { mutations } from '../support/media/mutations.ts';
import { CREDENTIALS, PEER, RELAY, relayDouble } from '../support/media/relay-double.ts';
import { proofBySha256 } from '../support/media/relay-proof.ts';
import { itHasGotOverBytes } from './crashers.ts';
import { timed } from './mutate.ts';
import { runs } from './runs.ts';

const transactionId = Buffer.alloc(12, 7);
const corpus = [
  buildStun({
    kind: 'indication',
    method: TurnMethod.data,
    transactionId,
    attributes: [peerAttribute(PEER, transactionId), dataAttribute(Buffer.from('sound'))],
  }),
  buildStun({
    kind: 'success',
    method: TurnMethod.allocate,
    transactionId,
    attributes: [mappedAddress(PEER, transactionId), lifetimeAttribute(600)],
  }),
  buildStun({ kind: 'error', method: TurnMethod.refresh, transactionId, attributes: [errorAttribute(438, 'stale')] }),
  buildStun({
    kind: 'error',
    method: TurnMethod.allocate,
    transactionId,
    attributes: [errorAttribute(300, 'there'), alternateServer(PEER)],
  }),
  wrapChannelData(0x4000, Buffer.from('sound'), true),
  ...[
    [[2, 0]],
    [
      [7, 5],
      [1, 0],
      [2, 0],
    ],
  ].map((algorithms) =>
    buildStun({
      kind: 'error',
      method: TurnMethod.allocate,
      transactionId,
      attributes: [
        errorAttribute(401, 'who'),
        ...proofBySha256({ algorithms: algorithms as [number, number][], features: 'wAAA' }).challenge('nonce'),
      ],
    }),
  ),
];

/** One that has a place at a relay that proves by SHA-1, and one at a relay of SHA-256. */
const relays = [relayDouble(), relayDouble({ proof: proofBySha256() })];
for (const relay of relays) {
  const allocating = relay.allocation.allocate();
  await relay.runtime.advance(100);
  await allocating;
  relay.allocation.send(Buffer.from('check'), PEER);
  relay.allocation.bind(PEER);
  await relay.runtime.advance(100);
}

describe('a relay that says anything (RFC 8656 §11.4)', () => {
  it('makes the allocation neither throw nor hang, nor send', () => {
    fc.assert(fc.property(mutations(corpus), checkDatagram), { numRuns: runs(5000), seed: 1 });
  });

  it('makes the stream neither throw nor keep more than a message', () => {
    fc.assert(fc.property(fc.array(mutations(corpus), { maxLength: 20 }), checkStream), {
      numRuns: runs(1000),
      seed: 2,
    });
  });

  itHasGotOverBytes('turn', checkDatagram);
});

function checkDatagram(bytes: Uint8Array): void {
  const sent = (): number[] => relays.map(({ asked, relayed }) => asked.length + relayed.length);
  const before = sent();
  timed(() => {
    const message = parseStun(bytes);
    if (message) {
      alternateServerOf(message);
      readChallenge(message, CREDENTIALS);
    }
    for (const { allocation } of relays)
      if (message) allocation.receive(message, RELAY);
      else allocation.receiveChannelData(bytes);
  });
  for (const { heard } of relays) heard.length = 0;
  expect(sent()).toEqual(before);
}

function checkStream(pieces: readonly Uint8Array[]): void {
  const framing = new TurnFraming();
  const total = pieces.reduce((sum, { length }) => sum + length, 0);
  let taken = 0;
  for (const piece of pieces) {
    const messages = timed(() => framing.take(piece));
    if (!messages) return;
    for (const { length } of messages) taken += length;
  }
  expect(taken).toBeLessThanOrEqual(total);
}
