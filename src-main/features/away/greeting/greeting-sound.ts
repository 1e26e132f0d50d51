// The sound of a greeting: one track of 16-bit samples, cut to what is to be heard.
import { stat, writeFile } from 'node:fs/promises';
import { err, ok, type Result } from '../../../base/result.ts';
import { buildWavHeader, readWavTracks } from '../../../media/index.ts';

export interface GreetingSound {
  readonly sampleRateHz: number;
  readonly samples: Int16Array;
}

/** From and to in milliseconds of its time. */
export interface Cut {
  readonly fromMs: number;
  readonly toMs: number;
}

const MAX_SEC = 300;
const LEAST_SEC = 0.5;
/** Five minutes of 48 kHz in two tracks. */
const MAX_BYTES = 60_000_000;
/** What is quieter (-40 dBFS) at its ends is no speech. */
const QUIET = 330;
/** Left before and after what is spoken. */
const MARGIN_MS = 150;

const tooLong = err(`A greeting may take ${MAX_SEC / 60} minutes at most.`);

export const durationSecOf = ({ samples, sampleRateHz }: GreetingSound): number => samples.length / sampleRateHz;

/** A WAV of 16 bits with one track or two. The error is a sentence for people. */
export async function readGreeting(file: string): Promise<Result<GreetingSound, string>> {
  const facts = await stat(file).catch(() => undefined);
  if (!facts?.isFile()) return err('There is no such file.');
  if (facts.size > MAX_BYTES) return tooLong;
  const wav = await readWavTracks(file);
  if (!wav) return err('This is not a WAV file of 16 bits.');
  return checked({ sampleRateHz: wav.sampleRateHz, samples: mixed(wav.tracks) });
}

export async function writeGreeting(file: string, { samples, sampleRateHz }: GreetingSound): Promise<void> {
  const bytes = Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength);
  await writeFile(file, Buffer.concat([buildWavHeader(sampleRateHz, 1, bytes.length), bytes]), { mode: 0o600 });
}

/** What is outside of `cut` is gone. */
export function cutGreeting(
  { samples, sampleRateHz }: GreetingSound,
  { fromMs, toMs }: Cut,
): Result<GreetingSound, string> {
  const at = (ms: number): number => Math.round((Math.max(0, ms) * sampleRateHz) / 1000);
  return checked({ sampleRateHz, samples: samples.slice(at(fromMs), at(toMs)) });
}

/** Where speech begins and ends, with a little room. */
export function spokenPart(sound: GreetingSound): Cut {
  const { samples, sampleRateHz } = sound;
  const first = samples.findIndex((sample) => Math.abs(sample) > QUIET);
  const last = samples.findLastIndex((sample) => Math.abs(sample) > QUIET);
  const wholeMs = durationSecOf(sound) * 1000;
  if (first < 0) return { fromMs: 0, toMs: wholeMs };
  const msOf = (index: number): number => (index / sampleRateHz) * 1000;
  return { fromMs: Math.max(0, msOf(first) - MARGIN_MS), toMs: Math.min(wholeMs, msOf(last) + MARGIN_MS) };
}

function checked(sound: GreetingSound): Result<GreetingSound, string> {
  const durationSec = durationSecOf(sound);
  if (durationSec < LEAST_SEC) return err('This is too short for a greeting.');
  return durationSec > MAX_SEC ? tooLong : ok(sound);
}

function mixed(tracks: readonly Int16Array[]): Int16Array {
  const [first = new Int16Array(), second] = tracks;
  return second ? first.map((sample, i) => (sample + (second[i] ?? 0)) / 2) : first;
}
