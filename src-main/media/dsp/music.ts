// Music on hold that needs no file and no licence: a small tune of our own, plucked and softly accompanied.
import type { SignalGenerator } from './signal-generator.ts';

const BEAT_MS = 300;
/** Semitones above A3, one a beat; null rests. */
const MELODY: readonly (number | null)[] = [
  3,
  7,
  10,
  15,
  14,
  10,
  7,
  null,
  5,
  8,
  12,
  17,
  15,
  12,
  8,
  null,
  7,
  10,
  14,
  19,
  17,
  14,
  10,
  7,
  3,
  7,
  10,
  15,
  12,
  10,
  7,
  null,
];
/** Bass semitones, one every eight beats. */
const BASS: readonly number[] = [-9, -4, -2, -9];
const AMPLITUDE = 0.16 * 32_767;

const frequencyHz = (semitones: number): number => 220 * 2 ** (semitones / 12);

/** A plucked note: three partials that die away. */
function pluck(hz: number, sec: number, decaySec: number): number {
  const angle = 2 * Math.PI * hz * sec;
  const attack = Math.min(1, sec / 0.008);
  return (
    attack * Math.exp(-sec / decaySec) * (Math.sin(angle) + 0.4 * Math.sin(2 * angle) + 0.15 * Math.sin(3 * angle))
  );
}

/** The tune, for ever. */
export function createMusic(sampleRateHz: number): SignalGenerator {
  const beatSamples = Math.round((sampleRateHz * BEAT_MS) / 1000);
  let position = 0;
  const sampleAt = (at: number): number => {
    const beat = Math.floor(at / beatSamples);
    const note = MELODY[beat % MELODY.length];
    const bass = BASS[Math.floor(beat / 8) % BASS.length] ?? 0;
    const bassSec = (at % (beatSamples * 8)) / sampleRateHz;
    const lead = typeof note === 'number' ? pluck(frequencyHz(note), (at % beatSamples) / sampleRateHz, 0.35) : 0;
    return lead + 0.6 * pluck(frequencyHz(bass), bassSec, 1.2);
  };
  return {
    fill: (output) => {
      for (let i = 0; i < output.length; i++) output[i] = Math.round(AMPLITUDE * sampleAt(position++));
      return true;
    },
  };
}
