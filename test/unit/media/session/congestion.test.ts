import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  congestionStep,
  startCongestion,
  type CongestionState,
} from '../../../../src-main/media/session/congestion.ts';
import { CodecLibrary } from '../../../../src-main/media/codec/index.ts';
import { CallFixture, codecConfig, expectOk, sessionConfig, streamTo } from '../../../support/media/call-fixture.ts';
import { loadSpeech, repeated } from '../../../support/media/speech.ts';
import { toneAmplitude } from '../../../support/media/tone-check.ts';

const LIMITS = { maxBitrateBps: 510_000, packetMs: 20, maxPacketMs: 60 };

function after(
  reports: number,
  lossFraction: number,
  roundTripMs?: number,
  limits = LIMITS,
  from?: CongestionState,
): CongestionState {
  let state = from ?? startCongestion(limits);
  for (let i = 0; i < reports; i++) state = congestionStep(state, { lossFraction, roundTripMs }, limits);
  return state;
}

describe('congestion of an Opus sender — RFC 3550 §6.4.4, RFC 7587 §5', () => {
  it('sends redundancy until the line has proved clean, and again at the first 2 percent', () => {
    expect(after(7, 0).usesFec).toBe(true);
    expect(after(8, 0).usesFec).toBe(false);
    expect(after(1, 0.03, undefined, LIMITS, after(20, 0)).usesFec).toBe(true);
  });

  it('sends less at serious loss to see where it comes from, and more when it stays: a radio', () => {
    expect(after(1, 0.11, 50).bitrateBps).toBe(64_000);
    expect([1, 2, 3, 4, 9].map((reports) => after(reports, 0.2, 50).bitrateBps)).toEqual([
      51_200, 67_200, 83_200, 96_000, 96_000,
    ]);
    expect(after(9, 0.2).bitrateBps).toBe(96_000);
    // Now and then the line is asked again.
    const rates = Array.from({ length: 80 }, (_, i) => after(i + 1, 0.2, 50).bitrateBps);
    expect(rates.filter((bps) => bps < 80_000).length).toBeLessThan(8);
    expect(rates.slice(20)).toContain(76_800);
  });

  it('goes back when the loss is over', () => {
    const lossy = after(10, 0.2, 50);

    expect(after(7, 0, 50, LIMITS, lossy)).toMatchObject({ bitrateBps: 96_000, usesFec: true });
    expect(after(8, 0, 50, LIMITS, lossy)).toMatchObject({ bitrateBps: 64_000, usesFec: false });
  });

  it('goes on down while loss follows the rate, as that of a full line does', () => {
    const asked = after(1, 0.3, 50);
    const less = after(1, 0.17, 50, LIMITS, asked);
    const through = after(1, 0.05, 50, LIMITS, less);

    // The last step lets the queue run dry, however it was before.
    expect([asked, less, through].map(({ bitrateBps }) => bitrateBps)).toEqual([51_200, 40_960, 32_768]);
  });

  it('goes back down when loss grows with the rate', () => {
    const radio = after(2, 0.2, 50);
    const worse = after(1, 0.34, 50, LIMITS, radio);

    expect([radio, worse].map(({ bitrateBps }) => bitrateBps)).toEqual([67_200, 53_760]);
    expect(worse.radioReports).toBe(0);
  });

  it('goes down at loss through which nobody can talk, wherever it comes from', () => {
    expect(after(50, 0.5).bitrateBps).toBe(16_000);
  });

  it('goes down fast when the round trip has risen twice, loss or not, and up slowly', () => {
    const queueing = (lossFraction: number, roundTripMs: number, reports: number): number =>
      after(reports, lossFraction, roundTripMs, LIMITS, after(4, lossFraction, 50)).bitrateBps;

    expect(queueing(0, 400, 1)).toBe(64_000);
    expect(queueing(0, 400, 2)).toBe(51_200);
    expect(queueing(0, 400, 50)).toBeLessThan(20_000);
    expect(queueing(0, 150, 5)).toBe(64_000);
    expect(queueing(0.05, 150, 2)).toBe(51_200);
    expect(queueing(0.05, 150, 9)).toBe(16_000);
    expect(after(3, 0, 50, LIMITS, after(10, 0.5, 50)).bitrateBps).toBe(16_000 + 3 * 4000);
  });

  it('gets used to a longer way', () => {
    const moved = after(200, 0, 300, LIMITS, after(4, 0, 50));

    expect(moved).toMatchObject({ bitrateBps: 64_000, packetMs: 20 });
  });

  it('never goes above what the peer has asked for — RFC 7587 §6.1', () => {
    const limits = { ...LIMITS, maxBitrateBps: 20_000 };

    expect(after(0, 0, undefined, limits).bitrateBps).toBe(20_000);
    expect(after(50, 0, undefined, limits).bitrateBps).toBe(20_000);
    expect(after(50, 0.5, undefined, { ...LIMITS, maxBitrateBps: 12_000 }).bitrateBps).toBe(12_000);
  });

  it('makes longer packets only below what the peer takes, and shorter ones again — RFC 8866 §6.5', () => {
    expect(after(50, 0.4).packetMs).toBe(60);
    expect(after(50, 0.4, undefined, { ...LIMITS, maxPacketMs: 40 }).packetMs).toBe(40);
    expect(after(50, 0.4, undefined, { ...LIMITS, maxPacketMs: 20 }).packetMs).toBe(20);
    expect(after(2, 0, undefined, LIMITS, after(50, 0.4)).packetMs).toBe(20);
  });
});

describe('discontinuous transmission — RFC 7587 §3.1.3', () => {
  it('leaves silence out when the peer prefers it', async () => {
    const library = await CodecLibrary.load();
    const count = (remoteParameters: Record<string, string>): number => {
      const encoder = library.create({ name: 'opus', clockRateHz: 48_000, remoteParameters }).createEncoder();
      const sent = Array.from({ length: 200 }, () => encoder.encode(new Int16Array(960)).length);
      encoder.close();
      return sent.filter((size) => size > 0).length;
    };

    expect(count({ usedtx: '1' })).toBeLessThan(60);
    expect(count({})).toBe(200);
  });
});

describe('redundancy in a call — RFC 7587 §3.3', () => {
  let fixture: CallFixture;
  beforeEach(async () => {
    fixture = await CallFixture.create();
  });
  afterEach(() => fixture.close());

  /** What is heard of 6 s of speech at this loss. */
  async function heard(lossFraction: number, useinbandfec: string, name: string): Promise<Int16Array> {
    const speech = await fixture.writeWav('speech.wav', repeated(await loadSpeech(), 48_000 * 7));
    const [a, b] = [await fixture.engine(speech), await fixture.engine(undefined, fixture.file(name))];
    let seed = 5;
    fixture.network.isLost = ({ bytes }) => {
      if (((bytes[1] ?? 0) & 0x7f) !== 111) return false;
      seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
      return seed / 2 ** 32 < lossFraction;
    };
    // A delay that never changes: what is compared has to lie side by side.
    const jitter = { initialMs: 40, minimumMs: 40 };
    const device = sessionConfig({ source: { kind: 'device' }, playsToDevice: true, jitter });
    const [first, second] = [expectOk(await a.openSession(device)), expectOk(await b.openSession(device))];
    const codec = { ...codecConfig('opus'), remoteParameters: { useinbandfec } };
    expectOk(await b.setStream(second.sessionId, streamTo(first, 'opus', { codecs: [codec] })));
    expectOk(await a.setStream(first.sessionId, streamTo(second, 'opus', { codecs: [codec] })));
    await fixture.run(6000);
    await a.close();
    await b.close();
    const [samples = new Int16Array(0)] = await fixture.readWav(name);
    return samples;
  }

  it('brings back at 10 percent loss much of what is lost without it', async () => {
    const clean = await heard(0, '1', 'clean.wav');
    const without = await heard(0.1, '0', 'without.wav');
    const withFec = await heard(0.1, '1', 'with.wav');

    expect(spectralDistanceDb(withFec, clean)).toBeLessThan(spectralDistanceDb(without, clean) * 0.9);
    // WHY: three calls of real coding on a busy machine.
  }, 60_000);
});

const BANDS_HZ = Array.from({ length: 16 }, (_, i) => 200 * 1.2 ** i);

/** Log-spectral distance over frames of 20 ms, at the shift within 60 ms that fits best. */
function spectralDistanceDb(samples: Int16Array, reference: Int16Array): number {
  const [own, other] = [spectra(samples), spectra(reference)];
  const at = (shift: number): number => {
    let sum = 0;
    let count = 0;
    for (let i = 100; i < own.length - 50; i++) {
      const [a = [], b = []] = [own[i], other[i + shift]];
      const mean = a.reduce((total, level, band) => total + (level - (b[band] ?? 0)) ** 2, 0) / BANDS_HZ.length;
      sum += Math.sqrt(mean);
      count++;
    }
    return sum / count;
  };
  return Math.min(...Array.from({ length: 25 }, (_, i) => at(i - 12)));
}

function spectra(samples: Int16Array): number[][] {
  const frames: number[][] = [];
  for (let start = 0; start + 960 <= samples.length; start += 240) {
    const frame = samples.subarray(start, start + 960);
    frames.push(BANDS_HZ.map((hz) => 20 * Math.log10(Math.max(10, toneAmplitude(frame, hz, 48_000)))));
  }
  return frames;
}
