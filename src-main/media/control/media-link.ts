// Requests and answers over one port, with time limits.
import { err, type Result } from '../../base/result.ts';
import type { Runtime, Timer } from '../../base/runtime.ts';
import type { AudioSpec, MediaEngine, MediaFailure, WindowTold } from '../session/index.ts';
import { batched, unbatched } from './batch.ts';
import type { MediaPort } from './media-port.ts';
import { METHODS, parseFromServer, type FromServer, type Method, type ToServer } from './messages.ts';

/** A process that needs longer until it is ready, or for an answer, has hung. */
const READY_LIMIT_MS = 4000;
const ANSWER_LIMIT_MS = 5000;
/** Asked only whether it is alive. */
const HEARTBEAT_LIMIT_MS = 2000;
const CLOSE_LIMIT_MS = 2000;

export type Answer<M extends Method> = Awaited<ReturnType<MediaEngine[M]>>;

interface Waiting {
  readonly resolve: (answer: unknown) => void;
  readonly timer: Timer | undefined;
}

/** `notReady`: it ended or hung before it had begun to answer; `hung`: it does not answer any more; `ended`: for any other reason. */
export type Loss = 'notReady' | 'hung' | 'ended';

export interface MediaLinkUser {
  onMessage(message: Exclude<FromServer, { kind: 'answer' | 'ready' | 'closed' }>): void;
  /** The process has ended or was given up; every open request has been answered with `engineLost`. */
  onLost(reason: string, loss: Loss): void;
}

export const engineLost = (reason: string): Result<never, MediaFailure> =>
  err({ kind: 'engineLost', message: `the media process was lost: ${reason}` });

/** The life of one media process. */
export class MediaLink {
  /** Resolves with false when it is lost before. */
  readonly ready: Promise<boolean>;
  /** Resolves when the process has ended: its ports are free. */
  readonly gone: Promise<void>;
  isReady = false;
  readonly #port: MediaPort;
  readonly #runtime: Runtime;
  readonly #user: MediaLinkUser;
  readonly #send: (message: ToServer) => void;
  readonly #waiting = new Map<number, Waiting>();
  #nextId = 1;
  #lost: string | undefined;
  readonly #readyLimit: Timer;
  #onReady: (isReady: boolean) => void = () => {};
  #onClosed: () => void = () => {};

  constructor(port: MediaPort, audio: AudioSpec, runtime: Runtime, user: MediaLinkUser) {
    this.#port = port;
    this.#runtime = runtime;
    this.#user = user;
    this.ready = new Promise((resolve) => (this.#onReady = resolve));
    this.gone = new Promise((resolve) => port.onExit(() => resolve()));
    this.#readyLimit = runtime.setTimer(READY_LIMIT_MS, () => this.lose('not ready in time'), true);
    this.#send = batched((messages) => port.send(messages));
    port.onMessage((received) => {
      for (const message of unbatched(received)) this.#receive(parseFromServer(message));
    });
    port.onExit((reason) => this.lose(reason));
    this.#send({ kind: 'start', audio });
  }

  get isLost(): boolean {
    return this.#lost !== undefined;
  }

  /** Asks; answers `engineLost` when the process dies or does not answer in time. */
  call<M extends Method>(method: M, args: Parameters<MediaEngine[M]>): Promise<Answer<M>> {
    if (this.#lost !== undefined) return Promise.resolve(engineLost(this.#lost) as Answer<M>);
    const id = this.#nextId++;
    return new Promise((resolve) => {
      const giveUp = (): void => this.lose(`no answer to ${method}`, 'hung');
      const limitMs = method === 'getAudioStatus' && this.isReady ? HEARTBEAT_LIMIT_MS : ANSWER_LIMIT_MS;
      const timer = METHODS[method].isLong ? undefined : this.#runtime.setTimer(limitMs, giveUp, true);
      this.#waiting.set(id, { resolve: resolve as (answer: unknown) => void, timer });
      this.#send({ kind: 'call', id, method, args });
    });
  }

  /** Passes on what a window tells. */
  tell(told: WindowTold): void {
    if (this.#lost === undefined) this.#send({ kind: 'window', told });
  }

  /** Gives the process up: kills it, answers what waits, tells the user once. */
  lose(reason: string, loss: Loss = 'ended'): void {
    if (this.#lost !== undefined) return;
    this.#lost = reason;
    this.#readyLimit.cancel();
    this.#port.kill();
    this.#onReady(false);
    this.#onClosed();
    for (const { resolve, timer } of this.#waiting.values()) {
      timer?.cancel();
      resolve(engineLost(reason));
    }
    this.#waiting.clear();
    this.#user.onLost(reason, this.isReady ? loss : 'notReady');
  }

  /** Lets the process close its files, then ends it. */
  async close(): Promise<void> {
    if (this.#lost !== undefined) return;
    await new Promise<void>((resolve) => {
      this.#onClosed = resolve;
      this.#runtime.setTimer(CLOSE_LIMIT_MS, resolve, true);
      this.#send({ kind: 'close' });
    });
    this.lose('closed');
  }

  #receive(message: FromServer | undefined): void {
    if (!message || this.#lost !== undefined) return;
    if (message.kind === 'ready') {
      this.isReady = true;
      this.#readyLimit.cancel();
      this.#onReady(true);
    } else if (message.kind === 'closed') {
      this.#onClosed();
    } else if (message.kind === 'answer') {
      const waiting = this.#waiting.get(message.id);
      this.#waiting.delete(message.id);
      waiting?.timer?.cancel();
      waiting?.resolve(message.answer);
    } else {
      this.#user.onMessage(message);
    }
  }
}
