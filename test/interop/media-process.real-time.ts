// The media process as it really runs: forked, on real loopback sockets, killed without warning.
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createSocket, type Socket } from 'node:dgram';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { silentLogger } from '../../src-main/base/logger.ts';
import { nodeRuntime } from '../../src-main/base/runtime.ts';
import { createMediaEngine, type AudioSpec, type MediaEngine } from '../../src-main/media/index.ts';
import { forkMediaPort } from '../../src-main/media/process/index.ts';
import { buildWavHeader } from '../../src-main/media/recording/index.ts';
import { expectOk, sessionConfig, streamTo } from '../support/media/call-fixture.ts';
import { buildMediaProcess } from '../support/media/media-process.ts';
import { sine, toneAmplitude } from '../support/media/tone-check.ts';

const runtime = nodeRuntime();
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

let entry: Awaited<ReturnType<typeof buildMediaProcess>>;
let folder: string;
const engines: MediaEngine[] = [];
const kills: (() => void)[] = [];

beforeAll(async () => {
  entry = await buildMediaProcess();
  folder = await mkdtemp(join(tmpdir(), 'nightjar-process-'));
});
afterAll(async () => {
  for (const engine of engines) await engine.close();
  entry.remove();
  await rm(folder, { recursive: true });
});

async function start(audio: AudioSpec): Promise<MediaEngine> {
  const openPort = () => {
    const port = forkMediaPort(entry.file, silentLogger);
    kills.push(() => port.kill());
    return port;
  };
  const engine = await createMediaEngine({ audio, runtime, logger: silentLogger, openPort });
  engines.push(engine);
  return engine;
}

/** A peer that only listens. */
async function listener(): Promise<{ socket: Socket; port: number; packets: { bytes: Buffer; atMs: number }[] }> {
  const socket = createSocket('udp4');
  const packets: { bytes: Buffer; atMs: number }[] = [];
  socket.on('message', (bytes) => packets.push({ bytes, atMs: performance.now() }));
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  return { socket, port: socket.address().port, packets };
}

describe('media process', () => {
  it('carries sound between two processes over real sockets', async () => {
    const mic = sine(96_000, 1004, 48_000);
    await writeFile(
      join(folder, 'mic.wav'),
      Buffer.concat([buildWavHeader(48_000, 1, mic.byteLength), Buffer.from(mic.buffer)]),
    );
    const a = await start({ kind: 'file', captureFile: join(folder, 'mic.wav') });
    const b = await start({ kind: 'file', playbackFile: join(folder, 'heard.wav') });
    const device = sessionConfig({ source: { kind: 'device' }, playsToDevice: true, portRange: [42_000, 42_199] });
    const [first, second] = [expectOk(await a.openSession(device)), expectOk(await b.openSession(device))];

    expectOk(await a.setStream(first.sessionId, streamTo(second, 'opus')));
    expectOk(await b.setStream(second.sessionId, streamTo(first, 'opus')));
    await pause(2000);
    expectOk(await b.closeSession(second.sessionId));
    await b.close();

    const bytes = readFileSync(join(folder, 'heard.wav'));
    const heard = Int16Array.from({ length: (bytes.length - 44) >> 1 }, (_, i) => bytes.readInt16LE(44 + i * 2));
    expect(toneAmplitude(heard.subarray(24_000, 72_000), 1004, 48_000)).toBeGreaterThan(6000);
  });

  it('sends its first packet at once, then keeps time', async () => {
    const peer = await listener();
    const a = await start({ kind: 'null' });
    const opened = expectOk(
      await a.openSession(sessionConfig({ source: { kind: 'tone', tone: 'milliwatt' }, portRange: [42_000, 42_199] })),
    );
    const remote = {
      sessionId: '',
      rtp: { address: '127.0.0.1', port: peer.port },
      rtcp: { address: '127.0.0.1', port: 9 },
    };
    const startMs = performance.now();

    expectOk(await a.setStream(opened.sessionId, streamTo(remote, 'PCMU')));
    await pause(3000);
    peer.socket.close();

    const times = peer.packets.map(({ atMs }) => atMs);
    expect((times[0] ?? 0) - startMs).toBeLessThan(50);
    expect(peer.packets.length).toBeGreaterThanOrEqual(145);
    expect(peer.packets.length).toBeLessThanOrEqual(155);
  });

  it('is back within half a second of a kill, with the same SSRC on the same port', async () => {
    const peer = await listener();
    const a = await start({ kind: 'null' });
    const opened = expectOk(
      await a.openSession(sessionConfig({ source: { kind: 'tone', tone: 'music' }, portRange: [42_000, 42_199] })),
    );
    const remote = {
      sessionId: '',
      rtp: { address: '127.0.0.1', port: peer.port },
      rtcp: { address: '127.0.0.1', port: 9 },
    };
    expectOk(await a.setStream(opened.sessionId, streamTo(remote, 'PCMA')));
    await pause(1500);
    const before = peer.packets.length;
    const restarted = new Promise<string>((resolve) => a.events.once('restarted', ({ reason }) => resolve(reason)));

    kills.at(-1)?.();
    expect(await restarted).toBe('SIGKILL');
    await pause(500);
    peer.socket.close();

    const ssrcs = new Set(peer.packets.map(({ bytes }) => bytes.readUInt32BE(8)));
    const [last, first] = peer.packets.slice(before - 1);
    expect(ssrcs.size).toBe(1);
    expect(peer.packets.length).toBeGreaterThan(before + 10);
    const gapMs = (first?.atMs ?? 0) - (last?.atMs ?? 0);
    // Half a second is the demand on an idle machine; a busy one starts processes slower.
    expect(gapMs).toBeLessThan(process.env['CI'] === 'true' ? 2000 : 1500);
    expect(((first?.bytes.readUInt16BE(2) ?? 0) - (last?.bytes.readUInt16BE(2) ?? 0)) & 0xffff).toBeLessThan(100);
  });
});
