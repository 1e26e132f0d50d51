// Keeps a media process alive: starts it when it is first needed, asks whether it lives, and starts another in its place.
import type { Logger } from '../../base/logger.ts';
import { err, type Result } from '../../base/result.ts';
import type { Runtime, Timer } from '../../base/runtime.ts';
import type { AudioSpec, MediaEngine, MediaFailure, WindowTold } from '../session/index.ts';
import { engineLost, MediaLink, type Answer, type Loss, type MediaLinkUser } from './media-link.ts';
import type { MediaPort } from './media-port.ts';
import type { Method } from './messages.ts';

/** A live process is asked so often whether it still is. */
const HEARTBEAT_MS = 1000;
/** More deaths than this within a minute: it is tried again at leisure. */
const MAX_DEATHS = 8;
const LEISURE_MS = 10_000;
const DEATHS_WINDOW_MS = 60_000;
const RESTART_DELAY_MS = 50;
/** A process that was killed needs so long to end at most; where the system keeps it, its ports are lost. */
const GONE_LIMIT_MS = 500;

export interface MediaSupervisorOptions {
  /** Starts one media process. */
  readonly openPort: () => MediaPort;
  readonly runtime: Runtime;
  readonly logger: Logger;
  /** With which sound the next process starts. */
  readonly audio: () => AudioSpec;
  /** What the window has told so far. */
  readonly told: () => readonly WindowTold[];
  readonly onMessage: MediaLinkUser['onMessage'];
  readonly onLost: (loss: Loss) => void;
  /** Another one is ready and knows nothing of what the one before was told. */
  readonly onRestarted: (reason: string) => void;
}

export class MediaSupervisor {
  readonly #options: MediaSupervisorOptions;
  readonly #deathsMs: number[] = [];
  #link: MediaLink | undefined;
  /** Takes the place of the other one when it is ready. */
  #successor: MediaLink | undefined;
  /** After one was lost, until the next one is started; nobody waits for one that is tried at leisure. */
  #nextStart: Promise<void> | undefined;
  #heartbeat: Timer | undefined;
  #isClosed = false;

  constructor(options: MediaSupervisorOptions) {
    this.#options = options;
  }

  /** Asks the process; what is asked before it is ready waits, and for the one after it where it never is. */
  async call<M extends Method>(method: M, ...args: Parameters<MediaEngine[M]>): Promise<Answer<M>> {
    if (this.#isClosed) return closed() as Answer<M>;
    if (!this.#latest && !this.#nextStart) void this.#start();
    if (!(await this.#latest?.ready)) {
      await this.#nextStart;
      await this.#latest?.ready;
    }
    return this.#latest?.call(method, args) ?? (engineLost('not started') as Answer<M>);
  }

  /** Passes on what a window tells, where there is a process. */
  tell(told: WindowTold): void {
    this.#link?.tell(told);
    this.#successor?.tell(told);
  }

  /** Starts another one that takes its place: until that is ready this one goes on as well as it can. */
  replace(reason: string): void {
    if (this.#link) void this.#start(reason);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#heartbeat?.cancel();
    this.#successor?.lose('closed');
    await this.#link?.close();
  }

  /** The one that answers, or will. */
  get #latest(): MediaLink | undefined {
    return this.#link?.isLost === false ? this.#link : (this.#successor ?? this.#link);
  }

  /** `reason`: why there was another one before. */
  async #start(reason?: string): Promise<void> {
    if (this.#isClosed || this.#successor) return;
    const { openPort, audio, runtime, told, onMessage, onRestarted } = this.#options;
    const link = new MediaLink(openPort(), audio(), runtime, {
      onMessage,
      onLost: (why, loss) => this.#onLost(link, reason ?? why, loss),
    });
    this.#successor = link;
    for (const each of told()) link.tell(each);
    if (!(await link.ready)) return;
    await this.#leave(reason ?? '');
    this.#link = link;
    this.#successor = undefined;
    if (link.isLost) return;
    this.#beat(link);
    if (reason !== undefined) onRestarted(reason);
  }

  /** Ends the one before, whose ports the next one needs. */
  async #leave(reason: string): Promise<void> {
    const before = this.#link;
    this.#heartbeat?.cancel();
    if (!before || before.isLost) return;
    before.lose(reason);
    const { runtime } = this.#options;
    await Promise.race([before.gone, new Promise<void>((resolve) => runtime.setTimer(GONE_LIMIT_MS, resolve, true))]);
  }

  #onLost(link: MediaLink, reason: string, loss: Loss): void {
    if (this.#isClosed) return;
    const { logger, onLost } = this.#options;
    if (link === this.#successor) this.#successor = undefined;
    if (link === this.#link) this.#heartbeat?.cancel();
    onLost(loss);
    // Another one is about to take its place.
    if (this.#successor) return;
    this.#countDeath();
    logger.error('the media process was lost', { reason, deaths: this.#deathsMs.length });
    this.#startLater(reason);
  }

  #countDeath(): void {
    const nowMs = this.#options.runtime.nowMs();
    this.#deathsMs.push(nowMs);
    while (nowMs - (this.#deathsMs[0] ?? nowMs) > DEATHS_WINDOW_MS) this.#deathsMs.shift();
  }

  #startLater(reason: string): void {
    const isHopeless = this.#deathsMs.length > MAX_DEATHS;
    const delayMs = isHopeless ? LEISURE_MS : RESTART_DELAY_MS * (this.#deathsMs.length - 1);
    const nextStart = new Promise<void>((resolve) => {
      this.#options.runtime.setTimer(delayMs, () => {
        this.#nextStart = undefined;
        void this.#start(reason);
        resolve();
      });
    });
    this.#nextStart = isHopeless ? Promise.resolve() : nextStart;
  }

  #beat(link: MediaLink): void {
    this.#heartbeat = this.#options.runtime.setTimer(
      HEARTBEAT_MS,
      () => {
        void link.call('getAudioStatus', []).then(() => {
          if (this.#link === link && !this.#isClosed) this.#beat(link);
        });
      },
      true,
    );
  }
}

const closed = (): Result<never, MediaFailure> => err({ kind: 'engineLost', message: 'the engine is closed' });
