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

/** All of a recording through the stages, played in bursts of so many frames; also the share of frames that held speech. */
async function run(
  stages: Partial<ChainStages>,
  captured: Int16Array,
  played: Int16Array = new Int16Array(captured.length),
  burst = 1,
): Promise<{ sent: Int16Array; speechShare: number }> {
  const problems: string[] = [];
  const chain = await CaptureChain.load({ ...OFF, ...stages }, (stage) => problems.push(stage));
  const sent = new Int16Array(captured.length);
  let speechFrames = 0;
  for (let at = 0; at + FRAME <= captured.length; at += FRAME) {
    // In the middle of the frames that it goes with.
    if ((at / FRAME) % burst === burst >> 1)
      for (let i = 0; i < burst; i++) {
        const start = at + (i - (burst >> 1)) * FRAME;
        chain.addPlayed(played.subarray(start, start + FRAME));
      }
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

  it.each([
    [50, 0.2],
    [100, 0.5],
    [200, 1],
  ])(
    'loses less than 3 dB of speech over an echo (tail %i ms, level %f), and 40 dB of the echo',
    async (tailMs, level) => {
      const { played, near, echo } = doubleTalk(tailMs, level);

      const [cancelled, alone, both] = [
        await run({ cancelsEcho: true }, echo, played),
        await run({ cancelsEcho: true }, near),
        await run({ cancelsEcho: true }, mix(echo, near), played),
      ].map(({ sent }) => sent.subarray(3 * SECOND));

      expect(db(echo.subarray(3 * SECOND), cancelled ?? echo)).toBeGreaterThan(40);
      expect(lostDb(alone ?? near, both ?? near)).toBeLessThan(3);
    },
  );

  it('does so when what is played comes in bursts, before and after what is captured', async () => {
    const { played, near, echo } = doubleTalk(100, 0.5);

    const alone = await run({ cancelsEcho: true }, near);
    const both = await run({ cancelsEcho: true }, mix(echo, near), played, 4);

    expect(lostDb(alone.sent.subarray(3 * SECOND), both.sent.subarray(3 * SECOND))).toBeLessThan(3);
  });

  it('takes a room that changes for no speaker', async () => {
    const played = repeated(speech, 8 * SECOND);
    const echo = roomEcho(played, 60, 50);
    echo.set(roomEcho(played, 75, 150, 0.4, 9).subarray(5 * SECOND), 5 * SECOND);

    const { sent } = await run({ cancelsEcho: true }, echo, played);

    expect(db(echo.subarray(5 * SECOND, 6 * SECOND), sent.subarray(5 * SECOND, 6 * SECOND))).toBeGreaterThan(15);
    expect(db(echo.subarray(6 * SECOND), sent.subarray(6 * SECOND))).toBeGreaterThan(40);
  });
});

/** Both sentences from the same lips: the near one begins after 3 s. */
function doubleTalk(tailMs: number, level: number) {
  const played = repeated(speech, 8 * SECOND);
  const near = repeated(speech, 8 * SECOND, 2 * SECOND).fill(0, 0, 3 * SECOND);
  return { played, near, echo: roomEcho(played, 60, tailMs, level) };
}

/** How much quieter `wanted` is in `heard`, sample by sample: what is left of the echo does not count as speech. */
function lostDb(wanted: Int16Array, heard: Int16Array): number {
  let [product, power] = [0, 0];
  wanted.forEach((sample, i) => {
    product += sample * (heard[i] ?? 0);
    power += sample * sample;
  });
  return -20 * Math.log10(product / power);
}

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
