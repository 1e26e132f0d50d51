import { describe, expect, it } from 'vitest';
import { buildTelephoneEvent, parseTelephoneEvent } from '../../../../src-main/media/rtp/telephone-event.ts';
import { TelephoneEventReceiver } from '../../../../src-main/media/rtp/telephone-event-receiver.ts';
import { areDigits, TelephoneEventSender } from '../../../../src-main/media/rtp/telephone-event-sender.ts';

interface Sent {
  readonly event: number;
  readonly isEnd: boolean;
  readonly durationTicks: number;
  readonly hasMarker: boolean;
  readonly startMs: number;
}

/** Runs the sender in packets of 20 ms until it is idle. */
function run(digits: string, toneMs?: number): { sent: Sent[]; idleAtMs: number } {
  let idleAtMs = -1;
  let nowMs = 0;
  const sender = new TelephoneEventSender(8000, () => (idleAtMs = nowMs));
  sender.queue(digits, toneMs);
  const sent: Sent[] = [];
  for (; sender.isBusy; nowMs += 20) {
    const packet = sender.next(20);
    if (!packet) continue;
    const { event = -1, isEnd = false, durationTicks = 0 } = parseTelephoneEvent(packet.payload) ?? {};
    sent.push({ event, isEnd, durationTicks, hasMarker: packet.hasMarker, startMs: nowMs - packet.startedMsAgo });
  }
  return { sent, idleAtMs };
}

describe('telephone event payload — RFC 4733 §2.3, §3.2', () => {
  it('reads what it writes', () => {
    const event = { event: 11, isEnd: true, volumeDbm0: 10, durationTicks: 0x1234 };

    expect(parseTelephoneEvent(buildTelephoneEvent(event))).toEqual(event);
    expect(parseTelephoneEvent(Uint8Array.of(1, 2, 3))).toBeUndefined();
  });
});

describe('telephone event sender — RFC 4733 §2.5.1', () => {
  it('marks the first packet, keeps the timestamp and grows the duration (RFC 4733 §2.5.1.2)', () => {
    const { sent } = run('5');

    expect(sent.map(({ hasMarker }) => hasMarker)).toEqual([true, false, false, false, false, false, false]);
    expect(new Set(sent.map(({ startMs }) => startMs))).toEqual(new Set([0]));
    expect(sent.map(({ durationTicks }) => durationTicks)).toEqual([160, 320, 480, 640, 800, 800, 800]);
  });

  it('sends the end three times (RFC 4733 §2.5.1.4)', () => {
    expect(run('#').sent.filter(({ isEnd }) => isEnd).length).toBe(3);
  });

  it('pauses between digits and for half a second at a comma', () => {
    const { sent, idleAtMs } = run('1,2');
    const [first, second] = sent.filter(({ hasMarker }) => hasMarker);

    expect([first?.event, second?.event]).toEqual([1, 2]);
    expect((second?.startMs ?? 0) - (first?.startMs ?? 0)).toBeGreaterThanOrEqual(600);
    expect(idleAtMs).toBeGreaterThan(800);
  });

  it('splits a press that outgrows the duration field into segments (RFC 4733 §2.5.1.3)', () => {
    const { sent } = run('9', 10_000);
    const starts = [...new Set(sent.map(({ startMs }) => Math.round(startMs * 8)))];

    expect(starts).toEqual([0, 65_535]);
    expect(sent.every(({ durationTicks }) => durationTicks <= 65_535)).toBe(true);
    expect(sent.filter(({ hasMarker }) => hasMarker).length).toBe(1);
  });

  it('knows digits from other text', () => {
    expect(['0*#Dd,', '', '1x', ' 1'].map(areDigits)).toEqual([true, false, false, false]);
  });
});

describe('telephone event receiver — RFC 4733 §2.5.2', () => {
  const payload = (event: number, durationTicks: number, isEnd = false) =>
    buildTelephoneEvent({ event, isEnd, volumeDbm0: 10, durationTicks });

  it('reports a press once, whichever of its packets arrive', () => {
    const receiver = new TelephoneEventReceiver();

    expect([
      receiver.receive(payload(5, 320), 1000),
      receiver.receive(payload(5, 480), 1000),
      receiver.receive(payload(5, 800, true), 1000),
      receiver.receive(payload(5, 800, true), 1000),
    ]).toEqual(['5', undefined, undefined, undefined]);
  });

  it('hears the next press although all ends of the last were lost (RFC 4733 §2.5.2.1)', () => {
    const receiver = new TelephoneEventReceiver();

    expect([receiver.receive(payload(5, 160), 1000), receiver.receive(payload(5, 160), 3000)]).toEqual(['5', '5']);
  });

  it('ignores old packets and events that are no digit', () => {
    const receiver = new TelephoneEventReceiver();
    receiver.receive(payload(1, 160), 5000);

    expect(receiver.receive(payload(2, 160), 4000)).toBeUndefined();
    expect(receiver.receive(payload(16, 160), 9000)).toBeUndefined();
    expect(receiver.receive(Uint8Array.of(1), 9500)).toBeUndefined();
  });

  it('takes a following segment for the same press (RFC 4733 §2.5.1.3)', () => {
    const receiver = new TelephoneEventReceiver();

    expect(receiver.receive(payload(7, 65_535), 0)).toBe('7');
    expect(receiver.receive(payload(7, 400), 65_535)).toBeUndefined();
  });
});
