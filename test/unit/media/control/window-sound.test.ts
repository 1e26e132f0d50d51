// The window's sound in a call, through the messages of the media process: chosen, lost, found again, and told to a process that starts anew.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { silentLogger } from '../../../../src-main/base/logger.ts';
import { err } from '../../../../src-main/base/result.ts';
import { levelDbov } from '../../../../src-main/media/dsp/index.ts';
import {
  createMediaEngine,
  openInProcessPort,
  type AudioSpec,
  type AudioStatus,
  type MediaEngine,
  type MediaPort,
} from '../../../../src-main/media/index.ts';
import { CallFixture, connect, expectOk, sessionConfig } from '../../../support/media/call-fixture.ts';
import { FakeSoundCards } from '../../../support/media/fake-sound-cards.ts';
import { FakeWindow, NOTHING_DONE } from '../../../support/media/fake-window.ts';
import { toneAmplitude } from '../../../support/media/tone-check.ts';

const VOICE_OFF = { echoCancellation: 'off', noiseSuppression: false, automaticGain: false } as const;
const AUTO = { kind: 'portaudio', isFallbackAllowed: true, voice: VOICE_OFF } as const;
const device = { source: { kind: 'device' }, playsToDevice: true } as const;

let fixture: CallFixture;
let ports: MediaPort[];
let statuses: AudioStatus[];
beforeEach(async () => {
  fixture = await CallFixture.create();
  ports = [];
  statuses = [];
});
afterEach(() => fixture.close());

async function phone(spec: AudioSpec, cards?: FakeSoundCards): Promise<{ engine: MediaEngine; window: FakeWindow }> {
  const { runtime, network } = fixture;
  const openPort = (): MediaPort => {
    const loadDriver = cards?.loadDriver ?? (() => err('the sound driver is not installed (test)'));
    const port = openInProcessPort({ runtime, logger: silentLogger, network, loadDriver });
    ports.push(port);
    return port;
  };
  const engine = await createMediaEngine({ openPort, audio: spec, runtime, logger: silentLogger });
  engine.events.on('audioChanged', (status) => statuses.push(status));
  fixture.engines.push(engine);
  return { engine, window: new FakeWindow(engine, runtime) };
}

/** Loading code takes true time: two milliseconds of it for ten of the clock. */
async function until(hasHappened: () => boolean, limitMs = 6000): Promise<void> {
  for (let ms = 0; ms < limitMs && !hasHappened(); ms += 10) {
    await new Promise((resolve) => setTimeout(resolve, 2));
    await fixture.run(10);
  }
  expect(hasHappened()).toBe(true);
}

async function callFrom(engine: MediaEngine) {
  const peer = await fixture.engine();
  const tone = sessionConfig({ source: { kind: 'tone', tone: 'milliwatt' }, portRange: [41_000, 41_099] });
  const { a } = await connect(engine, peer, 'PCMU', [sessionConfig(device), tone]);
  return a.sessionId;
}

const hears = (window: FakeWindow): boolean =>
  window.played.length >= 4800 && toneAmplitude(Int16Array.from(window.played.slice(-4800)), 1004, 48_000) > 5000;
const backendNow = (): string | undefined => statuses.at(-1)?.backend;

describe('the sound of a window in a call', () => {
  it('is taken where the sound driver does not load, and says why', async () => {
    const { engine, window } = await phone(AUTO);
    expect(expectOk(await engine.getAudioStatus())).toMatchObject({
      backend: 'null',
      reason: 'the sound driver is not installed (test): no window is open that could lend its sound',
    });

    window.attach();
    await callFrom(engine);
    await until(() => hears(window));

    expect(expectOk(await engine.getAudioStatus())).toEqual({
      backend: 'webaudio',
      reason: 'the sound driver is not installed (test): the window lends its sound',
    });
    expect(window.orders.at(-1)).toMatchObject({ kind: 'open', usesMicrophone: true });
  });

  it('leaves the call its time when the window freezes or goes, and comes back with it', async () => {
    const { engine, window } = await phone({ kind: 'webaudio', voice: VOICE_OFF });
    window.attach();
    const sessionId = await callFrom(engine);
    await until(() => hears(window));
    const sent = async () => expectOk(await engine.getStatistics(sessionId)).sentPackets;

    window.isFrozen = true;
    await until(() => backendNow() === 'null');
    const before = await sent();
    await fixture.run(1000);
    const after = await sent();
    window.isFrozen = false;
    window.tell('on');
    window.played.length = 0;
    await until(() => hears(window));
    window.detach();
    await until(() => backendNow() === 'null');

    expect(after - before).toBeGreaterThanOrEqual(48);
    expect(after - before).toBeLessThanOrEqual(52);
    expect(statuses.map(({ reason }) => reason)).toContain('the window delivers no sound');
  });

  it('waits for a click where the browser plays nothing before', async () => {
    const { engine, window } = await phone({ kind: 'webaudio', voice: VOICE_OFF });
    window.attach(true);
    await callFrom(engine);
    await fixture.run(500);
    expect(expectOk(await engine.getAudioStatus())).toMatchObject({
      backend: 'null',
      reason: expect.stringContaining('clicks') as string,
    });

    window.tell('off', false);

    await until(() => hears(window));
  });

  it('is told to a media process that starts anew', async () => {
    const { engine, window } = await phone({ kind: 'webaudio', voice: VOICE_OFF });
    window.attach();
    window.tell('refused');
    await callFrom(engine);
    await until(() => hears(window));

    window.played.length = 0;
    ports.at(-1)?.kill();

    await until(() => hears(window));
    expect(expectOk(await engine.getAudioStatus()).reason).toBe(
      'the window lends its sound, but may not use the microphone',
    );
  });

  it('is taken when every device of the driver hangs, also when the window comes later', async () => {
    const cards = new FakeSoundCards(fixture.runtime);
    for (const name of cards.names) cards.hanging.add(name);
    const { engine, window } = await phone(AUTO, cards);
    await callFrom(engine);
    await until(() => backendNow() === 'null' && ports.length >= 4, 20_000);

    window.attach();

    await until(() => hears(window));
    expect(backendNow()).toBe('webaudio');
  });

  it('has its own devices, and another way can be chosen', async () => {
    const { engine, window } = await phone(AUTO);
    const devices = [
      { name: 'Headset', canCapture: true, canPlay: true, isDefaultCapture: true, isDefaultPlayback: true },
    ];
    window.attach();
    engine.takeFromWindow({ kind: 'devices', devices });
    await callFrom(engine);
    await until(() => hears(window));

    expect(expectOk(await engine.listDevices())).toMatchObject(devices);
    const selecting = engine.selectDevice('microphone', 'Headset');
    window.played.length = 0;
    await until(() => hears(window));
    expectOk(await selecting);
    expect(window.orders.at(-1)).toMatchObject({ kind: 'open', captureName: 'Headset' });
    const changing = engine.selectBackend('webaudio');
    await until(() => statuses.at(-1)?.reason === 'the window lends its sound');
    expectOk(await changing);
  });

  it.each([
    ['what the browser does not do is done here', false],
    ['what the browser has done is not done again', true],
  ])('%s', async (_, suppressesNoise) => {
    const voice = { ...VOICE_OFF, noiseSuppression: true };
    const { engine, window } = await phone({ kind: 'webaudio', voice });
    window.attach();
    window.spoken = Int16Array.from({ length: 48_000 }, () => (fixture.runtime.random() - 0.5) * 6000);
    window.tell('on', false, { ...NOTHING_DONE, suppressesNoise });
    const heard = fixture.file('heard.wav');
    const peer = await fixture.engine(undefined, heard);
    await connect(engine, peer, 'L16', [
      sessionConfig(device),
      sessionConfig({ ...device, portRange: [41_000, 41_099] }),
    ]);
    await until(() => window.played.length > 0);
    let turns = 0;
    await until(() => ++turns > 500);
    await peer.close();

    const [sound = new Int16Array(0)] = await fixture.readWav('heard.wav');
    const noiseDbov = levelDbov(sound.subarray(-48_000));

    if (suppressesNoise) expect(noiseDbov).toBeGreaterThan(-32);
    else expect(noiseDbov).toBeLessThan(-33);
  });

  it('cannot be chosen where silence was asked for', async () => {
    const { engine } = await phone({ kind: 'null' });

    expect(await engine.selectBackend('webaudio')).toMatchObject({ ok: false, error: { kind: 'invalid' } });
  });
});
