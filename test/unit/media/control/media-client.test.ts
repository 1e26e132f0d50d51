import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { silentLogger } from '../../../../src-main/base/logger.ts';
import { parseFromServer, parseToServer } from '../../../../src-main/media/control/messages.ts';
import { resumedConfig, rememberSession } from '../../../../src-main/media/control/session-memory.ts';
import {
  createMediaEngine,
  openInProcessPort,
  type MediaEngine,
  type MediaPort,
} from '../../../../src-main/media/index.ts';
import {
  CallFixture,
  codecConfig,
  connect,
  expectOk,
  sessionConfig,
  streamTo,
} from '../../../support/media/call-fixture.ts';

let fixture: CallFixture;
let ports: MediaPort[];
beforeEach(async () => {
  fixture = await CallFixture.create();
  ports = [];
});
afterEach(() => fixture.close());

/** An engine behind messages, whose "process" the test can kill. */
async function supervised(wrap: (port: MediaPort) => MediaPort = (port) => port): Promise<MediaEngine> {
  const { runtime, network } = fixture;
  const openPort = (): MediaPort => {
    const port = wrap(openInProcessPort({ runtime, logger: silentLogger, network }));
    ports.push(port);
    return port;
  };
  const engine = await createMediaEngine({ openPort, audio: { kind: 'null' }, runtime, logger: silentLogger });
  fixture.engines.push(engine);
  return engine;
}

const tone = sessionConfig({ source: { kind: 'tone', tone: 'milliwatt' } });

describe('media client', () => {
  it('carries a call and its events through messages', async () => {
    const a = await supervised();
    const b = await supervised();
    const told: string[] = [];
    b.events.on('mediaStarted', () => told.push('started'));
    b.events.on('digitReceived', ({ digit }) => told.push(digit));
    const { a: opened } = await connect(a, b, 'PCMU', [tone, sessionConfig()]);

    const sending = a.sendDigits(opened.sessionId, '7');
    await fixture.run(500);

    expect((await sending).ok).toBe(true);
    expect(told).toEqual(['started', '7']);
    expect(expectOk(await a.getStatistics(opened.sessionId)).sentPackets).toBeGreaterThan(20);
    expect(expectOk(await a.getAudioStatus()).backend).toBe('null');
  });

  it('opens sessions again on the same port with the same SSRC and a sequence that goes on', async () => {
    const a = await supervised();
    const b = await fixture.engine();
    const restarts: string[] = [];
    a.events.on('restarted', ({ reason }) => restarts.push(reason));
    const sessions = await connect(a, b, 'PCMU', [tone, sessionConfig()]);
    const sentByA = () =>
      fixture.network.sent
        .filter(({ from, bytes }) => from === sessions.a.rtp.port && bytes.length === 172)
        .map(({ bytes }) => new DataView(bytes.buffer, bytes.byteOffset));
    await fixture.run(1750);
    const before = sentByA();

    ports[0]?.kill();
    await fixture.until(() => restarts.length > 0);
    await fixture.run(500);

    const after = sentByA().slice(before.length);
    const last = before.at(-1);
    expect(restarts).toEqual(['killed']);
    expect(after.length).toBeGreaterThan(20);
    expect(new Set(after.map((packet) => packet.getUint32(8)))).toEqual(new Set([last?.getUint32(8)]));
    const step = ((after[0]?.getUint16(2) ?? 0) - (last?.getUint16(2) ?? 0)) & 0xffff;
    expect(step).toBeGreaterThan(0);
    expect(step).toBeLessThan(40);
    expect((after[0]?.getUint32(4) ?? 0) - (last?.getUint32(4) ?? 0)).toBeGreaterThan(0);
    const statistics = expectOk(await b.getStatistics(sessions.b.sessionId));
    expect(statistics.latePackets).toBe(0);
  });

  it('opens the second session on ports that are bound already, without waiting for the process', async () => {
    const held: (() => void)[] = [];
    let isHeld = false;
    const a = await supervised((port) => ({
      ...port,
      send: (message) => {
        if (isHeld) held.push(() => port.send(message));
        else port.send(message);
      },
    }));
    expectOk(await a.openSession(sessionConfig()));
    await fixture.run(100);
    isHeld = true;

    const opened = expectOk(await a.openSession(sessionConfig()));
    const b = await fixture.engine();
    const peer = expectOk(await b.openSession(sessionConfig({ portRange: [41_000, 41_099] })));
    const streaming = a.setStream(opened.sessionId, streamTo(peer, 'PCMU'));
    expectOk(await b.setStream(peer.sessionId, streamTo(opened, 'PCMU')));
    await fixture.run(10);
    isHeld = false;
    for (const send of held) send();

    expectOk(await streaming);
    await fixture.run(500);
    expect(expectOk(await a.getStatistics(opened.sessionId)).receivedPackets).toBeGreaterThan(20);
  });

  it('sends what was asked for before the stream, never what was there before that', async () => {
    const a = await supervised();
    const tenSeconds = await fixture.writeWav('tone.wav', new Int16Array(480_000).fill(9000));
    const opened = expectOk(await a.openSession(sessionConfig({ source: { kind: 'tone', tone: 'milliwatt' } })));

    void a.setSource(opened.sessionId, { kind: 'file', file: tenSeconds, isLooped: false });
    expectOk(await a.setStream(opened.sessionId, streamTo(opened, 'PCMU')));
    await fixture.run(100);

    const [first] = fixture.network.sent.filter(({ bytes }) => bytes.length === 172);
    // A level that stands still is one code all along; the tone that was there before is many.
    expect(new Set(first?.bytes.subarray(12 + 40)).size).toBeLessThan(20);
  });

  it('answers engineLost to what was open, and works again afterwards', async () => {
    const a = await supervised();
    const restarts: string[] = [];
    a.events.on('restarted', ({ reason }) => restarts.push(reason));
    const { sessionId } = expectOk(await a.openSession(sessionConfig()));

    const waiting = a.getStatistics(sessionId);
    ports[0]?.kill();

    expect(await waiting).toMatchObject({ ok: false, error: { kind: 'engineLost' } });
    await fixture.until(() => restarts.length > 0);
    expect((await a.getStatistics(sessionId)).ok).toBe(true);
  });

  it('replaces a process that does not answer', async () => {
    let isDeaf = false;
    const a = await supervised((port) => ({ ...port, send: (message) => (isDeaf ? undefined : port.send(message)) }));
    expectOk(await a.getAudioStatus());
    isDeaf = true;

    const waiting = a.getAudioStatus();
    await fixture.run(5100);
    isDeaf = false;

    expect(await waiting).toMatchObject({ ok: false, error: { kind: 'engineLost' } });
    expect(ports.length).toBeGreaterThan(1);
  });

  it('gives up on a process that dies again and again', async () => {
    await supervised((port) => ({ ...port, onExit: (listener) => listener('dead') }));

    await fixture.run(10_000);

    expect(ports.length).toBeLessThan(12);
  });

  it('tells of a recording that a death has ended', async () => {
    const a = await supervised();
    const ends: string[] = [];
    a.events.on('recordingEnded', ({ recording }) => ends.push(recording.end));
    const opened = expectOk(await a.openSession(tone));
    expectOk(await a.setStream(opened.sessionId, streamTo(opened, 'PCMU')));
    expectOk(await a.startRecording(opened.sessionId, { file: fixture.file('r.wav'), tracks: 'both' }));
    await fixture.run(200);

    ports[0]?.kill();
    await fixture.until(() => ends.length > 0);

    expect(ends).toEqual(['writeFailed']);
  });

  it('answers engineLost once closed', async () => {
    const a = await supervised();
    await a.close();

    expect(await a.getAudioStatus()).toMatchObject({ ok: false, error: { kind: 'engineLost' } });
  });
});

describe('session memory', () => {
  it('advances the stream by the time that has passed, and a little more', () => {
    const session = rememberSession(sessionConfig(), 40_000);
    session.stream = streamTo(
      { sessionId: 's', rtp: { address: '::1', port: 1 }, rtcp: { address: '::1', port: 2 } },
      'opus',
      { codecs: [codecConfig('opus')] },
    );
    session.position = { ssrc: 5, sequence: 65_530, timestamp: 2 ** 32 - 960, atMs: 1000 };

    expect(resumedConfig('s', session, 1200).resume).toEqual({
      sessionId: 's',
      rtpPort: 40_000,
      position: { ssrc: 5, sequence: 6, timestamp: 11 * 960 },
    });
  });
});

describe('messages', () => {
  it.each([
    [undefined],
    [null],
    ['close'],
    [{}],
    [{ kind: 'call', id: 1, method: 'constructor', args: [] }],
    [{ kind: 'call', id: 1, method: 'setMuted', args: ['s'] }],
    [{ kind: 'call', id: 1, method: 'setMuted', args: ['s', true, 1] }],
    [{ kind: 'call', id: '1', method: 'stopFile', args: [] }],
    [{ kind: 'start' }],
  ])('the media process does not take %j', (message) => {
    expect(parseToServer(message)).toBeUndefined();
  });

  it.each([
    [{ kind: 'answer', id: 1, answer: 5 }],
    [{ kind: 'event', name: 'toString', payload: {} }],
    [{ kind: 'position', resume: { sessionId: 's' } }],
    [{ kind: 'stuck' }],
    [{ kind: 'other' }],
    [7],
  ])('the phone process does not take %j', (message) => {
    expect(parseFromServer(message)).toBeUndefined();
  });
});
