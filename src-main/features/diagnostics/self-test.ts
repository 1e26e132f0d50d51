// The phone tests itself on its test line: does it register, does speech come back, is a tone the tone that it should be.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Runtime } from '../../base/runtime.ts';
import { readWavTracks, type MediaEngine } from '../../media/index.ts';
import type { CallInfo, CallManager } from '../call/index.ts';
import type { Account } from '../registration/index.ts';
import { compareSpeech, measureTone } from './compare-speech.ts';

export interface SelfTestCheck {
  readonly name: string;
  readonly isOk: boolean;
  /** A sentence for people. */
  readonly detail: string;
  readonly figures?: Readonly<Record<string, number>>;
}

export interface SelfTestOptions {
  readonly runtime: Runtime;
  readonly calls: CallManager;
  readonly media: MediaEngine;
  /** Where recordings may be put for a moment. */
  readonly folder: string;
  readonly speechFile: string;
  readonly testAccount: Account | undefined;
}

const CONNECT_LIMIT_MS = 5000;
const SPEECH_LIMIT_MS = 15_000;
/** What is still on its way when the last sample was sent. */
const TAIL_MS = 800;
const TONE_MS = 2000;
const LEAST_SIMILARITY = 0.85;
const MILLIWATT_HZ = 1004;

export async function runSelfTest(options: SelfTestOptions): Promise<readonly SelfTestCheck[]> {
  const audio = await checkAudio(options.media);
  if (!options.testAccount)
    return [audio, { name: 'testLine', isOk: false, detail: 'The test line does not run on this machine.' }];
  return [audio, await checkEcho(options, options.testAccount), await checkMilliwatt(options, options.testAccount)];
}

async function checkAudio(media: MediaEngine): Promise<SelfTestCheck> {
  const status = await media.getAudioStatus();
  if (!status.ok) return { name: 'audio', isOk: false, detail: status.error.message };
  return { name: 'audio', isOk: true, detail: `${status.value.backend}: ${status.value.reason}` };
}

async function checkEcho(options: SelfTestOptions, account: Account): Promise<SelfTestCheck> {
  const { media, speechFile, runtime } = options;
  return withCall(options, account, 'echo', async (sessionId) => {
    const ended = new Promise<void>((resolve) => {
      const stop = media.events.on('sourceEnded', (event) => {
        if (event.sessionId !== sessionId) return;
        stop();
        resolve();
      });
    });
    const playing = await media.setSource(sessionId, { kind: 'file', file: speechFile, isLooped: false });
    if (!playing.ok) return failed('echo', playing.error.message);
    await Promise.race([ended, pause(runtime, SPEECH_LIMIT_MS)]);
    await pause(runtime, TAIL_MS);
    return async (tracks, sampleRateHz) => {
      const [sent, received] = tracks;
      if (!sent || !received) return failed('echo', 'Nothing was recorded.');
      const likeness = compareSpeech(sent, received, sampleRateHz);
      const isOk = likeness.similarity >= LEAST_SIMILARITY;
      const detail = isOk ? 'Speech came back as it was sent.' : 'What came back is not what was sent.';
      return Promise.resolve({ name: 'echo', isOk, detail, figures: rounded({ ...likeness }) });
    };
  });
}

async function checkMilliwatt(options: SelfTestOptions, account: Account): Promise<SelfTestCheck> {
  return withCall(options, account, 'milliwatt', async () => {
    await pause(options.runtime, TONE_MS);
    return (tracks, sampleRateHz) => {
      // The middle second: the edges are the call's.
      const middle = (tracks[1] ?? new Int16Array()).subarray(sampleRateHz / 2, (3 * sampleRateHz) / 2);
      const frequencyHz = measureTone(middle, sampleRateHz);
      const isOk = Math.abs(frequencyHz - MILLIWATT_HZ) < 2;
      const detail = isOk ? 'The tone arrives as it should.' : `A tone of ${MILLIWATT_HZ} Hz was expected.`;
      return Promise.resolve({ name: 'milliwatt', isOk, detail, figures: rounded({ frequencyHz }) });
    };
  });
}

type Judge = (tracks: readonly Int16Array[], sampleRateHz: number) => Promise<SelfTestCheck>;

/** Calls a number, lets `act` use the call while it is recorded, and has the recording judged. */
async function withCall(
  { calls, media, runtime, folder }: SelfTestOptions,
  account: Account,
  number: string,
  act: (sessionId: string) => Promise<Judge | SelfTestCheck>,
): Promise<SelfTestCheck> {
  const dialed = calls.dial(number, account);
  if (!dialed.ok) return failed(number, dialed.error.message);
  const { callId } = dialed.value;
  const call = await connected(calls, runtime, callId);
  const sessionId = calls.mediaSessionOf(callId);
  if (call?.phase !== 'connected' || sessionId === undefined)
    return failed(number, call?.ending?.reason ?? 'The call was not answered.');
  const file = join(folder, `self-test-${number}-${callId}.wav`);
  try {
    // Nobody wants to hear the test.
    await media.setPlaysToDevice(sessionId, false);
    await media.setSource(sessionId, { kind: 'silence' });
    const started = await media.startRecording(sessionId, { file, tracks: 'both' });
    if (!started.ok) return failed(number, started.error.message);
    const judge = await act(sessionId);
    await media.stopRecording(sessionId);
    if (typeof judge !== 'function') return judge;
    const wav = await readWavTracks(file);
    return wav ? await judge(wav.tracks, wav.sampleRateHz) : failed(number, 'The recording cannot be read.');
  } finally {
    calls.hangUp(callId);
    rmSync(file, { force: true });
  }
}

function connected(calls: CallManager, runtime: Runtime, callId: string): Promise<CallInfo | undefined> {
  return new Promise((resolve) => {
    const finish = () => {
      stop();
      limit.cancel();
      resolve(calls.get(callId));
    };
    const limit = runtime.setTimer(CONNECT_LIMIT_MS, finish);
    const stop = calls.events.on('changed', () => {
      const phase = calls.get(callId)?.phase;
      if (phase === 'connected' || phase === 'ended') finish();
    });
  });
}

const pause = (runtime: Runtime, delayMs: number) =>
  new Promise<void>((resolve) => void runtime.setTimer(delayMs, resolve));

const failed = (name: string, detail: string): SelfTestCheck => ({ name, isOk: false, detail });

const rounded = (figures: Readonly<Record<string, number>>): Record<string, number> =>
  Object.fromEntries(Object.entries(figures).map(([name, value]) => [name, Math.round(value * 100) / 100]));
