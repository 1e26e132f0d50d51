import { beforeEach, describe, expect, it } from 'vitest';
import { NearSpeech, type EchoFigures } from '../../../../src-main/media/voice/near-speech.ts';

const ECHO: EchoFigures = { excessDb: -3, expectsEcho: true, leftPower: 1e-4, passedPower: 1e-8 };
const SPEECH: EchoFigures = { excessDb: 25, expectsEcho: true, leftPower: 1e-3, passedPower: 9e-4 };
/** AEC3 takes this syllable for echo. */
const SUPPRESSED_SPEECH: EchoFigures = { ...SPEECH, passedPower: 1e-6 };

let near: NearSpeech;
beforeEach(() => {
  near = new NearSpeech();
});

/** The share after `count` frames of this kind. */
function hear(figures: EchoFigures, count: number): number {
  let share = NaN;
  for (let i = 0; i < count; i++) share = near.next(figures);
  return share;
}

describe('near speech', () => {
  it('is everything while nothing is played', () => {
    expect(hear({ ...ECHO, excessDb: Infinity, expectsEcho: false }, 3)).toBe(1);
  });

  it('is nothing of an echo, a few frames after it began', () => {
    expect(hear(ECHO, 20)).toBe(0);
  });

  it('is heard when it sets in over an echo, as soon as AEC3 has let three frames through', () => {
    hear(ECHO, 100);

    expect([near.next(SPEECH), near.next(SPEECH), near.next(SPEECH)]).toEqual([0, 0, 1]);
    hear(ECHO, 30);
    expect(near.next(SUPPRESSED_SPEECH)).toBe(1);
  });

  it('goes on over syllables that AEC3 takes for echo', () => {
    hear(ECHO, 100);
    hear(SPEECH, 5);

    expect(hear(SUPPRESSED_SPEECH, 80)).toBe(1);
  });

  it('is not believed for long without AEC3: the room may have changed', () => {
    hear(ECHO, 100);

    expect(hear(SUPPRESSED_SPEECH, 200)).toBe(0);
  });

  it('ends with a fade of a few frames', () => {
    hear(ECHO, 100);
    hear(SPEECH, 5);

    const shares = Array.from({ length: 12 }, () => near.next(ECHO));

    expect(shares.slice(0, 6)).toEqual([1, 1, 1, 1, 1, 1]);
    expect(shares[7]).toBeGreaterThan(0);
    expect(shares[7]).toBeLessThan(1);
    expect(shares.at(-1)).toBe(0);
  });

  it('must stand out of the distortion of a loudspeaker, once that is known', () => {
    const distorted: EchoFigures = { ...ECHO, excessDb: 14, passedPower: 9e-5 };
    hear(distorted, 300);

    expect(hear(distorted, 20)).toBe(0);
    expect(hear({ ...SPEECH, excessDb: 35 }, 3)).toBe(1);
  });

  it('is not recognised by what AEC3 lets through of near silence', () => {
    hear(ECHO, 200);

    hear({ ...ECHO, leftPower: 1e-9, passedPower: 1e-9 }, 20);

    expect(hear(SUPPRESSED_SPEECH, 1)).toBe(0);
  });
});
