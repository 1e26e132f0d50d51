// Keys as events over lines that lose, repeat and turn packets round: each press once, in order. RFC 4733 §2.5.1.4, §2.5.2, §2.6.1
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CodecName, SessionStream } from '../../../../src-main/media/index.ts';
import { TelephoneEventReceiver, TelephoneEventSender } from '../../../../src-main/media/rtp/index.ts';
import { CallFixture, connect, expectOk, sessionConfig, streamTo } from '../../../support/media/call-fixture.ts';

const DIGITS = '0123456789*#ABCD';
const PACKET_MS = 20;

interface EventPacket {
  readonly payload: Uint8Array;
  readonly timestamp: number;
}

/** The packets of these keys, in order; `toneMs` is how long each is pressed. */
function packetsOf(digits: string, toneMs: number, streamHz = 8000): EventPacket[] {
  const sender = new TelephoneEventSender(8000, () => {});
  sender.queue(digits, toneMs);
  const packets: EventPacket[] = [];
  for (let nowMs = 0; sender.isBusy; nowMs += PACKET_MS) {
    const event = sender.next(PACKET_MS);
    if (!event) continue;
    const timestamp = Math.round(((nowMs - event.startedMsAgo) * streamHz) / 1000) >>> 0;
    packets.push({ payload: event.payload, timestamp });
  }
  return packets;
}

function heard(packets: readonly EventPacket[]): string {
  const receiver = new TelephoneEventReceiver();
  return packets.map(({ payload, timestamp }) => receiver.receive(payload, timestamp) ?? '').join('');
}

describe('events — RFC 4733 §2.5.2', () => {
  it('each press is heard once as long as one of its packets comes, whatever else becomes of them', () => {
    const fates = fc.array(fc.record({ copies: fc.nat(2), delay: fc.nat(2) }), { minLength: 40, maxLength: 40 });
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...Array.from(DIGITS)), { minLength: 1, maxLength: 4 }),
        fates,
        (digits, given) => {
          const sent = packetsOf(digits.join(''), 100);
          const survives = new Set<number>();
          const arriving = sent.flatMap((packet, at) => {
            const { copies = 1, delay = 0 } = given[at] ?? {};
            if (copies > 0) survives.add(packet.timestamp);
            return Array.from({ length: copies }, (_, copy) => ({ packet, at: at + delay + copy * 0.4 }));
          });
          // Packets overtake each other within a press, and those of the next are three packet times later.
          const inOrder = arriving.toSorted((a, b) => a.at - b.at).map(({ packet }) => packet);
          const starts = [...new Set(sent.map(({ timestamp }) => timestamp))];
          const expected = digits.filter((_, at) => survives.has(starts[at] ?? -1)).join('');
          expect(heard(inOrder)).toBe(expected);
        },
      ),
      { numRuns: 500, seed: 1 },
    );
  });

  it.each([8000, 48_000])(
    'a press of half a minute is one, in segments, on a clock of %i Hz (RFC 4733 §2.5.1.3)',
    (streamHz) => {
      const packets = packetsOf('7', 30_000, streamHz);
      expect(new Set(packets.map(({ timestamp }) => timestamp)).size).toBe(4);
      expect(heard(packets)).toBe('7');
    },
  );
});

describe('keys through a call on a bad line — RFC 4733 §2.6.1', () => {
  it.each<[CodecName, SessionStream['telephoneEvent']]>([
    ['PCMU', { payloadType: 101, clockRateHz: 8000 }],
    ['opus', { payloadType: 102, clockRateHz: 48_000 }],
    ['opus', { payloadType: 101, clockRateHz: 8000 }],
  ])('%s with events of %j: every key, once, in order', async (codec, telephoneEvent) => {
    const fixture = await CallFixture.create();
    const [a, b] = [await fixture.engine(), await fixture.engine()];
    const pressed: string[] = [];
    b.events.on('digitReceived', ({ digit }) => pressed.push(digit));
    const sessions = await connect(a, b, codec, [sessionConfig(), sessionConfig()]);
    const events = telephoneEvent ? { telephoneEvent } : {};
    expectOk(await a.setStream(sessions.a.sessionId, streamTo(sessions.b, codec, events)));
    expectOk(await b.setStream(sessions.b.sessionId, streamTo(sessions.a, codec, events)));
    const again = new WeakSet<Uint8Array>();
    fixture.network.isLost = (packet) => {
      if (again.has(packet.bytes)) return false;
      // A fifth twice, a fifth never, and all of them up to two packet times late.
      if (fixture.runtime.random() < 0.2) {
        const bytes = packet.bytes.slice();
        again.add(bytes);
        fixture.network.inject({ ...packet, bytes });
      }
      return fixture.runtime.random() < 0.2;
    };
    fixture.network.delayMs = () => 5 + Math.floor(fixture.runtime.random() * 40);
    const sending = a.sendDigits(sessions.a.sessionId, DIGITS);
    await fixture.run(5000);
    expectOk(await sending);
    expect(pressed.join('')).toBe(DIGITS);
    await fixture.close();
  });
});
