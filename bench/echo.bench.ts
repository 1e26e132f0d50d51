// What the capture chain takes out of the echo of synthetic rooms, and what it costs the speaker when both talk.
import { CaptureChain } from '../src-main/media/voice/index.ts';
import { loadSpeech, mix, repeated, roomEcho, scaled } from '../test/support/media/speech.ts';
import { rms } from '../test/support/media/tone-check.ts';
import { keepResults, median, numberOf, type Row } from './support/results.ts';

const FRAME = 480;
const SECOND = 48_000;
const LENGTH = 8 * SECOND;
const TAILS_MS = [35, 50, 100, 150, 200];
/** Share of the played sound that comes back: a loudspeaker that is turned up, one beside its microphone, and two further away. */
const ECHO_LEVELS = [1, 0.5, 0.2, 0.1];
/** Another room, another far speaker, another place in the near speaker's text. */
const SEEDS = [7, 8, 9];
const DELAYS_MS = [60, 35, 90];
/** Both speakers are as loud: -26 dBov, pauses counted in. */
const SPEECH_RMS = 1640;
/** The canceller has learnt the room by then, and the near speaker begins. */
const NEAR_FROM = 3 * SECOND;
const SLICE = SECOND / 50;
/** A slice of 20 ms in which the near speaker, or the echo, is heard at all: -45 and -55 dBov. */
const [NEAR_HEARD_RMS, ECHO_HEARD_RMS] = [184, 58];

/** The figure is the median echo return loss enhancement in decibels; the table has the double talk. */
export async function run(): Promise<object> {
  const speakers = await Promise.all(
    ['assets/audio/speech.wav', 'assets/audio/greeting.wav'].map((file) => loadSpeech(file)),
  );
  const voices = speakers.map((speech) => scaled(speech, SPEECH_RMS / rms(speech)));
  const rows: Row[] = [];
  for (const tailMs of TAILS_MS) {
    for (const level of ECHO_LEVELS) {
      const runs: Measured[] = [];
      for (const [i, seed] of SEEDS.entries()) {
        const [far, near] = [voices[i % 2], voices[(i + 1) % 2]];
        if (!far || !near) continue;
        const played = repeated(far, LENGTH);
        const spoken = repeated(near, LENGTH, (i + 1) * SECOND).fill(0, 0, NEAR_FROM);
        runs.push(await measure(played, spoken, roomEcho(played, DELAYS_MS[i] ?? 60, tailMs, level, seed)));
      }
      rows.push(rowOf(tailMs, level, runs));
    }
  }
  keepResults('echo', rows);
  return { unit: 'dB', ours: median(rows.map((row) => numberOf(row['echo taken out dB']))), peers: {}, rows };
}

interface Measured {
  readonly echoBesideDb: number;
  readonly firstSecondDb: number;
  readonly takenOutDb: number;
  readonly lostDb: number;
  readonly cutPercent: number;
  readonly aboveRestDb: number;
}

/** Of the rooms of a row the worst figure each. */
function rowOf(tailMs: number, level: number, runs: readonly Measured[]): Row {
  const least = (pick: (run: Measured) => number): number => rounded(Math.min(...runs.map(pick)));
  const most = (pick: (run: Measured) => number): number => rounded(Math.max(...runs.map(pick)));
  return {
    'tail ms': tailMs,
    'echo level': level,
    'echo beside speech dB': most((run) => run.echoBesideDb),
    'echo taken out in the first second dB': least((run) => run.firstSecondDb),
    'echo taken out dB': least((run) => run.takenOutDb),
    'near speech lost in double talk dB': most((run) => run.lostDb),
    'near speech cut by 6 dB and more %': most((run) => run.cutPercent),
    'near speech above the rest dB': least((run) => run.aboveRestDb),
  };
}

async function measure(played: Int16Array, near: Int16Array, echo: Int16Array): Promise<Measured> {
  const cancelled = await throughChain(echo, played);
  const alone = await throughChain(near, new Int16Array(LENGTH));
  const both = await throughChain(mix(echo, near), played);
  const takenOutDb = (from: number, to: number): number =>
    20 * Math.log10(rms(echo.subarray(from, to)) / Math.max(1, rms(cancelled.subarray(from, to))));
  return {
    echoBesideDb: 20 * Math.log10(rms(echo.subarray(NEAR_FROM)) / rms(near.subarray(NEAR_FROM))),
    firstSecondDb: takenOutDb(0, SECOND),
    takenOutDb: takenOutDb(NEAR_FROM, LENGTH),
    ...doubleTalk(alone, both, echo),
  };
}

/** Looks at the slices in which both are heard. What of `both` is like `wanted`, sample by sample, is speech; louder echo is not. */
function doubleTalk(
  wanted: Int16Array,
  both: Int16Array,
  echo: Int16Array,
): Pick<Measured, 'lostDb' | 'cutPercent' | 'aboveRestDb'> {
  let [kept, power, rest, slices, cut] = [0, 0, 0, 0, 0];
  for (let at = NEAR_FROM; at + SLICE <= LENGTH; at += SLICE) {
    const [speech, heard] = [wanted.subarray(at, at + SLICE), both.subarray(at, at + SLICE)];
    if (rms(speech) < NEAR_HEARD_RMS || rms(echo.subarray(at, at + SLICE)) < ECHO_HEARD_RMS) continue;
    const [speechPower, share] = [dot(speech, speech), dot(speech, heard)];
    kept += share;
    power += speechPower;
    rest += dot(heard, heard) - share ** 2 / speechPower;
    slices++;
    if (share < speechPower / 2) cut++;
  }
  return {
    lostDb: -20 * Math.log10(Math.max(1e-3, kept / power)),
    cutPercent: (100 * cut) / slices,
    aboveRestDb: 10 * Math.log10(power / Math.max(1, rest)),
  };
}

const dot = (a: Int16Array, b: Int16Array): number => a.reduce((sum, sample, i) => sum + sample * (b[i] ?? 0), 0);

async function throughChain(captured: Int16Array, played: Int16Array): Promise<Int16Array> {
  const stages = { cancelsEcho: true, suppressesNoise: false, controlsGain: false };
  const chain = await CaptureChain.load(stages, (stage, reason) => {
    throw new Error(`${stage}: ${reason}`);
  });
  const sent = new Int16Array(captured.length);
  for (let at = 0; at + FRAME <= captured.length; at += FRAME) {
    chain.addPlayed(played.subarray(at, at + FRAME));
    sent.set(chain.process(captured.subarray(at, at + FRAME)), at);
  }
  chain.close();
  return sent;
}

const rounded = (value: number): number => Math.round(value * 10) / 10;
