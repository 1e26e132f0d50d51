// Fuzz target: STUN messages, and an agent in the middle of its checks that gets them from everywhere. RFC 8489 §5, RFC 8445 §7.3
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildStun, parseStun } from '../../src-main/media/nat/index.ts';
import { icePair } from '../support/media/ice-pair.ts';
import { mutations } from '../support/media/mutations.ts';
import { itHasGotOverBytes } from './crashers.ts';
import { timed } from './mutate.ts';
import { runs } from './runs.ts';

const sample = icePair();
sample.begin();
await sample.runtime.advance(2000);
const corpus = [...sample.left.sent, ...sample.right.sent].map(({ bytes }) => bytes);
const STRANGER = { address: '203.0.113.9', port: 9 };

describe('STUN parser under mutation — RFC 8489 §5', () => {
  it('neither throws nor hangs, and what it reads lies inside the datagram', () => {
    fc.assert(fc.property(mutations(corpus), checkMessage), { numRuns: runs(5000), seed: 1 });
  });

  itHasGotOverBytes('media-stun', checkMessage);
});

function checkMessage(bytes: Uint8Array): void {
  const message = timed(() => parseStun(bytes));
  if (!message) return;
  expect(message.attributes.length).toBeLessThanOrEqual(32);
  const again = parseStun(buildStun(message));
  expect(again?.attributes.map(({ type, value }) => [type, ...value])).toEqual(
    message.attributes.map(({ type, value }) => [type, ...value]),
  );
}

describe('an agent among strangers — RFC 8445 §7.3', () => {
  it('answers each datagram once at most, believes none, and completes', async () => {
    const property = fc.asyncProperty(fc.array(mutations(corpus), { maxLength: 20 }), checkAgent);
    await fc.assert(property, { numRuns: runs(60), seed: 2 });
  });
});

async function checkAgent(datagrams: readonly Uint8Array[]): Promise<void> {
  // Another pair than the one that was listened to: names are the same, passwords and transactions are not.
  const { runtime, left, right, begin } = icePair(99, 'other');
  begin();
  for (const bytes of datagrams) {
    // Counted inside: what took long is done again.
    timed(() => {
      const before = left.sent.length;
      left.agent.receive(bytes, 1, STRANGER);
      expect(left.sent.length - before).toBeLessThanOrEqual(1);
    });
    await runtime.advance(20);
  }
  await runtime.advance(2000);
  expect(left.agent.knows(1, STRANGER)).toBe(false);
  expect([left.agent.state, right.agent.state]).toEqual(['completed', 'completed']);
}
