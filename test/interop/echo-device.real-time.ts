// Echo on a sound device that plays and captures by its own clocks and in bursts: a microphone that hears the loudspeaker and a speaker.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { nodeRuntime } from '../../src-main/base/runtime.ts';
import { loadPortAudio, PortAudioBackend } from '../../src-main/media/device/index.ts';
import { CaptureChain } from '../../src-main/media/voice/index.ts';
import { missingForPulse, PulseServer } from '../support/media/pulse-server.ts';
import { loadSpeech, repeated, scaled } from '../support/media/speech.ts';
import { rms } from '../support/media/tone-check.ts';

const SECOND = 48_000;
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const driver = loadPortAudio();
const missing = missingForPulse() ?? (driver.ok ? undefined : driver.error);
if (missing !== undefined) process.stderr.write(`echo-device is skipped: ${missing}\n`);

describe.skipIf(missing !== undefined && process.env['CI'] !== 'true')('echo on a sound device', () => {
  let server: PulseServer;
  const before = { ...process.env };

  beforeAll(async () => {
    server = await PulseServer.start({ isLooped: true });
    Object.assign(process.env, server.environment);
  });
  afterAll(async () => {
    await server.stop();
    process.env = before;
  });

  it('takes the echo out and lets through who speaks over it', async () => {
    if (!driver.ok) throw new Error(driver.error);
    const chain = await CaptureChain.load(
      { cancelsEcho: true, suppressesNoise: false, controlsGain: false },
      (stage, reason) => expect.fail(`${stage}: ${reason}`),
    );
    const far = scaled(repeated(await loadSpeech(), 20 * SECOND), 0.5);
    const captured: Int16Array[] = [];
    const sent: Int16Array[] = [];
    let position = 0;
    const backend = new PortAudioBackend(driver.value, nodeRuntime(), {
      captureName: 'headset',
      playbackName: 'headset',
    });
    const problem = await backend.start({
      render: (frame) => {
        frame.set(far.subarray(position, position + frame.length));
        position += frame.length;
        chain.addPlayed(frame);
      },
      onCaptured: (frame) => {
        captured.push(frame.slice());
        sent.push(chain.process(frame).slice());
      },
      onLost: () => undefined,
    });
    expect(problem).toBeUndefined();

    await pause(6000);
    const spokenFrom = captured.length * 480;
    const speech = scaled(repeated(await loadSpeech('assets/audio/greeting.wav'), 5 * SECOND), 0.5);
    const mouth = server.speak(speech, 'speaker');
    await pause(5500);
    mouth.kill();
    await backend.stop();
    chain.close();

    const [heard, cleaned] = [joined(captured), joined(sent)];
    const echo = heard.subarray(3 * SECOND, spokenFrom);
    const left = cleaned.subarray(3 * SECOND, spokenFrom);
    expect(rms(echo)).toBeGreaterThan(300);
    const takenOutDb = 20 * Math.log10(rms(echo) / Math.max(1, rms(left)));
    const lostDb =
      20 * Math.log10(loudness(speech, heard.subarray(spokenFrom)) / loudness(speech, cleaned.subarray(spokenFrom)));
    process.stderr.write(`echo taken out ${takenOutDb.toFixed(1)} dB, speech lost ${lostDb.toFixed(1)} dB\n`);
    // A virtual device on a busy machine runs dry now and then, and each time the echo moves; `bench echo` has the figures without that.
    expect(takenOutDb).toBeGreaterThan(15);
    expect(lostDb).toBeLessThan(6);
  });
});

const joined = (frames: readonly Int16Array[]): Int16Array => {
  const all = new Int16Array(frames.length * 480);
  frames.forEach((frame, i) => all.set(frame, i * 480));
  return all;
};

/** How much of `speech` is in `heard`, wherever it begins within half a second; what is unlike it does not count. */
function loudness(speech: Int16Array, heard: Int16Array): number {
  const length = Math.min(speech.length, heard.length) - SECOND / 2;
  const share = (delay: number, step: number): number => {
    let [product, power] = [0, 0];
    for (let i = 0; i < length; i += step) {
      product += (speech[i] ?? 0) * (heard[i + delay] ?? 0);
      power += (speech[i] ?? 0) ** 2;
    }
    return product / power;
  };
  let [best, likest] = [0, -Infinity];
  for (let delay = 0; delay < SECOND / 2; delay++) {
    const found = share(delay, 16);
    if (found > likest) [best, likest] = [delay, found];
  }
  return share(best, 1);
}
