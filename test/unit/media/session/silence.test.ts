// Silence is left out on the way, and nobody hears it. RFC 3389 §4, §5, RFC 7587 §3.1.3, RFC 3551 §4.1
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CodecName, SessionStream } from '../../../../src-main/media/index.ts';
import { levelDbov } from '../../../../src-main/media/dsp/index.ts';
import { CallFixture, codecConfig, expectOk, sessionConfig, streamTo } from '../../../support/media/call-fixture.ts';
import { longestGapMs, sine, toneAmplitude } from '../../../support/media/tone-check.ts';
import { FakeRuntime } from '../../../support/fake-runtime.ts';

let fixture: CallFixture;
beforeEach(async () => {
  fixture = await CallFixture.create();
});
afterEach(() => fixture.close());

const device = { source: { kind: 'device' }, playsToDevice: true } as const;
const NOISE_AMPLITUDE = 120;

/** A second of tone, two of faint noise, a second of tone; at 48 kHz. */
function talk(): Int16Array {
  const runtime = new FakeRuntime(5);
  const tone = sine(48_000, 440, 48_000);
  return Int16Array.from({ length: 48_000 * 4 }, (_, i) => {
    const isVoice = i < 48_000 || i >= 48_000 * 3;
    return (isVoice ? (tone[i % 48_000] ?? 0) : 0) + Math.round((runtime.random() * 2 - 1) * NOISE_AMPLITUDE);
  });
}

async function listen(codec: CodecName, extra: Partial<SessionStream>) {
  const a = await fixture.engine(await fixture.writeWav('mic.wav', talk()));
  const b = await fixture.engine(undefined, fixture.file('heard.wav'));
  const openedA = expectOk(await a.openSession(sessionConfig(device)));
  const openedB = expectOk(await b.openSession(sessionConfig(device)));
  expectOk(await a.setStream(openedA.sessionId, streamTo(openedB, codec, extra)));
  expectOk(await b.setStream(openedB.sessionId, streamTo(openedA, codec, extra)));
  await fixture.run(4000);
  const statistics = expectOk(await b.getStatistics(openedB.sessionId));
  await b.close();
  const [heard = new Int16Array(0)] = await fixture.readWav('heard.wav');
  const packets = fixture.network.sent.filter(({ from }) => from === openedA.rtp.port);
  const during = packets.filter(({ atMs, bytes }) => atMs >= 1400 && atMs < 2900 && (bytes[1] ?? 0) < 128);
  return { heard, packets, during, statistics };
}

const typeOf = ({ bytes }: { bytes: Uint8Array }): number => (bytes[1] ?? 0) & 0x7f;

describe('silence with G.711 — RFC 3389 §4, §5', () => {
  it.each<CodecName>(['PCMU', 'PCMA'])(
    '%s: descriptions of the background in its place, which sounds like it',
    async (codec) => {
      const { heard, packets, during, statistics } = await listen(codec, {
        comfortNoisePayloadType: 13,
        silenceSuppression: true,
      });

      // Two or three in a second and a half, where 75 packets of sound would be.
      expect(during.length).toBeLessThanOrEqual(4);
      expect(new Set(during.map(typeOf))).toEqual(new Set([13]));
      const quiet = heard.subarray(48_000 * 1.6, 48_000 * 2.8);
      const original = talk().subarray(48_000 * 1.6, 48_000 * 2.8);
      // White noise at 48 kHz keeps a sixth of its power within the band of G.711.
      const withinBandDbov = levelDbov(original) + 10 * Math.log10(8000 / 48_000);
      expect(Math.abs(levelDbov(quiet) - withinBandDbov)).toBeLessThan(3);
      expect(longestGapMs(quiet, 48_000, 3)).toBeLessThan(20);
      // RFC 3551 §4.1: the first packet of speech after it is marked, and its time has gone on.
      const [again] = packets.filter(({ atMs }) => atMs > 2900).filter((packet) => typeOf(packet) !== 13);
      expect((again?.bytes[1] ?? 0) & 0x80).toBe(0x80);
      expect(toneAmplitude(heard.subarray(48_000 * 3.3, 48_000 * 3.9), 440, 48_000)).toBeGreaterThan(7000);
      expect(statistics).toMatchObject({ lostPackets: 0, latePackets: 0 });
      expect(statistics.concealedMs).toBeLessThan(60);
    },
  );

  it.each<[string, Partial<SessionStream>]>([
    ['is not wanted', { comfortNoisePayloadType: 13 }],
    ['is not understood by the peer', { silenceSuppression: true }],
  ])('everything is sent where it %s', async (_, extra) => {
    const { during } = await listen('PCMU', extra);
    expect(during.length).toBe(75);
  });
});

describe('silence with Opus — RFC 7587 §3.1.3', () => {
  // Opus looks for digital silence or the lack of a voice, so that its own detector takes longer than ours.
  it.each([
    ['our own wish', { usesDtx: true }],
    ['the wish of the peer', { remoteParameters: { usedtx: '1' } }],
  ])('is left out by %s, and speech comes back whole', async (_, extra) => {
    const { heard, during, statistics } = await listen('opus', { codecs: [{ ...codecConfig('opus'), ...extra }] });
    expect(during.length).toBeLessThan(50);
    expect(statistics.lostPackets).toBe(0);
    expect(toneAmplitude(heard.subarray(48_000 * 3.4, 48_000 * 3.9), 440, 48_000)).toBeGreaterThan(6000);
  });

  it('is sent where nobody wished it', async () => {
    const { during } = await listen('opus', {});
    expect(during.length).toBe(75);
  });
});
