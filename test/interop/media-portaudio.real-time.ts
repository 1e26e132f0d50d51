// The sound card path, with PulseAudio's virtual devices in the place of a card: what goes in must come out.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Logger, lineSink, type LogRecord } from '../../src-main/base/logger.ts';
import { nodeRuntime } from '../../src-main/base/runtime.ts';
import { loadPortAudio } from '../../src-main/media/device/index.ts';
import { createMediaEngine, type MediaEngine } from '../../src-main/media/index.ts';
import { expectOk, sessionConfig, streamTo } from '../support/media/call-fixture.ts';
import { buildMediaProcess } from '../support/media/media-process.ts';
import { missingForPulse, PulseServer } from '../support/media/pulse-server.ts';
import { sine, toneAmplitude } from '../support/media/tone-check.ts';

/** What is judged here is the device, by tones, which noise suppression would take out. */
const VOICE_OFF = { echoCancellation: 'off', noiseSuppression: false, automaticGain: false } as const;

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const driver = loadPortAudio();
const missing = missingForPulse() ?? (driver.ok ? undefined : driver.error);
if (missing !== undefined) process.stderr.write(`media-portaudio is skipped: ${missing}\n`);

// On a build machine a missing sound server is a failure, at home it is a reason to skip.
describe.skipIf(missing !== undefined && process.env['CI'] !== 'true')('sound card through PortAudio', () => {
  let server: PulseServer;
  let entry: Awaited<ReturnType<typeof buildMediaProcess>>;
  let engine: MediaEngine;
  const log: LogRecord[] = [];
  const before = { ...process.env };

  beforeAll(async () => {
    server = await PulseServer.start();
    Object.assign(process.env, server.environment);
    entry = await buildMediaProcess();
    engine = await createMediaEngine({
      audio: {
        kind: 'portaudio',
        captureName: 'headset',
        playbackName: 'headset',
        isFallbackAllowed: true,
        voice: VOICE_OFF,
      },
      runtime: nodeRuntime(),
      logger: new Logger((record) => {
        log.push(record);
        lineSink((line) => process.stderr.write(line), 'warn')(record);
      }),
      processFile: entry.file,
    });
  });
  afterAll(async () => {
    await engine.close();
    entry.remove();
    await server.stop();
    process.env = before;
  });

  it('lists the devices by name', async () => {
    const devices = expectOk(await engine.listDevices());

    expect(devices.map(({ name }) => name)).toContain('headset');
    expect(expectOk(await engine.getAudioStatus()).backend).toBe('portaudio');
  });

  it('carries the microphone through an echo call to the loudspeaker', async () => {
    const device = sessionConfig({ source: { kind: 'device' }, playsToDevice: true, portRange: [42_200, 42_399] });
    const call = expectOk(await engine.openSession(device));
    const echo = expectOk(
      await engine.openSession(sessionConfig({ source: { kind: 'echo' }, portRange: [42_200, 42_399] })),
    );
    const mouth = server.speak(sine(48_000 * 5, 700, 48_000));
    const ear = server.listen();
    expectOk(await engine.setStream(echo.sessionId, streamTo(call, 'PCMU')));
    expectOk(await engine.setStream(call.sessionId, streamTo(echo, 'PCMU')));

    await pause(3500);
    const heard = await ear.stop();
    mouth.kill();

    const steady = heard.subarray(heard.length - 72_000, heard.length - 14_400);
    expect(toneAmplitude(steady, 700, 48_000)).toBeGreaterThan(5000);
    expectOk(await engine.closeSession(call.sessionId));
    expectOk(await engine.closeSession(echo.sessionId));
  });

  it('plays a tone on the loudspeaker and stops it', async () => {
    const ear = server.listen();
    expectOk(await engine.playTone('speaker', 'milliwatt'));
    await pause(1500);
    expectOk(await engine.stopTone('speaker'));
    await pause(300);
    const heard = await ear.stop();

    const amplitudes = Array.from({ length: Math.floor(heard.length / 4800) }, (_, i) =>
      toneAmplitude(heard.subarray(i * 4800, (i + 1) * 4800), 1004, 48_000),
    );
    expect(Math.max(...amplitudes)).toBeGreaterThan(20_000);
    expect(amplitudes.at(-1)).toBeLessThan(2000);
  });
});
