// How soon a caller hears the greeting after the answer, and how soon both hear each other after the user picks up, at a real sound server.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startDaemon, type Daemon } from '../test/support/daemon.ts';
import { leaveLab } from '../test/support/lab.ts';
import { runProgram } from '../test/support/line-process.ts';
import { PulseServer } from '../test/support/media/pulse-server.ts';
import { keepResults, median, type Row } from './support/results.ts';
import { ToneCaller } from './support/tone-caller.ts';

const CALLS = 10;
const RATE_HZ = 48_000;
const LOUD = 3000;
const LIMIT_MS = 3000;
/** Until the machine records, and sound has found its rhythm. */
const SETTLE_MS = 2500;

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Needs PulseAudio and sox. The figure is the median of milliseconds from the pick-up to sound in both directions. */
export async function run(): Promise<object> {
  const server = await PulseServer.start();
  Object.assign(process.env, server.environment);
  const folder = mkdtempSync(join(tmpdir(), 'nightjar-latency-'));
  const mouth = server.speak(Int16Array.from({ length: RATE_HZ * 120 }, (_, i) => 9000 * Math.sin(i * 0.05)));
  const ear = listenTo(server);
  const rows: Row[] = [];
  try {
    const phone = await openPhone(folder);
    for (const listens of [false, true]) {
      const calls = [];
      for (let call = 0; call < CALLS; call++) calls.push(await measure(phone, ear, listens));
      rows.push({
        screening: listens ? 'on' : 'off',
        'greeting after ACK ms': middle(calls.map(({ greetingMs }) => greetingMs)),
        'pick-up to sound there ms': middle(calls.map(({ thereMs }) => thereMs)),
        'pick-up to sound here ms': middle(calls.map(({ hereMs }) => hereMs)),
        'most ms': Math.round(Math.max(...calls.flatMap(({ thereMs, hereMs }) => [thereMs, hereMs]))),
      });
    }
  } finally {
    mouth.kill();
    ear.stop();
    await leaveLab();
    await server.stop();
    rmSync(folder, { recursive: true });
  }
  keepResults('away-latency', rows);
  return { unit: 'ms from the pick-up to sound both ways', ours: Number(rows[0]?.['most ms']), peers: {}, rows };
}

const middle = (values: readonly number[]): number => Math.round(median(values));

async function openPhone(folder: string): Promise<Daemon> {
  const greetingFile = join(folder, 'greeting.wav');
  await runProgram('sox', [
    '-n',
    '-r',
    '16000',
    '-b',
    '16',
    '-c',
    '1',
    greetingFile,
    'synth',
    '0.3',
    'sine',
    '700',
    'gain',
    '-6',
  ]);
  return startDaemon({
    audio: 'portaudio',
    config: {
      accounts: [{ id: 'away', address: 'sip:away@127.0.0.1', register: false, codecs: ['PCMU'] }],
      sip: { listen: [{ transport: 'udp', address: '127.0.0.1' }] },
      media: { address: '127.0.0.1', noiseSuppression: false, echoCancellation: 'off', automaticGain: false },
      away: { enabled: true, answerAfterSec: 0, greetingFile, beep: false },
    },
  });
}

async function measure(phone: Daemon, ear: Ear, listens: boolean) {
  const caller = new ToneCaller(phone.port());
  await caller.call();
  await pause(SETTLE_MS);
  const greetingMs = (caller.loudAfter(0) ?? NaN) - caller.ackAtMs;
  const [at] = phone.view?.away.callers ?? [];
  const callId = at?.callId ?? '';
  if (listens) {
    await phone.command('away.listen', { callId, enabled: true });
    await pause(1500);
  }
  const pickedUpAtMs = performance.now();
  ear.forget();
  await phone.command('away.pickUp', { callId });
  const isOver = () => caller.loudAfter(pickedUpAtMs) !== undefined && ear.loudAtMs !== undefined;
  for (let waitedMs = 0; waitedMs < LIMIT_MS && !isOver(); waitedMs += 10) await pause(10);
  caller.hangUp();
  await phone.call(callId, 'ended');
  await pause(1500);
  return {
    greetingMs,
    thereMs: (caller.loudAfter(pickedUpAtMs) ?? NaN) - pickedUpAtMs,
    hereMs: (ear.loudAtMs ?? NaN) - pickedUpAtMs,
  };
}

interface Ear {
  /** When the loudspeaker was loud for the first time since `forget`. */
  readonly loudAtMs: number | undefined;
  forget(): void;
  stop(): void;
}

/** Samples as they are played, 5 ms at a time. */
function listenTo(server: PulseServer): Ear {
  const format = ['--rate=48000', '--channels=1', '--format=s16le', '--latency-msec=5'];
  const child = spawn('parec', ['-d', 'speaker.monitor', ...format], {
    env: { ...process.env, ...server.environment },
  });
  let loudAtMs: number | undefined;
  child.stdout.on('data', (chunk: Buffer) => {
    for (let at = 0; at + 1 < chunk.length; at += 2) {
      if (Math.abs(chunk.readInt16LE(at)) > LOUD) {
        loudAtMs ??= performance.now();
        return;
      }
    }
  });
  return {
    get loudAtMs() {
      return loudAtMs;
    },
    forget: () => (loudAtMs = undefined),
    stop: () => child.kill(),
  };
}
