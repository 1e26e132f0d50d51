import { describe, expect, it } from 'vitest';
import { EchoCanceller } from '../../../../src-main/media/voice/echo-canceller.ts';
import { loadSpeech, repeated, roomEcho } from '../../../support/media/speech.ts';

const FRAME = 480;
const SECOND = 48_000;

const floats = (samples: Int16Array): Float32Array => Float32Array.from(samples, (sample) => sample / 32_768);

async function run(captured: Float32Array, played: Float32Array): Promise<Float32Array> {
  const canceller = await EchoCanceller.load();
  const sent = new Float32Array(captured.length);
  for (let at = 0; at + FRAME <= captured.length; at += FRAME) {
    canceller.addPlayed(played.slice(at, at + FRAME));
    const frame = captured.slice(at, at + FRAME);
    canceller.process(frame);
    sent.set(frame, at);
  }
  canceller.close();
  canceller.close();
  return sent;
}

/** By how many samples `sent` is most like `captured`. */
function delaySamples(captured: Float32Array, sent: Float32Array): number {
  let [best, likest] = [0, -Infinity];
  for (let delay = 380; delay < 480; delay++) {
    let product = 0;
    for (let i = SECOND; i < 3 * SECOND; i++) product += (captured[i] ?? 0) * (sent[i + delay] ?? 0);
    if (product > likest) [best, likest] = [delay, product];
  }
  return best;
}

describe('echo canceller', () => {
  it('delays the sound of both cancellers alike, so that one can fade into the other', async () => {
    const near = floats(repeated(await loadSpeech(), 4 * SECOND));
    // So quiet that AEC3 need not take anything out, and so near that no speaker is told from it: AEC3's sound is sent.
    const hum = near.map((_, i) => 0.0001 * Math.sin(i / 9));
    const quiet = near.map((sample) => sample * 0.002);

    expect(delaySamples(near, await run(near, new Float32Array(near.length)))).toBe(430);
    expect(delaySamples(quiet, await run(quiet, hum))).toBe(430);
  });

  it('hands the near speaker on as he is while nothing is played', async () => {
    const near = floats(repeated(await loadSpeech(), 2 * SECOND));

    const sent = await run(near, new Float32Array(near.length));

    expect(sent.subarray(430)).toEqual(near.subarray(0, near.length - 430));
  });

  it('comes through a microphone that is cut off, and through one that was never played to', async () => {
    const played = floats(repeated(await loadSpeech(), 3 * SECOND));
    const echo = floats(roomEcho(repeated(await loadSpeech(), 3 * SECOND), 60, 50));
    const cut = echo.map((sample, i) => (i > SECOND && i < 2 * SECOND ? 0 : sample * 40));

    const sent = await run(cut, played);

    expect(sent.every((sample) => Number.isFinite(sample))).toBe(true);
  });
});
