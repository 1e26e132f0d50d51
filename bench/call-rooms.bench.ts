// Where the processor time of a call goes, room by room: V8's own profile of a media engine that talks to another one over real sockets.
import { readFileSync } from 'node:fs';
import { Session, type Profiler } from 'node:inspector/promises';
import { fileURLToPath } from 'node:url';
import { silentLogger } from '../src-main/base/logger.ts';
import { nodeRuntime } from '../src-main/base/runtime.ts';
import { createMediaEngine, type CodecName, type MediaEngine } from '../src-main/media/index.ts';
import { connect, sessionConfig } from '../test/support/media/call-fixture.ts';
import { SPEECH } from '../test/support/lab.ts';
import { keepResults, type Row } from './support/results.ts';

/** By then V8 has optimised what a call runs. */
const SETTLE_MS = 15_000;
const PROFILE_MS = 15_000;
const CALLS = 5;
const VOICE_OFF = { echoCancellation: 'off', noiseSuppression: false, automaticGain: false } as const;
const VOICE_ON = { echoCancellation: 'on', noiseSuppression: true, automaticGain: true } as const;
const CASES: readonly (readonly [CodecName, isVoiceOn: boolean])[] = [
  ['PCMU', false],
  ['G722', false],
  ['opus', false],
  ['opus', true],
];

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Shares of the time in which this process did something; both ends of five calls are here, one at the microphone. */
export async function run(): Promise<object> {
  const rows: Row[] = [];
  for (const [codec, isVoiceOn] of CASES) {
    const voice = isVoiceOn ? VOICE_ON : VOICE_OFF;
    const audio = { kind: 'file', captureFile: SPEECH, voice } as const;
    const engine = await createMediaEngine({ audio, runtime: nodeRuntime(), logger: silentLogger });
    await openCalls(engine, codec);
    await pause(SETTLE_MS);
    const shares = sharesOf(await profile(PROFILE_MS));
    await engine.close();
    rows.push({ codec, microphone: isVoiceOn ? 'cleaned' : 'as it is', ...shares });
  }
  keepResults('call-rooms', rows);
  return {
    unit: '% of the time of an Opus call that its codec takes',
    ours: rows[2]?.['codecs'] ?? 0,
    peers: {},
    rows,
  };
}

async function openCalls(engine: MediaEngine, codec: CodecName): Promise<void> {
  for (let call = 0; call < CALLS; call++) {
    const file = { kind: 'file', file: SPEECH, isLooped: true } as const;
    const source = call === 0 ? ({ kind: 'device' } as const) : file;
    const place = { portRange: [43_000, 43_499] } as const;
    const near = sessionConfig({ ...place, source, playsToDevice: call === 0 });
    await connect(engine, engine, codec, [near, sessionConfig({ ...place, source: file })]);
  }
}

async function profile(ms: number): Promise<Profiler.Profile> {
  const inspector = new Session();
  inspector.connect();
  await inspector.post('Profiler.enable');
  await inspector.post('Profiler.start');
  await pause(ms);
  const { profile: taken } = await inspector.post('Profiler.stop');
  inspector.disconnect();
  return taken;
}

const COLUMNS = ['network and timers', 'rtp', 'jitter', 'codecs', 'dsp', 'voice', 'device', 'session', 'collector'];

/** In percent. WebAssembly and what V8 itself does belong to whoever called it. */
function sharesOf({ nodes, samples = [] }: Profiler.Profile): Record<string, number> {
  const roomOfLine = readRooms();
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const callers = new Map(nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id] as const)));
  const roomOf = (id: number | undefined): string | undefined => {
    const node = id === undefined ? undefined : byId.get(id);
    if (!node) return 'network and timers';
    const { functionName, url, lineNumber } = node.callFrame;
    if (functionName === '(idle)') return undefined;
    if (functionName === '(garbage collector)') return 'collector';
    return (url === import.meta.url ? roomOfLine(lineNumber) : undefined) ?? roomOf(callers.get(node.id));
  };
  const counts = new Map<string, number>();
  let busy = 0;
  for (const id of samples) {
    const room = roomOf(id);
    if (room === undefined) continue;
    busy++;
    counts.set(room, (counts.get(room) ?? 0) + 1);
  }
  return Object.fromEntries(
    COLUMNS.map((room) => [room, Math.round((1000 * (counts.get(room) ?? 0)) / Math.max(1, busy)) / 10]),
  );
}

/** The bundler writes the file of each module above it. */
function readRooms(): (line: number) => string | undefined {
  const lines = readFileSync(fileURLToPath(import.meta.url), 'utf8').split('\n');
  let current: string | undefined;
  const rooms = lines.map((line) => {
    const file = /^\/\/ ((?:src-main|test|bench|node_modules)\/.*)$/.exec(line)?.[1];
    if (file !== undefined) current = roomOfFile(file);
    return current;
  });
  return (line) => rooms[line];
}

const OTHER_NAMES: Readonly<Record<string, string>> = { codec: 'codecs', rtcp: 'rtp', srtp: 'rtp', nat: 'rtp' };

function roomOfFile(file: string): string | undefined {
  const room = /^src-main\/media\/(\w+)\//.exec(file)?.[1];
  return room === undefined ? undefined : (OTHER_NAMES[room] ?? room);
}
