// When reports go out, and what keeps a silent way open. RFC 3550 §6.2, §6.3.1, §6.3.6, §6.3.7, RFC 5761 §5.1.1, RFC 6263 §4.6, §5, §6
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { SessionOpened, SessionStream } from '../../../../src-main/media/index.ts';
import { parseRtcp } from '../../../../src-main/media/rtcp/index.ts';
import { RtcpReporter } from '../../../../src-main/media/session/rtcp-reporter.ts';
import { FakeRuntime } from '../../../support/fake-runtime.ts';
import { CallFixture, expectOk, sessionConfig, streamTo } from '../../../support/media/call-fixture.ts';

function reporterOf(runtime: FakeRuntime) {
  const sentAtMs: number[] = [];
  const kinds: string[][] = [];
  const reporter = new RtcpReporter({
    runtime,
    ssrc: 7,
    cname: 'a@b',
    send: (bytes) => {
      sentAtMs.push(runtime.nowMs());
      kinds.push((parseRtcp(bytes) ?? []).map(({ kind }) => kind));
    },
    sender: () => ({ rtpTimestamp: 1, packetCount: 1, octetCount: 160 }),
    reception: () => undefined,
  });
  return { reporter, sentAtMs, kinds };
}

describe('when reports go out — RFC 3550 §6.3.1, §6.3.6', () => {
  it('five seconds apart on average, which only holds with the interval drawn anew at its end (RFC 3550 §6.3.1)', async () => {
    const runtime = new FakeRuntime(11);
    const startMs = runtime.nowMs();
    const { reporter, sentAtMs } = reporterOf(runtime);
    reporter.start();
    await runtime.advance(3_000_000);
    reporter.close();

    const gapsMs = sentAtMs.slice(1, -1).map((atMs, at) => atMs - (sentAtMs[at] ?? 0));
    const meanMs = gapsMs.reduce((sum, gap) => sum + gap, 0) / gapsMs.length;
    // Drawn once it would be 4.1 s.
    expect(meanMs).toBeGreaterThan(4700);
    expect(meanMs).toBeLessThan(5300);
    expect(Math.min(...gapsMs)).toBeGreaterThan(2500 / 1.2183);
    expect(Math.max(...gapsMs)).toBeLessThanOrEqual(7500 / 1.2182);
    // RFC 3550 §6.2: half of it before the first.
    expect((sentAtMs[0] ?? 0) - startMs).toBeLessThanOrEqual(3750 / 1.2182);
  });

  it('every one has a report first and the name, and the last says BYE at once (RFC 3550 §6.1, §6.3.7)', async () => {
    const runtime = new FakeRuntime(3);
    const { reporter, kinds } = reporterOf(runtime);
    reporter.start();
    await runtime.advance(30_000);
    reporter.close();
    expect(new Set(kinds.slice(0, -1).map(String))).toEqual(new Set(['senderReport,description']));
    expect(kinds.at(-1)).toEqual(['senderReport', 'description', 'bye']);
    await runtime.advance(30_000);
    expect(runtime.pendingTimers).toBe(0);
  });
});

describe('a call on hold — RFC 6263', () => {
  let fixture: CallFixture;
  beforeEach(async () => {
    fixture = await CallFixture.create();
  });
  afterEach(() => fixture.close());

  const tone = sessionConfig({ source: { kind: 'tone', tone: 'milliwatt' } });

  /** Two sessions; the direction of A's changes, B's stays. */
  async function call(extra: (peer: SessionOpened) => Partial<SessionStream>) {
    const [a, b] = [await fixture.engine(), await fixture.engine()];
    const openedA = expectOk(await a.openSession(tone));
    const openedB = expectOk(await b.openSession(tone));
    const setDirection = async (direction: SessionStream['direction']): Promise<void> => {
      const stream = { direction, ...extra(openedB) };
      expectOk(await a.setStream(openedA.sessionId, streamTo(openedB, 'PCMU', stream)));
    };
    await setDirection('sendReceive');
    expectOk(await b.setStream(openedB.sessionId, streamTo(openedA, 'PCMU', extra(openedA))));
    await fixture.run(500);
    const rtpOfA = () =>
      fixture.network.sent.filter(({ from, bytes }) => from === openedA.rtp.port && !parseRtcp(bytes));
    const statisticsOfB = async () => expectOk(await b.getStatistics(openedB.sessionId));
    return { setDirection, rtpOfA, statisticsOfB };
  }

  it('sends an empty packet of a type that was not agreed on every 15 s, and nothing is lost by it (RFC 6263 §4.6, §6)', async () => {
    const { setDirection, rtpOfA, statisticsOfB } = await call(() => ({}));
    await setDirection('inactive');
    const before = rtpOfA().length;
    await fixture.run(61_000);
    const kept = rtpOfA().slice(before);
    expect(kept).toHaveLength(4);
    for (const { bytes } of kept) expect([bytes.length, bytes[1]]).toEqual([12, 127]);
    await setDirection('sendReceive');
    await fixture.run(500);
    expect(rtpOfA().length).toBeGreaterThan(before + 20);
    expect(await statisticsOfB()).toMatchObject({ lostPackets: 0, losses: { lossFraction: 0 } });
  });

  it('needs none where reports come by the same port (RFC 6263 §5, RFC 5761 §5.1.1)', async () => {
    const { setDirection, rtpOfA } = await call((peer) => ({ remoteRtcp: peer.rtp }));
    await setDirection('inactive');
    const before = rtpOfA().length;
    await fixture.run(61_000);
    expect(rtpOfA()).toHaveLength(before);
    const reports = fixture.network.sent.filter(({ bytes, atMs }) => parseRtcp(bytes) && atMs > 1000);
    expect(reports.length).toBeGreaterThan(10);
  });
});
