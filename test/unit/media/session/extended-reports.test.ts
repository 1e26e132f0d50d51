// How each side hears the other, told and read through two sessions. RFC 3611 §4.4, §4.5, §4.7, §5.2
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { SessionStatistics, SessionStream } from '../../../../src-main/media/index.ts';
import { parseRtcp, type VoipMetrics } from '../../../../src-main/media/rtcp/index.ts';
import { ExtendedReports } from '../../../../src-main/media/session/extended-reports.ts';
import { CallFixture, expectOk, sessionConfig, streamTo } from '../../../support/media/call-fixture.ts';

let fixture: CallFixture;
beforeEach(async () => {
  fixture = await CallFixture.create();
});
afterEach(() => fixture.close());

const tone = sessionConfig({ source: { kind: 'tone', tone: 'milliwatt' } });
const wanted = { extendedReports: { voipMetrics: true, roundTrip: true } } as const;

/** Each with what its peer wants; the figures of both after a while. */
async function talk(
  ofA: Partial<SessionStream>,
  ofB: Partial<SessionStream>,
  ms = 20_000,
): Promise<{ a: SessionStatistics; b: SessionStatistics }> {
  const [a, b] = [await fixture.engine(), await fixture.engine()];
  const openedA = expectOk(await a.openSession(tone));
  const openedB = expectOk(await b.openSession(tone));
  expectOk(await a.setStream(openedA.sessionId, streamTo(openedB, 'PCMU', ofA)));
  expectOk(await b.setStream(openedB.sessionId, streamTo(openedA, 'PCMU', ofB)));
  const isFromA = ({ from }: { from: number }): boolean => from === openedA.rtp.port;
  // A burst of ten packets every two seconds, from A to B only.
  let count = 0;
  fixture.network.isLost = (packet) => isFromA(packet) && packet.bytes.length > 100 && count++ % 100 >= 90;
  fixture.network.delayMs = () => 30;
  await fixture.run(ms);
  return {
    a: expectOk(await a.getStatistics(openedA.sessionId)),
    b: expectOk(await b.getStatistics(openedB.sessionId)),
  };
}

const extendedSent = () =>
  fixture.network.sent.flatMap(({ bytes }) =>
    (parseRtcp(bytes) ?? []).flatMap((packet) => (packet.kind === 'extendedReport' ? packet.blocks : [])),
  );

describe('metrics of a call — RFC 3611 §4.7, §4.7.1', () => {
  it('a score that the peer does not have is none (RFC 3611 §4.7.5)', () => {
    const reports = new ExtendedReports(fixture.runtime, 7);
    const unknown = { rFactor: 127, mosListening: 127, mosConversational: 127 };
    const others = { lossRate: 128, discardRate: 0, burstDensity: 0, gapDensity: 0, burstMs: 0, gapMs: 0 };
    const times = { endSystemMs: 90, jitterNominalMs: 40 };
    const metrics = { ssrc: 7, ...unknown, ...others, ...times } as VoipMetrics;
    reports.receive(9, [{ kind: 'voipMetrics', metrics: { ...metrics, ssrc: 8 } }]);
    expect(reports.remoteQuality).toBeUndefined();
    reports.receive(9, [{ kind: 'voipMetrics', metrics }]);
    expect(reports.remoteQuality).toMatchObject({ lossFraction: 0.5, endSystemMs: 90, bufferTargetMs: 40 });
    expect(Object.keys(reports.remoteQuality ?? {})).not.toContain('rFactor');
    expect(reports.remoteQuality?.mos ?? reports.remoteQuality?.mosListening).toBeUndefined();
  });

  it('tell the sender of its bursts, scores and delay, as the receiver has them', async () => {
    const { a, b } = await talk(wanted, wanted);

    expect(b.losses.lossFraction).toBeCloseTo(0.1, 1);
    expect(b.losses.burstMs).toBeCloseTo(200, -2);
    expect(b.losses.burstLossFraction).toBeGreaterThan(0.9);
    expect(b.losses.gapLossFraction).toBe(0);
    expect(b.rFactor).toBeLessThan(60);
    expect(a.losses.lossFraction).toBe(0);
    expect(a.rFactor).toBeGreaterThan(88);
    expect(a.remoteQuality?.burstMs).toBeCloseTo(b.losses.burstMs, -2);
    // What the peer told a few seconds ago.
    expect(Math.abs((a.remoteQuality?.rFactor ?? 0) - b.rFactor)).toBeLessThan(12);
    expect(a.remoteQuality?.mos).toBeCloseTo(b.mos, 0);
    expect(b.remoteQuality?.lossFraction).toBe(0);
    expect(b.remoteQuality?.endSystemMs).toBeGreaterThan(40);
    expect(a.roundTripMs).toBeCloseTo(60, -1);
  });

  it('score listening better than talking, which delay bothers as well', async () => {
    const { b } = await talk({}, {}, 8000);
    expect(b.mosListening).toBeGreaterThan(b.mos);
  });

  it('are sent to nobody who has not asked (RFC 3611 §5.2)', async () => {
    const { a, b } = await talk({}, { extendedReports: { voipMetrics: true, roundTrip: false } });
    expect(new Set(extendedSent().map(({ kind }) => kind))).toEqual(new Set(['voipMetrics']));
    expect(a.remoteQuality).toBeDefined();
    expect(b.remoteQuality).toBeUndefined();
  });
});

describe('a round trip for who only listens — RFC 3611 §4.4, §4.5', () => {
  it('comes from the answer to a reference', async () => {
    const { a } = await talk({ ...wanted, direction: 'receiveOnly' }, { ...wanted, direction: 'sendOnly' });
    const kinds = new Set(extendedSent().map(({ kind }) => kind));
    expect(kinds).toEqual(new Set(['receiverReferenceTime', 'delaySinceLastReceiverReport', 'voipMetrics']));
    expect(a.roundTripMs).toBeCloseTo(60, -1);
  });
});
