import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CodecName } from '../../../../src-main/media/index.ts';
import { CallFixture, connect, expectOk, sessionConfig, streamTo } from '../../../support/media/call-fixture.ts';
import { longestGapMs, rms, sine, toneAmplitude } from '../../../support/media/tone-check.ts';

let fixture: CallFixture;
beforeEach(async () => {
  fixture = await CallFixture.create();
});
afterEach(() => fixture.close());

const device = { source: { kind: 'device' }, playsToDevice: true } as const;

describe('sound through a call', () => {
  it.each<CodecName>(['PCMU', 'PCMA', 'G722', 'opus', 'L16'])('carries 1004 Hz at its level with %s', async (codec) => {
    const a = await fixture.engine(await fixture.writeWav('mic.wav', sine(48_000 * 2, 1004, 48_000)));
    const b = await fixture.engine(undefined, fixture.file('heard.wav'));
    await connect(a, b, codec, [sessionConfig(device), sessionConfig(device)]);

    await fixture.run(1500);
    await b.close();

    const [heard = new Int16Array(0)] = await fixture.readWav('heard.wav');
    const steady = heard.subarray(24_000, 67_200);
    expect(toneAmplitude(steady, 1004, 48_000)).toBeGreaterThan(7000);
    expect(toneAmplitude(steady, 1004, 48_000)).toBeLessThan(8600);
    expect(longestGapMs(steady, 48_000)).toBeLessThan(2);
  });

  it('starts sending with setStream, not with the first tick', async () => {
    const a = await fixture.engine();
    const opened = expectOk(await a.openSession(sessionConfig({ source: { kind: 'tone', tone: 'milliwatt' } })));

    expectOk(await a.setStream(opened.sessionId, streamTo(opened, 'PCMU')));

    expect(fixture.network.sent.length).toBe(1);
    expect(fixture.network.sent[0]?.bytes[1]).toBe(0x80);
  });

  it('returns what was sent from an echo session', async () => {
    const a = await fixture.engine(
      await fixture.writeWav('mic.wav', sine(48_000, 440, 48_000)),
      fixture.file('ear.wav'),
    );
    const b = await fixture.engine();
    await connect(a, b, 'PCMA', [sessionConfig(device), sessionConfig({ source: { kind: 'echo' } })]);

    await fixture.run(1500);
    await a.close();

    const [heard = new Int16Array(0)] = await fixture.readWav('ear.wav');
    expect(toneAmplitude(heard.subarray(24_000, 67_200), 440, 48_000)).toBeGreaterThan(7000);
  });

  it.each<CodecName>(['PCMU', 'opus'])('leaves no gap over 20 ms at 5 percent loss with %s', async (codec) => {
    const vowel = sine(48_000 * 2, 150, 48_000, 5000).map((sample, i) => sample + Math.round(2000 * Math.sin(i / 10)));
    const a = await fixture.engine(await fixture.writeWav('mic.wav', vowel));
    const b = await fixture.engine(undefined, fixture.file('heard.wav'));
    let count = 0;
    fixture.network.isLost = ({ bytes }) => bytes.length > 60 && ++count % 20 === 7;
    const sessions = await connect(a, b, codec, [sessionConfig(device), sessionConfig(device)]);

    await fixture.run(2500);
    const statistics = expectOk(await b.getStatistics(sessions.b.sessionId));
    await b.close();

    const [heard = new Int16Array(0)] = await fixture.readWav('heard.wav');
    expect(statistics.lostPackets).toBeGreaterThan(2);
    expect(statistics.concealedMs).toBeGreaterThan(20);
    expect(longestGapMs(heard.subarray(12_000, 110_000), 48_000)).toBeLessThan(20);
    expect(statistics.mos).toBeLessThan(4.3);
  });

  it('survives jitter of 60 ms and loses nothing of it once it knows', async () => {
    const a = await fixture.engine(await fixture.writeWav('mic.wav', sine(48_000 * 2, 300, 48_000)));
    const b = await fixture.engine(undefined, fixture.file('heard.wav'));
    fixture.network.delayMs = () => 5 + Math.floor(fixture.runtime.random() * 60);
    const sessions = await connect(a, b, 'PCMU', [sessionConfig(device), sessionConfig(device)]);

    await fixture.run(4000);
    const statistics = expectOk(await b.getStatistics(sessions.b.sessionId));
    await b.close();

    const [heard = new Int16Array(0)] = await fixture.readWav('heard.wav');
    expect(longestGapMs(heard.subarray(96_000, 180_000), 48_000)).toBeLessThan(5);
    expect(statistics.lostPackets).toBe(0);
    expect(statistics.jitterMs).toBeGreaterThan(5);
  });

  it('gives delay back that a burst has left, even through a tone', async () => {
    const a = await fixture.engine(await fixture.writeWav('mic.wav', sine(48_000 * 2, 200, 48_000)));
    const b = await fixture.engine(undefined, fixture.file('heard.wav'));
    fixture.network.delayMs = ({ atMs }) => (atMs > 1000 && atMs < 1150 ? 1160 - atMs : 2);
    const sessions = await connect(a, b, 'PCMU', [sessionConfig(device), sessionConfig(device)]);

    await fixture.run(1200);
    const during = expectOk(await b.getStatistics(sessions.b.sessionId)).bufferMs;
    await fixture.run(8000);
    const after = expectOk(await b.getStatistics(sessions.b.sessionId)).bufferMs;

    expect(during).toBeGreaterThan(100);
    expect(after).toBeLessThan(80);
  });

  it('sends silence with the same timing while muted', async () => {
    const a = await fixture.engine(await fixture.writeWav('mic.wav', sine(48_000, 440, 48_000)));
    const b = await fixture.engine(undefined, fixture.file('heard.wav'));
    const { a: opened } = await connect(a, b, 'PCMU', [sessionConfig(device), sessionConfig(device)]);
    await fixture.run(500);
    const before = expectOk(await a.getStatistics(opened.sessionId)).sentPackets;

    expectOk(await a.setMuted(opened.sessionId, true));
    await fixture.run(500);
    const during = expectOk(await a.getStatistics(opened.sessionId)).sentPackets - before;
    expectOk(await a.setMuted(opened.sessionId, false));
    await fixture.run(500);
    await b.close();

    const [heard = new Int16Array(0)] = await fixture.readWav('heard.wav');
    expect(during).toBe(25);
    expect(rms(heard.subarray(32_000, 47_000))).toBeLessThan(10);
    expect(toneAmplitude(heard.subarray(56_000, 70_000), 440, 48_000)).toBeGreaterThan(7000);
  });

  it('sends nothing while held and goes on in the same stream with a marker (RFC 3551 §4.1)', async () => {
    const a = await fixture.engine();
    const b = await fixture.engine();
    const tone = sessionConfig({ source: { kind: 'tone', tone: 'milliwatt' } });
    const sessions = await connect(a, b, 'PCMU', [tone, sessionConfig()]);
    const sentByA = () =>
      fixture.network.sent.filter(({ from, bytes }) => from === sessions.a.rtp.port && bytes.length === 172);
    await fixture.run(200);

    expectOk(await a.setStream(sessions.a.sessionId, streamTo(sessions.b, 'PCMU', { direction: 'inactive' })));
    const atHold = sentByA().length;
    await fixture.run(200);
    expect(sentByA().length).toBe(atHold);
    expectOk(await a.setStream(sessions.a.sessionId, streamTo(sessions.b, 'PCMU')));
    await fixture.run(100);

    const [last, first] = sentByA()
      .slice(atHold - 1)
      .map(({ bytes }) => new DataView(bytes.buffer, bytes.byteOffset));
    expect(first?.getUint8(1)).toBe(0x80);
    expect(first?.getUint16(2)).toBe(((last?.getUint16(2) ?? 0) + 1) & 0xffff);
    expect(((first?.getUint32(4) ?? 0) - (last?.getUint32(4) ?? 0)) / 8).toBeGreaterThanOrEqual(200);
    expect(first?.getUint32(8)).toBe(last?.getUint32(8));
  });

  it('follows a change of codec in the middle of a call', async () => {
    const a = await fixture.engine(await fixture.writeWav('mic.wav', sine(48_000, 440, 48_000)));
    const b = await fixture.engine(undefined, fixture.file('heard.wav'));
    const sessions = await connect(a, b, 'PCMU', [sessionConfig(device), sessionConfig(device)]);
    await fixture.run(500);

    expectOk(await a.setStream(sessions.a.sessionId, streamTo(sessions.b, 'G722')));
    expectOk(await b.setStream(sessions.b.sessionId, streamTo(sessions.a, 'G722')));
    await fixture.run(1000);
    await b.close();

    const [heard = new Int16Array(0)] = await fixture.readWav('heard.wav');
    expect(toneAmplitude(heard.subarray(40_000, 70_000), 440, 48_000)).toBeGreaterThan(7000);
  });

  it('mixes a conference so that everyone hears all but himself', async () => {
    const host = await fixture.engine(await fixture.writeWav('mic.wav', sine(48_000, 400, 48_000, 4000)));
    const [b, c] = [
      await fixture.engine(undefined, fixture.file('b.wav')),
      await fixture.engine(undefined, fixture.file('c.wav')),
    ];
    const first = await connect(host, b, 'PCMU', [
      sessionConfig(device),
      sessionConfig({ source: { kind: 'tone', tone: 'milliwatt' }, playsToDevice: true }),
    ]);
    const second = await connect(host, c, 'G722', [sessionConfig(device), sessionConfig(device)]);

    expectOk(await host.setConference([first.a.sessionId, second.a.sessionId]));
    await fixture.run(1500);
    await b.close();
    await c.close();

    const [atB = new Int16Array(0)] = await fixture.readWav('b.wav');
    const [atC = new Int16Array(0)] = await fixture.readWav('c.wav');
    expect(toneAmplitude(atC.subarray(24_000, 67_200), 1004, 48_000)).toBeGreaterThan(15_000);
    expect(toneAmplitude(atC.subarray(24_000, 67_200), 400, 48_000)).toBeGreaterThan(2500);
    expect(toneAmplitude(atB.subarray(24_000, 67_200), 400, 48_000)).toBeGreaterThan(3000);
    expect(toneAmplitude(atB.subarray(24_000, 67_200), 1004, 48_000)).toBeLessThan(100);
  });

  it('gives every one of five exactly the tones of the others, and the volume touches only the ear here', async () => {
    const hertz = [500, 700, 900, 1100];
    const host = await fixture.engine(
      await fixture.writeWav('mic.wav', sine(48_000, 300, 48_000, 3000)),
      fixture.file('host.wav'),
    );
    const ids: string[] = [];
    for (const frequency of hertz) {
      const mic = await fixture.writeWav(`${frequency}.wav`, sine(48_000, frequency, 48_000, 3000));
      const member = await fixture.engine(mic, fixture.file(`ear-${frequency}.wav`));
      ids.push((await connect(host, member, 'G722', [sessionConfig(device), sessionConfig(device)])).a.sessionId);
    }
    expectOk(await host.setConference(ids));
    expectOk(await host.setVolume(ids[1] ?? '', 0));
    expect((await host.setVolume(ids[1] ?? '', 2.1)).ok).toBe(false);
    await fixture.run(1500);
    for (const engine of fixture.engines) await engine.close();

    const all = [300, ...hertz];
    const heardIn = async (file: string): Promise<number[]> => {
      const [heard = new Int16Array(0)] = await fixture.readWav(file);
      return all.filter((frequency) => toneAmplitude(heard.subarray(24_000, 67_200), frequency, 48_000) > 1500);
    };
    expect(await heardIn('host.wav')).toEqual([500, 900, 1100]);
    for (const own of hertz) expect(await heardIn(`ear-${own}.wav`)).toEqual(all.filter((other) => other !== own));
  });

  it('plays a file beside the microphone, which is alone again when the file is over', async () => {
    const a = await fixture.engine(await fixture.writeWav('mic.wav', sine(48_000, 440, 48_000, 4000)));
    const b = await fixture.engine(undefined, fixture.file('heard.wav'));
    const { a: opened } = await connect(a, b, 'PCMU', [sessionConfig(device), sessionConfig(device)]);
    const file = await fixture.writeWav('note.wav', sine(48_000, 1004, 48_000, 4000));

    expectOk(await a.setSource(opened.sessionId, { kind: 'file', file, isLooped: false, mixesMicrophone: true }));
    expectOk(await a.setMuted(opened.sessionId, true));
    await fixture.run(500);
    expectOk(await a.setMuted(opened.sessionId, false));
    await fixture.run(1300);
    await b.close();

    const [heard = new Int16Array(0)] = await fixture.readWav('heard.wav');
    const at = (ms: number, hertz: number) => toneAmplitude(heard.subarray(ms * 48, (ms + 150) * 48), hertz, 48_000);
    expect([at(250, 1004) > 3000, at(250, 440) > 500]).toEqual([true, false]);
    expect([at(700, 1004) > 3000, at(700, 440) > 3000]).toEqual([true, true]);
    expect([at(1400, 1004) > 500, at(1400, 440) > 3000]).toEqual([false, true]);
  });
});
