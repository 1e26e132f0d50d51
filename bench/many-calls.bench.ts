// Fifty calls at once, one of them at the sound card: sound that was missing although no packet was, and memory that grows.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { silentLogger } from '../src-main/base/logger.ts';
import { nodeRuntime } from '../src-main/base/runtime.ts';
import { createMediaEngine, type MediaEngine } from '../src-main/media/index.ts';
import { expectOk, sessionConfig, streamTo } from '../test/support/media/call-fixture.ts';
import { missingForPulse, PulseServer } from '../test/support/media/pulse-server.ts';
import { keepResults, median, type Row } from './support/results.ts';

const CALLS = 50;
const SECONDS = Number(process.env['MANY_CALLS_SEC'] ?? '60');
/** Until buffers have found their size. */
const SETTLE_MS = 10_000;
const VOICE_OFF = { echoCancellation: 'off', noiseSuppression: false, automaticGain: false } as const;

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** The figure is the milliseconds of sound that the middle call lost in a minute; ten minutes with MANY_CALLS_SEC=600. */
export async function run(): Promise<object> {
  const server = missingForPulse() === undefined ? await PulseServer.start() : undefined;
  Object.assign(process.env, server?.environment);
  const audio = server
    ? ({ kind: 'portaudio', isFallbackAllowed: true, voice: VOICE_OFF } as const)
    : ({ kind: 'null' } as const);
  const engine = await createMediaEngine({ audio, runtime: nodeRuntime(), logger: silentLogger });
  const ids = await openCalls(engine);
  await pause(SETTLE_MS);
  const before = { concealed: await concealedOf(engine, ids), heap: heapMiB() };
  await pause(SECONDS * 1000);
  const after = { concealed: await concealedOf(engine, ids), heap: heapMiB() };
  const { backend } = expectOk(await engine.getAudioStatus());
  await engine.close();
  await server?.stop();
  const perMinute = after.concealed.map((ms, i) => ((ms - (before.concealed[i] ?? 0)) * 60) / SECONDS);
  const rows: Row[] = [
    {
      calls: CALLS,
      backend,
      seconds: SECONDS,
      'missing ms a minute, middle': Math.round(median(perMinute)),
      'missing ms a minute, most': Math.round(Math.max(...perMinute)),
      'missing ms a minute, at the device': Math.round(perMinute[0] ?? NaN),
      'heap grown MiB': Math.round((after.heap - before.heap) * 100) / 100,
    },
  ];
  keepResults('many-calls', rows);
  return { unit: 'ms of sound missing in a minute', ours: Math.round(median(perMinute)), peers: {}, rows };
}

/** Both ends of each call are here; the first one's is the device. */
async function openCalls(engine: MediaEngine): Promise<string[]> {
  const near: string[] = [];
  const place = { portRange: [43_000, 43_499] } as const;
  for (let call = 0; call < CALLS; call++) {
    const source = call === 0 ? ({ kind: 'device' } as const) : ({ kind: 'tone', tone: 'music' } as const);
    const a = expectOk(await engine.openSession(sessionConfig({ ...place, source, playsToDevice: call === 0 })));
    const b = expectOk(await engine.openSession(sessionConfig({ ...place, source: { kind: 'tone', tone: 'music' } })));
    expectOk(await engine.setStream(a.sessionId, streamTo(b, 'PCMU')));
    expectOk(await engine.setStream(b.sessionId, streamTo(a, 'PCMU')));
    near.push(a.sessionId);
  }
  return near;
}

const concealedOf = async (engine: MediaEngine, ids: readonly string[]): Promise<number[]> =>
  Promise.all(ids.map(async (id) => expectOk(await engine.getStatistics(id)).concealedMs));

function heapMiB(): number {
  collectGarbage();
  return process.memoryUsage().heapUsed / 2 ** 20;
}
