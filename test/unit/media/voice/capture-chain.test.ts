import { beforeAll, describe, expect, it } from 'vitest';
import { CaptureChain, type ChainStages } from '../../../../src-main/media/voice/index.ts';
import { loadSpeech, mix, noise, repeated, roomEcho, scaled } from '../../../support/media/speech.ts';
import { rms, sine } from '../../../support/media/tone-check.ts';

const FRAME = 480;
const SECOND = 48_000;
const OFF: ChainStages = { cancelsEcho: false, suppressesNoise: false, controlsGain: false };

let speech: Int16Array;
beforeAll(async () => {
  speech = await loadSpeech();
});

/** All of a recording through the stages; also the share of frames that held speech. */
async function run(
  stages: Partial<ChainStages>,
  captured: Int16Array,
  played: Int16Array = new Int16Array(captured.length),
): Promise<{ sent: Int16Array; speechShare: number }> {
  const problems: string[] = [];
  const chain = await CaptureChain.load({ ...OFF, ...stages }, (stage) => problems.push(stage));
  const sent = new Int16Array(captured.length);
  let speechFrames = 0;
  for (let at = 0; at + FRAME <= captured.length; at += FRAME) {
    chain.addPlayed(played.subarray(at, at + FRAME));
    sent.set(chain.process(captured.subarray(at, at + FRAME)), at);
    if (chain.isSpeech) speechFrames++;
  }
  chain.close();
  chain.close();
  expect(problems).toEqual([]);
  return { sent, speechShare: speechFrames / (captured.length / FRAME) };
}

const db = (a: Int16Array, b: Int16Array): number => 20 * Math.log10(rms(a) / Math.max(1e-3, rms(b)));

describe('echo cancellation', () => {
  it.each([35, 100, 200])('takes 20 dB out of a room with a tail of %i ms after 2 s', async (tailMs) => {
    const played = repeated(speech, 5 * SECOND);
    const echo = roomEcho(played, 60, tailMs);

    const { sent } = await run({ cancelsEcho: true }, echo, played);

    expect(db(echo.subarray(2 * SECOND), sent.subarray(2 * SECOND))).toBeGreaterThan(20);
  });

  it('keeps the near speaker when both talk', async () => {
    const played = repeated(speech, 6 * SECOND);
    const near = repeated(speech, 6 * SECOND, 2 * SECOND);
    near.fill(0, 0, 3 * SECOND);

    const { sent: alone } = await run({ cancelsEcho: true }, near);

    const { sent } = await run({ cancelsEcho: true }, mix(scaled(roomEcho(played, 60, 50), 0.5), near), played);

    expect(Math.abs(db(alone.subarray(3 * SECOND), sent.subarray(3 * SECOND)))).toBeLessThan(3);
    expect(Math.abs(db(near.subarray(3 * SECOND), sent.subarray(3 * SECOND)))).toBeLessThan(4);
  });

  it.each([50, 100])(
    'loses less than 3 dB of speech beside an echo of 12 dB less (tail %i ms), and 40 dB of the echo',
    async (tailMs) => {
      const played = repeated(speech, 8 * SECOND);
      const near = repeated(speech, 8 * SECOND, 2 * SECOND);
      near.fill(0, 0, 3 * SECOND);
      const echo = roomEcho(played, 60, tailMs, 0.2);

      const [cancelled, alone, both] = [
        await run({ cancelsEcho: true }, echo, played),
        await run({ cancelsEcho: true }, near),
        await run({ cancelsEcho: true }, mix(echo, near), played),
      ].map(({ sent }) => sent.subarray(3 * SECOND));

      expect(db(echo.subarray(3 * SECOND), cancelled ?? echo)).toBeGreaterThan(40);
      // What is left of the echo does not count as speech.
      let [product, power] = [0, 0];
      alone?.forEach((sample, i) => {
        product += sample * (both?.[i] ?? 0);
        power += sample * sample;
      });
      expect(-20 * Math.log10(product / power)).toBeLessThan(3);
    },
  );
});

describe('noise suppression', () => {
  it('takes 10 dB out of the noise of a fan and leaves speech as loud as it was', async () => {
    let last = 0;
    const hiss = noise(3 * SECOND, 300).map((sample) => (last = Math.round(0.9 * last + 0.3 * sample)));
    const talk = repeated(speech, 4 * SECOND);

    const { sent: quiet } = await run({ suppressesNoise: true }, hiss);
    const { sent: heard } = await run({ suppressesNoise: true }, talk);

    expect(db(hiss.subarray(SECOND), quiet.subarray(SECOND))).toBeGreaterThan(10);
    expect(Math.abs(db(talk, heard))).toBeLessThan(3);
  });
});

describe('automatic gain', () => {
  it.each([-35, -26, -8])('brings speech at %i dBov to one level without clipping', async (levelDbov) => {
    const talk = repeated(speech, 12 * SECOND);
    const captured = scaled(talk, (32_768 * 10 ** (levelDbov / 20)) / rms(talk));

    const { sent } = await run({ controlsGain: true }, captured);

    const level = 20 * Math.log10(rms(sent.subarray(6 * SECOND)) / 32_768);
    expect(level).toBeGreaterThan(-25);
    expect(level).toBeLessThan(-17);
    expect(sent.every((sample) => Math.abs(sample) < 32_700)).toBe(true);
  });

  it('does not lift noise while nobody speaks', async () => {
    const hiss = noise(5 * SECOND, 60);

    const { sent } = await run({ controlsGain: true }, hiss);

    expect(db(sent.subarray(4 * SECOND), hiss.subarray(4 * SECOND))).toBeLessThan(3);
  });
});

describe('voice detection', () => {
  it('tells speech from noise, tones and silence', async () => {
    expect((await run({}, repeated(speech, 4 * SECOND))).speechShare).toBeGreaterThan(0.5);
    expect((await run({}, noise(3 * SECOND, 200))).speechShare).toBeLessThan(0.15);
    expect((await run({}, new Int16Array(SECOND))).speechShare).toBe(0);
  });
});

describe('a chain without stages', () => {
  it('hands the sound on untouched', async () => {
    const tone = sine(SECOND, 1000, SECOND);

    expect((await run({}, tone)).sent).toEqual(tone);
  });
});
