import { describe, expect, it } from 'vitest';
import { FileBackend, FRAME_SAMPLES, NullBackend, Pacer } from '../../../../src-main/media/device/index.ts';
import { findDeviceId, listPortAudioDevices } from '../../../../src-main/media/device/device-list.ts';
import type { PortAudio } from '../../../../src-main/media/device/naudiodon.ts';
import { FakeRuntime } from '../../../support/fake-runtime.ts';

describe('pacer', () => {
  it('counts frames of 10 ms for as long as someone listens', async () => {
    const runtime = new FakeRuntime();
    const pacer = new Pacer(runtime);
    let ticks = 0;
    const stop = pacer.add(() => ticks++);

    await runtime.advance(1000);
    stop();
    await runtime.advance(1000);

    expect(ticks).toBe(100);
    expect(runtime.pendingTimers).toBe(0);
  });

  it('makes up for late timers without drifting', async () => {
    const runtime = new FakeRuntime();
    const late = {
      nowMs: () => runtime.nowMs(),
      setTimer: (ms: number, callback: () => void) => runtime.setTimer(ms + 3, callback),
    };
    let ticks = 0;
    new Pacer(late as never).add(() => ticks++);

    await runtime.advance(10_000);

    expect(ticks).toBeGreaterThanOrEqual(998);
    expect(ticks).toBeLessThanOrEqual(1000);
  });

  it('lets in what came during a standstill before it asks for frames', async () => {
    const runtime = new FakeRuntime();
    let heldUpMs = 30;
    const heldUp = {
      nowMs: () => runtime.nowMs(),
      setTimer: (ms: number, callback: () => void) => runtime.setTimer(ms + heldUpMs, callback),
    };
    const ticksAtMs: number[] = [];
    new Pacer(heldUp as never).add(() => ticksAtMs.push(runtime.nowMs()));
    const startMs = runtime.nowMs();
    heldUpMs = 0;

    await runtime.advance(60);

    // Due at 20 ms, woken at 50; sockets are read before 51.
    expect(ticksAtMs.map((atMs) => atMs - startMs)).toEqual([51, 51, 51, 51, 60, 60]);
  });

  it('skips the time of a long standstill', async () => {
    const runtime = new FakeRuntime();
    let extraMs = 0;
    const jumping = {
      nowMs: () => runtime.nowMs() + extraMs,
      setTimer: (ms: number, callback: () => void) => runtime.setTimer(ms, callback),
    };
    let ticks = 0;
    new Pacer(jumping as never).add(() => ticks++);
    await runtime.advance(100);
    extraMs = 60_000;
    await runtime.advance(100);

    expect(ticks).toBeLessThan(30);
  });
});

describe('backends without a sound card', () => {
  it('null hears silence and lets time pass', async () => {
    const runtime = new FakeRuntime();
    const backend = new NullBackend(new Pacer(runtime));
    const heard: number[] = [];
    let rendered = 0;
    await backend.start({ onCaptured: (frame) => heard.push(...frame), render: () => rendered++, onLost: () => {} });

    await runtime.advance(60);
    await backend.stop();
    await runtime.advance(60);

    expect([heard.length, Math.max(...heard), rendered]).toEqual([6 * FRAME_SAMPLES, 0, 6]);
  });

  it('file plays its microphone in a loop and writes its loudspeaker', async () => {
    const runtime = new FakeRuntime();
    const written: Int16Array[] = [];
    const captured = Int16Array.from({ length: 700 }, (_, i) => i);
    const sink = { write: (samples: Int16Array) => void written.push(samples.slice()), close: () => Promise.resolve() };
    const backend = new FileBackend(new Pacer(runtime), { captured, sink });
    const heard: number[] = [];
    await backend.start({
      onCaptured: (frame) => heard.push(...frame),
      render: (frame) => frame.fill(7),
      onLost: () => {},
    });

    await runtime.advance(60);
    await backend.stop();

    expect(heard.slice(0, 1440)).toEqual(Array.from({ length: 1440 }, (_, i) => i % 700));
    expect(written.map((frame) => frame[0])).toEqual([7, 7, 7, 7, 7, 7]);
  });
});

describe('device list', () => {
  const device = (id: number, name: string, inputs: number, outputs: number, hostAPIName: string) => ({
    id,
    name,
    maxInputChannels: inputs,
    maxOutputChannels: outputs,
    defaultSampleRate: 48_000,
    hostAPIName,
  });
  const portAudio = (devices: ReturnType<typeof device>[], hosts: string[]): PortAudio => ({
    getDevices: () => devices,
    getHostAPIs: () => ({
      defaultHostAPI: 0,
      HostAPIs: hosts.map((name, i) => ({ name, defaultInput: i === 0 ? 0 : 2, defaultOutput: 0xffff_ffff })),
    }),
    create: () => {
      throw new Error('not here');
    },
  });

  it('finds devices by name and direction, and the default', () => {
    const linux = portAudio([device(0, 'mic', 1, 0, 'ALSA'), device(1, 'spk', 0, 2, 'ALSA')], ['ALSA']);

    expect(findDeviceId(linux, 'capture', undefined)).toBe(0);
    expect(findDeviceId(linux, 'playback', undefined)).toBe(1);
    expect(findDeviceId(linux, 'playback', 'mic')).toBeUndefined();
    expect(listPortAudioDevices(linux).map(({ isDefaultCapture }) => isDefaultCapture)).toEqual([true, false]);
  });

  it('hides the doubles of MME behind WASAPI', () => {
    const windows = portAudio(
      [device(0, 'Micropho', 1, 0, 'MME'), device(2, 'Microphone', 1, 0, 'Windows WASAPI')],
      ['MME', 'Windows WASAPI'],
    );

    expect(listPortAudioDevices(windows).map(({ name }) => name)).toEqual(['Microphone']);
    expect(findDeviceId(windows, 'capture', undefined)).toBe(2);
  });
});
