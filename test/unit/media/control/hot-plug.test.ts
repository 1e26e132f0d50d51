// Devices that go, hang and return during a call, and a ringer apart from the call's loudspeaker.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { silentLogger } from '../../../../src-main/base/logger.ts';
import {
  createMediaEngine,
  openInProcessPort,
  type AudioSpec,
  type AudioStatus,
  type MediaEngine,
  type MediaPort,
} from '../../../../src-main/media/index.ts';
import { unbatched } from '../../../../src-main/media/control/batch.ts';
import { CallFixture, connect, expectOk, sessionConfig } from '../../../support/media/call-fixture.ts';
import { FakeSoundCards } from '../../../support/media/fake-sound-cards.ts';
import { toneAmplitude } from '../../../support/media/tone-check.ts';

const VOICE_OFF = { echoCancellation: 'off', noiseSuppression: false, automaticGain: false } as const;
const HEADSET = { kind: 'portaudio', isFallbackAllowed: true, voice: VOICE_OFF } as const;
const device = { source: { kind: 'device' }, playsToDevice: true } as const;

let fixture: CallFixture;
let cards: FakeSoundCards;
let statuses: AudioStatus[];
let starts: number;
/** Whoever asks it for anything waits. */
let isDriverHung: boolean;
beforeEach(async () => {
  fixture = await CallFixture.create();
  cards = new FakeSoundCards(fixture.runtime);
  statuses = [];
  starts = 0;
  isDriverHung = false;
});
afterEach(() => fixture.close());

async function phone(spec: AudioSpec): Promise<MediaEngine> {
  const { runtime, network } = fixture;
  const openPort = (): MediaPort => {
    starts++;
    const port = openInProcessPort({ runtime, logger: silentLogger, network, loadDriver: cards.loadDriver });
    const send = (message: unknown) => {
      if (!isDriverHung || !asksTheDriver(message)) port.send(message);
    };
    return { ...port, send };
  };
  const engine = await createMediaEngine({ openPort, audio: spec, runtime, logger: silentLogger });
  engine.events.on('audioChanged', (status) => statuses.push(status));
  fixture.engines.push(engine);
  return engine;
}

const asksTheDriver = (messages: unknown): boolean =>
  unbatched(messages).some((message) => {
    const { kind, audio, method } = message as { kind: string; audio?: AudioSpec; method?: string };
    return (kind === 'start' && audio?.kind === 'portaudio') || method === 'listDevices';
  });

/** A restart loads code, which takes true time: two milliseconds of it for ten of the clock. */
async function until(hasHappened: () => boolean, limitMs = 10_000): Promise<void> {
  for (let ms = 0; ms < limitMs && !hasHappened(); ms += 10) {
    await new Promise((resolve) => setTimeout(resolve, 2));
    await fixture.run(10);
  }
}

/** A call whose peer sends the tone of 1004 Hz. */
async function callTo(spec: AudioSpec) {
  const engine = await phone(spec);
  const peer = await fixture.engine();
  const tone = sessionConfig({ source: { kind: 'tone', tone: 'milliwatt' }, portRange: [41_000, 41_099] });
  const { a } = await connect(engine, peer, 'PCMU', [sessionConfig(device), tone]);
  await fixture.run(400);
  return { engine, sessionId: a.sessionId };
}

const heardAt = (name: string): number => {
  const samples = Int16Array.from(cards.played.get(name)?.slice(-4800) ?? []);
  return samples.length < 4800 ? 0 : toneAmplitude(samples, 1004, 48_000);
};

describe('hot-plug', () => {
  it('moves a call to the system’s device when the chosen one goes, and back when it returns', async () => {
    const { engine, sessionId } = await callTo({ ...HEADSET, captureName: 'headset', playbackName: 'headset' });
    expect(heardAt('headset')).toBeGreaterThan(5000);

    cards.names = ['built-in'];
    const goneMs = fixture.runtime.nowMs();
    const before = starts;
    await until(() => starts > before);
    expect(fixture.runtime.nowMs() - goneMs).toBeLessThan(1000);
    await until(() => statuses.some(({ missing }) => missing?.includes('headset') === true));
    await until(() => heardAt('built-in') > 5000);
    expect(heardAt('built-in')).toBeGreaterThan(5000);

    cards.names = ['built-in', 'headset'];
    cards.played.clear();
    await until(() => heardAt('headset') > 5000);
    expect(heardAt('headset')).toBeGreaterThan(5000);
    expect(statuses.at(-1)?.missing).toBeUndefined();
    expect((await engine.getStatistics(sessionId)).ok).toBe(true);
  });

  it('sees within a second that a device never delivers, tries it once more, then takes another', async () => {
    cards.hanging.add('headset');
    const { engine } = await callTo({ ...HEADSET, captureName: 'headset', playbackName: 'headset' });
    await until(() => starts >= 2, 1000);
    const restartsMs = fixture.runtime.nowMs();
    expect(restartsMs).toBeLessThanOrEqual(1100);

    await until(() => heardAt('built-in') > 5000, 8000);

    expect(heardAt('built-in')).toBeGreaterThan(5000);
    expect(expectOk(await engine.getAudioStatus()).backend).toBe('portaudio');
  });

  it('goes on in silence when every device hangs, and tries again when others are there', async () => {
    cards.hanging.add('headset').add('built-in');
    await callTo({ ...HEADSET });
    await until(() => statuses.at(-1)?.backend === 'null' && starts >= 4, 20_000);
    const silentStarts = starts;
    await fixture.run(8000);
    expect(silentStarts).toBeLessThan(12);

    cards.hanging.clear();
    cards.names = ['built-in', 'dock'];
    await until(() => heardAt('built-in') > 5000, 8000);

    expect(heardAt('built-in')).toBeGreaterThan(5000);
  });

  it('goes on in silence at once when the driver hangs, and takes the device again when it answers', async () => {
    const { sessionId, engine } = await callTo(HEADSET);
    isDriverHung = true;
    cards.hanging.add('headset').add('built-in');
    const sentBefore = expectOk(await engine.getStatistics(sessionId)).sentPackets;

    await until(() => statuses.at(-1)?.backend === 'null', 1000);
    expect(statuses.at(-1)).toMatchObject({ backend: 'null', reason: 'the sound device does not answer any more' });
    await fixture.run(1000);
    // One waits for the driver to begin and one for its list: the first goes on with the call.
    expect(starts).toBe(3);
    expect(expectOk(await engine.getStatistics(sessionId)).sentPackets - sentBefore).toBeGreaterThan(45);
    await until(() => statuses.at(-1)?.reason === 'the sound devices of this machine do not answer', 6000);
    expect(statuses.at(-1)?.backend).toBe('null');

    isDriverHung = false;
    cards.hanging.clear();
    cards.played.clear();
    await until(() => heardAt('built-in') > 5000, 12_000);
    expect(heardAt('built-in')).toBeGreaterThan(5000);
    expect(expectOk(await engine.getAudioStatus()).backend).toBe('portaudio');
  });

  it('has its sound again soon when every device goes and one comes, as with a sound server that is started anew', async () => {
    await callTo(HEADSET);
    cards.names = [];
    await until(() => statuses.at(-1)?.reason.includes('there is no microphone') === true, 3000);
    expect(statuses.at(-1)?.backend).toBe('null');

    cards.names = ['dock'];
    await until(() => heardAt('dock') > 5000, 6000);
    expect(heardAt('dock')).toBeGreaterThan(5000);
  });

  it('takes a call in silence when the driver hangs from the start', async () => {
    isDriverHung = true;
    const engine = await phone(HEADSET);
    const opening = engine.openSession(sessionConfig(device));
    let isOpen = false;
    void opening.then(() => (isOpen = true));

    await until(() => isOpen, 6000);

    expectOk(await opening);
    expect(expectOk(await engine.getAudioStatus()).backend).toBe('null');
  });

  it('plays without a gap what comes in halves of frames, alone and in a conference', async () => {
    const { engine, sessionId } = await callTo(HEADSET);
    const other = await fixture.engine();
    const low = sessionConfig({ source: { kind: 'tone', tone: 'busy' }, portRange: [42_000, 42_099] });
    const second = await connect(engine, other, 'G722', [sessionConfig(device), low]);
    await fixture.run(1000);
    const from = cards.played.get('built-in')?.length ?? 0;
    await fixture.run(500);
    expectOk(await engine.setConference([sessionId, second.a.sessionId]));
    await fixture.run(500);

    const heard = Int16Array.from(cards.played.get('built-in') ?? []).subarray(from);
    expect(heard.length).toBeGreaterThan(47_000);
    expect(expectOk(await engine.getStatistics(sessionId)).concealedMs).toBe(0);
    for (let at = 0; at + 4800 <= heard.length; at += 4800) {
      const piece = heard.subarray(at, at + 4800);
      expect(toneAmplitude(piece, 1004, 48_000)).toBeGreaterThan(15_000);
    }
  });

  it('changes the device in mid-call without a click', async () => {
    const { engine } = await callTo({ ...HEADSET, playbackName: 'headset' });

    const selecting = engine.selectDevice('speaker', 'built-in');
    await until(() => heardAt('built-in') > 5000, 2000);
    expectOk(await selecting);

    const left = cards.played.get('headset') ?? [];
    const joined = (cards.played.get('built-in') ?? []).slice(0, 960);
    expect(Math.abs(left.at(-1) ?? 1)).toBeLessThan(500);
    expect(joined.slice(0, 24).every((sample) => Math.abs(sample) < 500)).toBe(true);
  });

  it('rings on its own device while the headset is kept for calls', async () => {
    const engine = await phone({ ...HEADSET, captureName: 'headset', playbackName: 'headset', ringerName: 'built-in' });

    expectOk(await engine.playTone('ringer', 'milliwatt'));
    await until(() => heardAt('built-in') > 5000, 1000);

    expect(heardAt('built-in')).toBeGreaterThan(5000);
    expect(cards.open).toEqual(['built-in out']);
    expectOk(await engine.stopTone('ringer'));
    await fixture.run(100);
    expect(cards.open).toEqual([]);
  });

  it('rings on the loudspeaker when the ringer hangs', async () => {
    cards.hanging.add('built-in');
    const engine = await phone({ ...HEADSET, captureName: 'headset', playbackName: 'headset', ringerName: 'built-in' });

    expectOk(await engine.playTone('ringer', 'milliwatt'));
    await until(() => heardAt('headset') > 5000, 2000);

    expect(heardAt('headset')).toBeGreaterThan(5000);
  });
});
