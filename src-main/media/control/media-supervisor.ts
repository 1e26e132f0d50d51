// Keeps a media process alive: starts it when it is first needed, asks whether it lives, and starts another in its place.
import type { Logger } from '../../base/logger.ts';
import { err, type Result } from '../../base/result.ts';
import type { Runtime, Timer } from '../../base/runtime.ts';
import type { AudioSpec, MediaEngine, MediaFailure, WindowTold } from '../session/index.ts';
import { engineLost, MediaLink, type Answer, type MediaLinkUser } from './media-link.ts';
import type { MediaPort } from './media-port.ts';
import type { Method } from './messages.ts';

/** A live process is asked so often whether it still is. */
const HEARTBEAT_MS = 1000;
/** More deaths than this within a minute: it is tried again at leisure. */
const MAX_DEATHS = 8;
const LEISURE_MS = 10_000;
const DEATHS_WINDOW_MS = 60_000;
const RESTART_DELAY_MS = 50;

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
  /** `wasReady`: it had begun to answer. */
  readonly onLost: (wasReady: boolean) => void;
  /** Another one is ready and knows nothing of what the one before was told. */
  readonly onRestarted: (reason: string) => void;
}

export class MediaSupervisor {
  readonly #options: MediaSupervisorOptions;
  readonly #deathsMs: number[] = [];
  #link: MediaLink | undefined;
  #heartbeat: Timer | undefined;
  #isClosed = false;

  constructor(options: MediaSupervisorOptions) {
    this.#options = options;
  }

  /** Asks the process; what is asked before it is ready waits. */
  async call<M extends Method>(method: M, ...args: Parameters<MediaEngine[M]>): Promise<Answer<M>> {
    if (this.#isClosed) return closed() as Answer<M>;
    if (!this.#link) void this.#start();
    const link = this.#link;
    if (link?.isReady === false) await link.ready;
    return link?.call(method, args) ?? (engineLost('not started') as Answer<M>);
  }

  /** Passes on what a window tells, where there is a process. */
  tell(told: WindowTold): void {
    this.#link?.tell(told);
  }

  /** Gives the process up, so that another takes its place. */
  replace(reason: string): void {
    this.#link?.lose(reason);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#heartbeat?.cancel();
    await this.#link?.close();
  }

  async #start(): Promise<boolean> {
    const { openPort, audio, runtime, told, onMessage } = this.#options;
    const link = new MediaLink(openPort(), audio(), runtime, {
      onMessage,
      onLost: (reason) => this.#onLost(reason),
    });
    this.#link = link;
    for (const each of told()) link.tell(each);
    const isReady = await link.ready;
    if (isReady) this.#beat(link);
    return isReady;
  }

  #onLost(reason: string): void {
    this.#heartbeat?.cancel();
    if (this.#isClosed) return;
    const { runtime, logger, onLost } = this.#options;
    onLost(this.#link?.isReady !== false);
    const nowMs = runtime.nowMs();
    this.#deathsMs.push(nowMs);
    while (nowMs - (this.#deathsMs[0] ?? nowMs) > DEATHS_WINDOW_MS) this.#deathsMs.shift();
    logger.error('the media process was lost', { reason, deaths: this.#deathsMs.length });
    const isHopeless = this.#deathsMs.length > MAX_DEATHS;
    const delayMs = isHopeless ? LEISURE_MS : RESTART_DELAY_MS * (this.#deathsMs.length - 1);
    runtime.setTimer(delayMs, () => void this.#restart(reason));
  }

  async #restart(reason: string): Promise<void> {
    if (!this.#isClosed && (await this.#start())) this.#options.onRestarted(reason);
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
