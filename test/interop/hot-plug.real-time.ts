// A loudspeaker that is pulled out and put back in mid-call, and a ringer apart, on PulseAudio's virtual devices.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { silentLogger } from '../../src-main/base/logger.ts';
import { nodeRuntime } from '../../src-main/base/runtime.ts';
import { loadPortAudio } from '../../src-main/media/device/index.ts';
import { createMediaEngine, type AudioStatus, type MediaEngine } from '../../src-main/media/index.ts';
import { expectOk, sessionConfig, streamTo } from '../support/media/call-fixture.ts';
import { buildMediaProcess } from '../support/media/media-process.ts';
import { missingForPulse, PulseServer } from '../support/media/pulse-server.ts';
import { toneAmplitude } from '../support/media/tone-check.ts';

const VOICE_OFF = { echoCancellation: 'off', noiseSuppression: false, automaticGain: false } as const;
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const driver = loadPortAudio();
const missing = missingForPulse() ?? (driver.ok ? undefined : driver.error);
if (missing !== undefined) process.stderr.write(`hot-plug is skipped: ${missing}\n`);

// On a build machine a missing sound server is a failure, at home it is a reason to skip.
describe.skipIf(missing !== undefined && process.env['CI'] !== 'true')('devices that come and go', () => {
  let server: PulseServer;
  let entry: Awaited<ReturnType<typeof buildMediaProcess>>;
  let engine: MediaEngine;
  const statuses: AudioStatus[] = [];
  const before = { ...process.env };

  beforeAll(async () => {
    server = await PulseServer.start();
    Object.assign(process.env, server.environment);
    server.plug('dock');
    entry = await buildMediaProcess();
    const audio = { kind: 'portaudio', playbackName: 'dock', ringerName: 'headset' } as const;
    engine = await createMediaEngine({
      audio: { ...audio, isFallbackAllowed: true, voice: VOICE_OFF },
      ...{ runtime: nodeRuntime(), logger: silentLogger, processFile: entry.file },
    });
    engine.events.on('audioChanged', (status) => statuses.push(status));
  });
  afterAll(async () => {
    await engine.close();
    entry.remove();
    await server.stop();
    process.env = before;
  });

  /** How loud the tone of 1004 Hz is at a sink in the next moments. */
  async function heardAt(sink: string): Promise<number> {
    const ear = server.listen(sink);
    await pause(500);
    const heard = await ear.stop();
    return heard.length < 9600 ? 0 : toneAmplitude(heard.subarray(-9600), 1004, 48_000);
  }

  async function untilHeardAt(sink: string, limitMs: number): Promise<number> {
    const startMs = performance.now();
    while ((await heardAt(sink)) < 3000) {
      if (performance.now() - startMs > limitMs)
        throw new Error(`nothing is heard at ${sink}: ${JSON.stringify(statuses)}`);
    }
    return performance.now() - startMs;
  }

  it('moves the call to the system’s device and back', async () => {
    const place = { portRange: [42_400, 42_499] } as const;
    const call = expectOk(
      await engine.openSession(sessionConfig({ ...place, source: { kind: 'device' }, playsToDevice: true })),
    );
    const tone = expectOk(
      await engine.openSession(sessionConfig({ ...place, source: { kind: 'tone', tone: 'milliwatt' } })),
    );
    expectOk(await engine.setStream(tone.sessionId, streamTo(call, 'PCMU')));
    expectOk(await engine.setStream(call.sessionId, streamTo(tone, 'PCMU')));
    await untilHeardAt('dock', 5000);

    server.unplug('dock');
    const movedMs = await untilHeardAt('speaker', 8000);
    expect(statuses.at(-1)).toMatchObject({ backend: 'portaudio', missing: ['dock'] });

    server.plug('dock');
    const returnedMs = await untilHeardAt('dock', 10_000);
    expect(statuses.at(-1)?.missing).toBeUndefined();
    process.stderr.write(`moved within ${Math.round(movedMs)} ms, back within ${Math.round(returnedMs)} ms\n`);
    expectOk(await engine.closeSession(call.sessionId));
    expectOk(await engine.closeSession(tone.sessionId));
  });

  it('rings on the ringer, not where calls are heard', async () => {
    expectOk(await engine.playTone('ringer', 'milliwatt'));

    const [ringer, call] = await Promise.all([
      untilHeardAt('speaker', 4000).then(() => heardAt('speaker')),
      heardAt('dock'),
    ]);

    expectOk(await engine.stopTone('ringer'));
    expect(ringer).toBeGreaterThan(10_000);
    expect(call).toBeLessThan(100);
  });
});
