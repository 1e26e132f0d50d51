import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RecordingSummary } from '../../../../src-main/media/index.ts';
import { estimateQuality } from '../../../../src-main/media/session/quality.ts';
import {
  CallFixture,
  codecConfig,
  connect,
  expectOk,
  sessionConfig,
  streamTo,
} from '../../../support/media/call-fixture.ts';
import { sine, toneAmplitude } from '../../../support/media/tone-check.ts';

let fixture: CallFixture;
beforeEach(async () => {
  fixture = await CallFixture.create();
});
afterEach(() => fixture.close());

const milliwatt = sessionConfig({ source: { kind: 'tone', tone: 'milliwatt' } });

describe('media engine', () => {
  it('carries digits once each, and resolves when the last was sent (RFC 4733 §2.5)', async () => {
    const a = await fixture.engine();
    const b = await fixture.engine();
    const digits: string[] = [];
    b.events.on('digitReceived', ({ digit }) => digits.push(digit));
    const { a: opened } = await connect(a, b, 'opus');
    let isDone = false;

    const sending = a.sendDigits(opened.sessionId, '12,#').then(() => (isDone = true));
    await fixture.run(300);
    expect(isDone).toBe(false);
    await fixture.run(2000);
    await sending;

    expect(digits).toEqual(['1', '2', '#']);
  });

  it('hears digits although a third of all packets is lost', async () => {
    const a = await fixture.engine();
    const b = await fixture.engine();
    const digits: string[] = [];
    b.events.on('digitReceived', ({ digit }) => digits.push(digit));
    let count = 0;
    fixture.network.isLost = () => ++count % 3 === 0;
    const { a: opened } = await connect(a, b, 'PCMU');

    const sending = a.sendDigits(opened.sessionId, '0123456789*#ABCD');
    await fixture.run(5000);
    await sending;

    expect(digits.join('')).toBe('0123456789*#ABCD');
  });

  it('opens 1024 sessions and says no to one more', async () => {
    const engine = await fixture.engine();
    const config = { ...milliwatt, portRange: [10_000, 30_000] as const };
    const opened = await Promise.all(Array.from({ length: 1024 }, () => engine.openSession(config)));

    expect(opened.filter(({ ok }) => ok)).toHaveLength(1024);
    expect(await engine.openSession(config)).toMatchObject({ ok: false, error: { kind: 'invalid' } });
  });

  it('tells when media starts, once, and statistics every second', async () => {
    const a = await fixture.engine();
    const b = await fixture.engine();
    const told: string[] = [];
    b.events.on('mediaStarted', () => told.push('started'));
    b.events.on('statistics', () => told.push('statistics'));
    await connect(a, b, 'PCMU', [milliwatt, sessionConfig()]);

    await fixture.run(2500);

    expect(told).toEqual(['started', 'statistics', 'statistics']);
  });

  it('tells levels at most 20 times a second', async () => {
    const a = await fixture.engine();
    const b = await fixture.engine();
    const levels: number[] = [];
    b.events.on('levels', ({ receivedDbov }) => levels.push(receivedDbov));
    await connect(a, b, 'PCMU', [milliwatt, sessionConfig()]);

    await fixture.run(1000);

    expect(levels.length).toBeGreaterThan(5);
    expect(levels.length).toBeLessThanOrEqual(20);
    expect(levels.at(-1)).toBeCloseTo(-6.2, 0);
  });

  it('reports loss, round trip and its name by RTCP (RFC 3550 §6.4, §6.5.1, §6.3.3)', async () => {
    const a = await fixture.engine();
    const b = await fixture.engine();
    fixture.network.delayMs = () => 50;
    const { a: opened } = await connect(a, b, 'PCMU', [milliwatt, milliwatt]);
    expectOk(await a.setSendLoss(opened.sessionId, 0.2));

    await fixture.run(25_000);
    const statistics = expectOk(await a.getStatistics(opened.sessionId));

    const reports = fixture.network.sent.filter(({ from }) => from === opened.rtcp.port);
    expect(reports.length).toBeGreaterThan(2);
    expect(reports.every(({ bytes }) => Buffer.from(bytes).includes('a@b'))).toBe(true);
    expect(statistics.roundTripMs).toBeGreaterThan(95);
    expect(statistics.roundTripMs).toBeLessThan(115);
    expect(statistics.remoteLossFraction).toBeGreaterThan(0.1);
    expect(statistics.remoteLossFraction).toBeLessThan(0.3);
  });

  it('says BYE when a session closes, and frees its ports (RFC 3550 §6.6, §6.3.7)', async () => {
    const a = await fixture.engine();
    const b = await fixture.engine();
    const { a: opened } = await connect(a, b, 'PCMU');
    await fixture.run(100);

    expectOk(await a.closeSession(opened.sessionId));

    const last = fixture.network.sent.at(-1);
    expect(last?.from).toBe(opened.rtcp.port);
    expect([...(last?.bytes ?? [])]).toContain(203);
    expect(fixture.network.takenPorts.has(opened.rtp.port)).toBe(false);
  });

  it('answers requests for unknown sessions, bad digits and missing files with a kind', async () => {
    const a = await fixture.engine();
    const { sessionId } = expectOk(await a.openSession(sessionConfig()));
    const kinds = await Promise.all([
      a.setMuted('none', true),
      a.sendDigits(sessionId, 'x'),
      a.sendDigits(sessionId, '1'),
      a.setSource(sessionId, { kind: 'file', file: fixture.file('none.wav'), isLooped: false }),
      a.playFile(fixture.file('none.wav')),
      a.openSession(sessionConfig({ portRange: [40_001, 40_001] })),
      a.stopRecording(sessionId),
      a.setConference([sessionId, 'none']),
      a.setSendLoss(sessionId, 2),
    ]);

    expect(kinds.map((result) => (result.ok ? 'ok' : result.error.kind))).toEqual([
      'noSuchSession',
      'invalid',
      'notNegotiated',
      'noSuchFile',
      'noSuchFile',
      'noFreePort',
      'invalid',
      'noSuchSession',
      'invalid',
    ]);
  });

  it.each([
    ['Opus in odd packets (RFC 7587 §4.2)', { ...codecConfig('opus'), packetMs: 30 }],
    ['packets longer than any (RFC 3551 §4.2)', { ...codecConfig('PCMU'), packetMs: 500 }],
    ['L16 at a rate without whole frames', { ...codecConfig('L16'), clockRateHz: 11_025 }],
    ['a payload type beyond seven bits', { ...codecConfig('PCMU'), payloadType: 200 }],
  ])('refuses %s', async (_, codec) => {
    const a = await fixture.engine();
    const opened = expectOk(await a.openSession(sessionConfig()));

    const result = await a.setStream(opened.sessionId, streamTo(opened, 'PCMU', { codecs: [codec] }));

    expect(result).toMatchObject({ ok: false, error: { kind: 'invalid' } });
  });

  it('sends nothing to a wildcard or port 0 (RFC 3264 §8.4), and hears the peer all the same', async () => {
    const a = await fixture.engine();
    const b = await fixture.engine();
    const sessions = await connect(a, b, 'PCMU', [milliwatt, milliwatt]);
    await fixture.run(100);
    for (const rtp of [
      { address: '0.0.0.0', port: 4000 },
      { address: '127.0.0.1', port: 0 },
      { address: 'host.test', port: 9 },
    ]) {
      expectOk(await b.setStream(sessions.b.sessionId, streamTo({ ...sessions.a, rtp, rtcp: rtp }, 'PCMU')));
      expect(fixture.network.sent.filter(({ to }) => to === rtp.port)).toEqual([]);
    }
  });

  it('tells when a file source has been sent whole', async () => {
    const a = await fixture.engine();
    const b = await fixture.engine();
    const file = await fixture.writeWav('short.wav', sine(22_050, 440, 44_100), 44_100);
    let ended = 0;
    a.events.on('sourceEnded', () => ended++);
    await connect(a, b, 'PCMU', [sessionConfig({ source: { kind: 'file', file, isLooped: false } }), sessionConfig()]);

    await fixture.run(400);
    expect(ended).toBe(0);
    await fixture.run(400);
    expect(ended).toBe(1);
  });

  it('plays a file to the loudspeaker and resolves at its end', async () => {
    const a = await fixture.engine(undefined, fixture.file('ear.wav'));
    const file = await fixture.writeWav('message.wav', sine(4000, 500, 8000), 8000);
    const started: string[] = [];
    a.events.on('fileStarted', (event) => started.push(event.file));
    let isOver = false;
    const playing = a.playFile(file).then(() => (isOver = true));
    while (!isOver) await fixture.run(20);
    await playing;
    await a.close();

    expect(started).toEqual([file]);
    const [heard = new Int16Array(0)] = await fixture.readWav('ear.wav');
    expect(heard.length).toBeLessThan(26_000);
    expect(toneAmplitude(heard.subarray(2400, 21_600), 500, 48_000)).toBeGreaterThan(7000);
  });

  it('plays nothing that was stopped, or followed by another, while it was read', async () => {
    const a = await fixture.engine();
    const low = await fixture.writeWav('low.wav', sine(4000, 500, 8000), 8000);
    const started: string[] = [];
    a.events.on('fileStarted', (event) => started.push(event.file));

    const stopped = a.playFile(low);
    await a.stopFile();
    const followed = a.playFile(low);
    const missing = a.playFile(fixture.file('none.wav'));

    expectOk(await stopped);
    expectOk(await followed);
    expect(await missing).toMatchObject({ ok: false });
    expect(started).toEqual([]);
    await a.close();
  });

  /** From the first to the last sample of sound: files are read in real time, so that virtual time says nothing. */
  function audible(samples: Int16Array): Int16Array {
    const isSound = (sample: number): boolean => Math.abs(sample) > 300;
    return samples.subarray(samples.findIndex(isSound), samples.findLastIndex(isSound) + 1);
  }

  it('plays it twice as fast with its pitch, in half the time', async () => {
    const a = await fixture.engine(undefined, fixture.file('ear.wav'));
    const file = await fixture.writeWav('message.wav', sine(16_000, 500, 8000), 8000);
    let isOver = false;
    const playing = a.playFile(file, { speed: 2 }).then(() => (isOver = true));
    while (!isOver) await fixture.run(20);
    await playing;
    await a.close();

    const heard = audible((await fixture.readWav('ear.wav'))[0] ?? new Int16Array(0));
    expect(Math.abs(heard.length / 48_000 - 1)).toBeLessThan(0.05);
    expect(toneAmplitude(heard.subarray(4800, 43_200), 500, 48_000)).toBeGreaterThan(7000);
  });

  it('leaves out the pauses of it, and says where it goes on', async () => {
    const a = await fixture.engine(undefined, fixture.file('ear.wav'));
    const sound = new Int16Array(64_000);
    sound.set(sine(8000, 500, 8000));
    sound.set(sine(8000, 900, 8000), 56_000);
    const file = await fixture.writeWav('message.wav', sound, 8000);
    const jumps: number[] = [];
    a.events.on('fileJumped', ({ positionMs }) => jumps.push(positionMs));
    let isOver = false;
    const playing = a.playFile(file, { skipsSilence: true }).then(() => (isOver = true));
    while (!isOver) await fixture.run(20);
    await playing;
    await a.close();

    // A second, the beginning and the end of the pause, a second.
    const heard = audible((await fixture.readWav('ear.wav'))[0] ?? new Int16Array(0));
    expect(Math.abs(heard.length / 48_000 - 2.3)).toBeLessThan(0.05);
    expect(jumps.at(-1)).toBeGreaterThan(6900);
    expect(jumps.at(-1)).toBeLessThanOrEqual(7000);
    expect(toneAmplitude(heard.subarray(0, 46_000), 500, 48_000)).toBeGreaterThan(6500);
    expect(toneAmplitude(heard.subarray(-46_000), 900, 48_000)).toBeGreaterThan(6500);
  });

  it('leaves no timer behind when everything is closed', async () => {
    const a = await fixture.engine();
    const b = await fixture.engine();
    await connect(a, b, 'PCMU');
    await fixture.run(100);
    await a.playTone('ringer', 'ring');

    await a.close();
    await b.close();
    await fixture.run(100);

    expect(fixture.runtime.pendingTimers).toBe(0);
  });
});

describe('recording', () => {
  it('puts what was sent left and what was heard right, aligned', async () => {
    const a = await fixture.engine();
    const b = await fixture.engine();
    const { a: opened } = await connect(a, b, 'PCMU', [
      milliwatt,
      sessionConfig({ source: { kind: 'tone', tone: 'music' } }),
    ]);
    await fixture.run(200);

    expectOk(await a.startRecording(opened.sessionId, { file: fixture.file('call.wav'), tracks: 'both' }));
    await fixture.run(1000);
    const summary = expectOk(await a.stopRecording(opened.sessionId));

    const [sent = new Int16Array(0), received = new Int16Array(0)] = await fixture.readWav('call.wav');
    expect(summary).toMatchObject({ durationMs: 1000, end: 'stopped' });
    expect(sent.length).toBe(48_000);
    expect(toneAmplitude(sent.subarray(4800), 1004, 48_000)).toBeGreaterThan(20_000);
    expect(toneAmplitude(received.subarray(4800), 1004, 48_000)).toBeLessThan(1000);
  });

  it('ends at its limit and tells so', async () => {
    const a = await fixture.engine();
    const b = await fixture.engine();
    const ended = new Promise<RecordingSummary>((resolve) => {
      b.events.once('recordingEnded', ({ recording }) => resolve(recording));
    });
    const { b: opened } = await connect(a, b, 'PCMU', [milliwatt, sessionConfig()]);

    expectOk(
      await b.startRecording(opened.sessionId, { file: fixture.file('m.wav'), tracks: 'received', limitSec: 1 }),
    );
    await fixture.run(1500);
    const recording = await ended;

    expect(recording).toMatchObject({ durationMs: 1000, end: 'limit' });
    expect(recording.activeMs).toBeGreaterThan(850);
  });

  it('ends after silence and counts what was active', async () => {
    const a = await fixture.engine();
    const b = await fixture.engine();
    const ended = new Promise<RecordingSummary>((resolve) => {
      b.events.once('recordingEnded', ({ recording }) => resolve(recording));
    });
    const file = await fixture.writeWav('talk.wav', sine(48_000, 300, 48_000));
    const { b: opened } = await connect(a, b, 'G722', [
      sessionConfig({ source: { kind: 'file', file, isLooped: false } }),
      sessionConfig(),
    ]);

    expectOk(
      await b.startRecording(opened.sessionId, { file: fixture.file('m.wav'), tracks: 'received', endOnSilenceSec: 2 }),
    );
    await fixture.run(4000);
    const recording = await ended;

    expect(recording).toMatchObject({ end: 'silence' });
    expect(recording.activeMs).toBeGreaterThan(900);
    expect(recording.activeMs).toBeLessThan(1200);
  });

  it('closes with its session', async () => {
    const a = await fixture.engine();
    const b = await fixture.engine();
    const ends: string[] = [];
    b.events.on('recordingEnded', ({ recording }) => ends.push(recording.end));
    const { b: opened } = await connect(a, b, 'PCMU');
    expectOk(await b.startRecording(opened.sessionId, { file: fixture.file('m.wav'), tracks: 'received' }));
    await fixture.run(100);

    expectOk(await b.closeSession(opened.sessionId));

    expect(ends).toEqual(['sessionClosed']);
  });
});

describe('listening quality — ITU-T G.107', () => {
  it('falls with loss and delay between its ends', () => {
    const mos = (lossFraction: number, delayMs: number): number =>
      estimateQuality({ codec: 'PCMU', lossFraction, delayMs }).mosConversational;

    expect(mos(0, 50)).toBeGreaterThan(4.3);
    expect(mos(0.05, 50)).toBeLessThan(4);
    expect(mos(0, 500)).toBeLessThan(3.5);
    expect(mos(1, 2000)).toBe(1);
  });
});

describe('symmetric RTP — RFC 4961 §4', () => {
  it('sends to where packets come from when signalling was wrong', async () => {
    const a = await fixture.engine();
    const b = await fixture.engine();
    const sessions = await connect(a, b, 'PCMU', [milliwatt, milliwatt]);
    const wrong = { ...sessions.a, rtp: { address: '127.0.0.1', port: 49_998 } };
    expectOk(await b.setStream(sessions.b.sessionId, streamTo(wrong, 'PCMU')));

    await fixture.run(500);

    const last = fixture.network.sent.filter(({ from }) => from === sessions.b.rtp.port).at(-1);
    expect(last?.to).toBe(sessions.a.rtp.port);
  });
});
