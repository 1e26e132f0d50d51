// What a session tells by itself: levels ten times a second, figures and its place in the stream once.
import type { Runtime } from '../../base/runtime.ts';
import { LevelMeter } from '../dsp/index.ts';
import type { MediaEvents } from './media-engine.ts';
import type { SessionResume } from './session-config.ts';
import type { SessionStatistics } from './session-figures.ts';

const FRAME_MS = 10;
const FRAMES_PER_LEVEL = 10;
const FRAMES_PER_STATISTICS = 100;

export interface SessionTellingOptions {
  readonly sessionId: string;
  readonly runtime: Runtime;
  readonly emit: <Name extends keyof MediaEvents>(name: Name, payload: MediaEvents[Name]) => void;
  readonly statistics: () => SessionStatistics;
  /** What a successor would need; undefined while there are no sockets. */
  readonly resume: () => SessionResume | undefined;
  readonly onPosition: (resume: SessionResume) => void;
}

export class SessionTelling {
  readonly sentLevel = new LevelMeter();
  readonly receivedLevel = new LevelMeter();
  readonly #options: SessionTellingOptions;
  /** Frames since the clock began: sessions speak at the same moments, so that their words travel together. */
  #turn: number;
  readonly #statisticsTurn: number;
  #hasToldPosition = false;

  constructor(options: SessionTellingOptions) {
    this.#options = options;
    const { runtime } = options;
    this.#turn = Math.floor(runtime.nowMs() / FRAME_MS);
    // What takes longer to read is spread over the second.
    this.#statisticsTurn = FRAMES_PER_LEVEL * Math.floor((runtime.random() * FRAMES_PER_STATISTICS) / FRAMES_PER_LEVEL);
  }

  /** The place in the stream has become another one, and is told with the next frame. */
  forgetPosition(): void {
    this.#hasToldPosition = false;
  }

  /** Once for each frame of 10 ms. */
  tick(): void {
    this.#turn++;
    const { emit, sessionId, statistics, resume, onPosition } = this.#options;
    if (this.#turn % FRAMES_PER_LEVEL === 0) {
      const [sentDbov, receivedDbov] = [this.sentLevel.takeDbov(), this.receivedLevel.takeDbov()];
      emit('levels', { sessionId, sentDbov, receivedDbov });
    }
    const isDue = this.#turn % FRAMES_PER_STATISTICS === this.#statisticsTurn;
    if (isDue) emit('statistics', { sessionId, statistics: statistics() });
    if (!isDue && this.#hasToldPosition) return;
    const position = resume();
    if (!position) return;
    this.#hasToldPosition = true;
    onPosition(position);
  }
}
