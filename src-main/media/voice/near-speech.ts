// Tells how much of a captured frame is the near speaker's, so that he is let through and nothing else is.

/** What is known of a captured frame. */
export interface EchoFigures {
  /** How far what the linear canceller left stands out of what it expects to leave; Infinity when nothing was played. */
  readonly excessDb: number;
  /** Whether it expects to leave anything that can be heard. */
  readonly expectsEcho: boolean;
  /** Mean square of what the linear canceller left, full scale 1. */
  readonly leftPower: number;
  /** Mean square of what AEC3 let through of it. */
  readonly passedPower: number;
}

/** Speech begins to count at the first, and is all there is at the second. */
const [NEAR_FROM_DB, NEAR_FULL_DB] = [11, 17];
/** AEC3 has recognised a near speaker when it lets this much through of three frames of at least -50 dBov; it is trusted for so long. */
const RECOGNISED_DB = -3;
const RECOGNISED_POWER = 1e-5;
/** WHY: for a moment it also errs after a room has changed. */
const RECOGNISED_AFTER_FRAMES = 3;
const RECOGNISED_FRAMES = 90;
/** Syllables have gaps. */
const HELD_FRAMES = 6;
const RELEASE = 0.3;
/** The quietest tenth of the frames holds no near speech: what stands out there is distortion or a room that changed. */
const QUIET_SHARE = 0.1;
const QUIET_STEP_DB = 1;
const [QUIET_FIRST_DB, QUIET_LEAST_DB, QUIET_MOST_DB] = [10, -5, 25];
const QUIET_EXPECTED_DB = -3;

/**
 * Needs two witnesses: the linear canceller for each frame, AEC3 for the last 900 ms. WHY: the first errs when the room changes or the
 * loudspeaker distorts, the second takes syllables for echo.
 */
export class NearSpeech {
  #share = 1;
  #heldFrames = 0;
  #passedFrames = 0;
  #recognisedFrames = 0;
  #quietDb = QUIET_FIRST_DB;

  /** The near speaker's share of this frame, 0 to 1. */
  next(figures: EchoFigures): number {
    this.#listenToAec3(figures);
    if (figures.expectsEcho) this.#followQuiet(figures.excessDb);
    const aboveDb = figures.excessDb - Math.max(QUIET_EXPECTED_DB, this.#quietDb) - NEAR_FROM_DB;
    const isPossible = figures.excessDb === Infinity || this.#recognisedFrames > 0;
    const share = isPossible ? Math.max(0, Math.min(1, aboveDb / (NEAR_FULL_DB - NEAR_FROM_DB))) : 0;
    if (share >= this.#share) {
      this.#share = share;
      this.#heldFrames = HELD_FRAMES;
    } else if (this.#heldFrames > 0) this.#heldFrames--;
    else this.#share = Math.max(share, this.#share - RELEASE);
    return this.#share;
  }

  #listenToAec3({ leftPower, passedPower }: EchoFigures): void {
    const isPassed = passedPower > leftPower * 10 ** (RECOGNISED_DB / 10);
    this.#passedFrames = isPassed && leftPower > RECOGNISED_POWER ? this.#passedFrames + 1 : 0;
    if (this.#passedFrames >= RECOGNISED_AFTER_FRAMES) this.#recognisedFrames = RECOGNISED_FRAMES;
    else if (this.#recognisedFrames > 0) this.#recognisedFrames--;
  }

  #followQuiet(excessDb: number): void {
    this.#quietDb += excessDb > this.#quietDb ? QUIET_STEP_DB * QUIET_SHARE : QUIET_STEP_DB * (QUIET_SHARE - 1);
    this.#quietDb = Math.max(QUIET_LEAST_DB, Math.min(QUIET_MOST_DB, this.#quietDb));
  }
}
