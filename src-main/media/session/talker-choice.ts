// Who is heard in a conference: the loudest few, so that the breath of many does not become noise.

/** Heard at once; one more talks over them, and nobody understands a fifth. */
const MAX_TALKERS = 4;
/** Loudness follows speech within 10 ms upwards and falls to half in 150 ms, so that nobody is cut between syllables. */
const FALL = 0.955;
/** Who is heard stays until another is louder by half: two of the same loudness do not take turns. */
const ADVANTAGE = 1.5;

/** Fades the frames of those who are not heard, in place. */
export class TalkerChoice {
  readonly #loudness: Float64Array;
  readonly #isHeard: boolean[];

  constructor(count: number) {
    this.#loudness = new Float64Array(count);
    this.#isHeard = Array.from({ length: count }, () => true);
  }

  /** One frame of each member, always in the same order. */
  choose(frames: readonly Int16Array[]): void {
    if (frames.length <= MAX_TALKERS) return;
    const ranks = frames.map((frame, member) => {
      const now = Math.sqrt(frame.reduce((sum, sample) => sum + sample * sample, 0) / frame.length);
      const loudness = Math.max(now, (this.#loudness[member] ?? 0) * FALL);
      this.#loudness[member] = loudness;
      return { member, weight: loudness * (this.#isHeard[member] === true ? ADVANTAGE : 1) };
    });
    const heard = new Set(
      ranks
        .sort((a, b) => b.weight - a.weight || a.member - b.member)
        .slice(0, MAX_TALKERS)
        .map(({ member }) => member),
    );
    frames.forEach((frame, member) => {
      const was = this.#isHeard[member] === true;
      const is = heard.has(member);
      if (!was && !is) frame.fill(0);
      else if (was !== is) fade(frame, is);
      this.#isHeard[member] = is;
    });
  }
}

/** A frame that comes or goes does so over its whole length: no click. */
function fade(frame: Int16Array, isComing: boolean): void {
  for (let i = 0; i < frame.length; i++) {
    const share = i / frame.length;
    frame[i] = Math.round((frame[i] ?? 0) * (isComing ? share : 1 - share));
  }
}
