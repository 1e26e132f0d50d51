// A call whose media process is killed or whose sound card hangs: how long the ear hears nothing, and what stays the same.
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createSocket, type Socket } from 'node:dgram';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { silentLogger } from '../../src-main/base/logger.ts';
import { nodeRuntime } from '../../src-main/base/runtime.ts';
import { createDtlsIdentity } from '../../src-main/media/dtls/index.ts';
import { createMediaEngine, type MediaEngine, type SessionStream } from '../../src-main/media/index.ts';
import { forkMediaPort } from '../../src-main/media/process/index.ts';
import { expectOk, sessionConfig, streamTo } from '../support/media/call-fixture.ts';
import { buildMediaProcess } from '../support/media/media-process.ts';
import { decodeOggOpus } from '../support/media/ogg-file.ts';
import { longestGapMs } from '../support/media/tone-check.ts';

const runtime = nodeRuntime();
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
/** Half a second and what the buffer holds back; a busy build machine starts programs slower. */
const GAP_LIMIT_MS = process.env['CI'] === 'true' ? 2000 : 600;

let entry: Awaited<ReturnType<typeof buildMediaProcess>>;
let folder: string;
const engines: MediaEngine[] = [];

beforeAll(async () => {
  entry = await buildMediaProcess();
  folder = await mkdtemp(join(tmpdir(), 'nightjar-killed-'));
});
afterAll(async () => {
  for (const engine of engines) await engine.close();
  entry.remove();
  await rm(folder, { recursive: true });
});

/** Protection of both ends of a call. */
type Keys = Pick<SessionStream, 'srtp' | 'dtls'>;

function keysOf(kind: 'sdes' | 'dtls'): readonly [Keys, Keys] {
  const key = (byte: number): string => Buffer.alloc(30, byte).toString('base64');
  if (kind === 'sdes') {
    const suite = 'AES_CM_128_HMAC_SHA1_80';
    return [
      { srtp: { suite, localKey: key(1), remoteKey: key(2) } },
      { srtp: { suite, localKey: key(2), remoteKey: key(1) } },
    ];
  }
  const identities = [0, 1].map(() => createDtlsIdentity((sizeBytes) => runtime.randomBytes(sizeBytes)));
  const [own, peer] = identities;
  if (!own || !peer) throw new Error('two identities are made');
  return [
    {
      dtls: { role: 'client', identity: own, remoteFingerprints: [{ hash: 'sha-256', digits: peer.fingerprint }] },
    },
    {
      dtls: { role: 'server', identity: peer, remoteFingerprints: [{ hash: 'sha-256', digits: own.fingerprint }] },
    },
  ];
}

/** Stands between the two ends and notes what comes from the first. */
async function tap(target: {
  port: number;
}): Promise<{ socket: Socket; port: number; packets: Buffer[]; atMs: number[] }> {
  const socket = createSocket('udp4');
  const packets: Buffer[] = [];
  const atMs: number[] = [];
  let first: number | undefined;
  socket.on('message', (bytes, from) => {
    if (from.port === target.port) {
      if (first !== undefined) socket.send(bytes, first, '127.0.0.1');
      return;
    }
    first = from.port;
    if (isRtp(bytes)) {
      packets.push(bytes);
      atMs.push(performance.now());
    }
    socket.send(bytes, target.port, '127.0.0.1');
  });
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  return { socket, port: socket.address().port, packets, atMs };
}

const isRtp = (bytes: Buffer): boolean =>
  bytes.length > 12 && (bytes[0] ?? 0) >> 6 === 2 && ((bytes[1] ?? 0) & 0x7f) < 64;

describe('a media process that is killed in a call', () => {
  it.each(['sdes', 'dtls'] as const)('is back before the ear misses it, with the same stream (%s)', async (kind) => {
    const kills: (() => void)[] = [];
    const openPort = () => {
      const port = forkMediaPort(entry.file, silentLogger);
      kills.push(() => port.kill());
      return port;
    };
    const speaking = await createMediaEngine({ audio: { kind: 'null' }, runtime, logger: silentLogger, openPort });
    const heardFile = join(folder, `${kind}.wav`);
    const audio = { kind: 'file', playbackFile: heardFile } as const;
    const hearing = await createMediaEngine({ audio, runtime, logger: silentLogger, processFile: entry.file });
    engines.push(speaking, hearing);
    const restarted = new Promise<string>((resolve) =>
      speaking.events.once('restarted', ({ reason }) => resolve(reason)),
    );
    const place = { portRange: [42_000, 42_199] } as const;
    const from = expectOk(
      await speaking.openSession(sessionConfig({ ...place, source: { kind: 'tone', tone: 'music' } })),
    );
    const to = expectOk(await hearing.openSession(sessionConfig({ ...place, playsToDevice: true })));
    const between = await tap(to.rtp);
    const [ownKeys, peerKeys] = keysOf(kind);
    const rtp = { address: '127.0.0.1', port: between.port };
    expectOk(await hearing.setStream(to.sessionId, { ...streamTo(from, 'PCMU'), remoteRtp: rtp, ...peerKeys }));
    expectOk(await speaking.setStream(from.sessionId, { ...streamTo(to, 'PCMU'), remoteRtp: rtp, ...ownKeys }));
    const recordingFile = join(folder, `${kind}.ogg`);
    expectOk(await speaking.startRecording(from.sessionId, { file: recordingFile, tracks: 'both', format: 'ogg' }));
    await pause(2000);
    const before = between.packets.length;

    kills[0]?.();
    expect(await restarted).toBe('SIGKILL');
    await pause(1000);
    await hearing.closeSession(to.sessionId);
    await hearing.close();
    between.socket.close();

    const { packets, atMs } = between;
    const wireGapMs = (atMs[before] ?? Infinity) - (atMs[before - 1] ?? 0);
    const step = ((packets[before]?.readUInt16BE(2) ?? 0) - (packets[before - 1]?.readUInt16BE(2) ?? 0)) & 0xffff;
    expect(new Set(packets.map((bytes) => bytes.readUInt32BE(8))).size).toBe(1);
    expect(step).toBeGreaterThan(0);
    expect(step).toBeLessThan(200);
    const heard = samplesOf(heardFile);
    const gapMs = longestGapMs(heard.subarray(48_000), 48_000, 200);
    process.stderr.write(
      `after a kill (${kind}): no packet for ${Math.round(wireGapMs)} ms, silence ${Math.round(gapMs)} ms\n`,
    );
    const [recorded] = await decodeOggOpus(readFileSync(recordingFile));
    expect((recorded?.length ?? 0) / 48).toBeGreaterThan(900);
    expect(packets.length - before).toBeGreaterThan(20);
    expect(wireGapMs).toBeLessThan(GAP_LIMIT_MS);
    expect(gapMs).toBeLessThan(GAP_LIMIT_MS);
  });
});

function samplesOf(file: string): Int16Array {
  const bytes = readFileSync(file);
  return Int16Array.from({ length: (bytes.length - 44) >> 1 }, (_, i) => bytes.readInt16LE(44 + i * 2));
}
