// What the capture chain takes out of the echo of synthetic rooms, and what it costs the speaker when both talk.
import { CaptureChain } from '../src-main/media/voice/index.ts';
import { loadSpeech, mix, repeated, roomEcho } from '../test/support/media/speech.ts';
import { rms } from '../test/support/media/tone-check.ts';
import { keepResults, median, numberOf, type Row } from './support/results.ts';

const FRAME = 480;
const SECOND = 48_000;
const TAILS_MS = [35, 50, 100, 150, 200];
/** Share of the played sound that comes back: a loudspeaker beside its microphone, and one across the room. */
const ECHO_LEVELS = [0.5, 0.2, 0.1];
/** The canceller has learnt the room by then. */
const LEARNT_SAMPLES = 3 * SECOND;

/** The figure is the median echo return loss enhancement in decibels; the table has the double talk. */
export async function run(): Promise<object> {
  const speech = await loadSpeech();
  const rows: Row[] = [];
  for (const tailMs of TAILS_MS) {
    for (const level of ECHO_LEVELS) rows.push(await roomRow(speech, tailMs, level));
  }
  keepResults('echo', rows);
  return { unit: 'dB', ours: median(rows.map((row) => numberOf(row['echo taken out dB']))), peers: {}, rows };
}

async function roomRow(speech: Int16Array, tailMs: number, level: number): Promise<Row> {
  const played = repeated(speech, 8 * SECOND);
  const near = repeated(speech, 8 * SECOND, 2 * SECOND);
  near.fill(0, 0, LEARNT_SAMPLES);
  const echo = roomEcho(played, 60, tailMs, level);
  const cancelled = await throughChain(echo, played);
  const alone = await throughChain(near, new Int16Array(played.length));
  const both = await throughChain(mix(echo, near), played);
  const after = (samples: Int16Array): Int16Array => samples.subarray(LEARNT_SAMPLES);
  return {
    'tail ms': tailMs,
    'echo level': level,
    'echo beside speech dB': rounded(20 * Math.log10(rms(after(echo)) / rms(after(near)))),
    'echo taken out dB': rounded(20 * Math.log10(rms(after(echo)) / Math.max(1, rms(after(cancelled))))),
    'near speech lost in double talk dB': rounded(-20 * Math.log10(shareOf(after(alone), after(both)))),
  };
}

/** How much of `wanted` is in `heard`, sample by sample: louder echo does not count as speech. */
function shareOf(wanted: Int16Array, heard: Int16Array): number {
  let [product, power] = [0, 0];
  wanted.forEach((sample, i) => {
    product += sample * (heard[i] ?? 0);
    power += sample * sample;
  });
  return Math.max(1e-3, product / Math.max(1, power));
}

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
