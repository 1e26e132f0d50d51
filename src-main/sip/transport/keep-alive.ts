// Keeps NAT bindings and connections open, and finds out that they are not. RFC 5626 §4.4.1, §4.4.2, RFC 7118 §6.
import type { Runtime, Timer } from '../../base/runtime.ts';
import type { Flow, RawFlow } from './flow.ts';
import { StunCheck } from './stun-check.ts';

export interface KeepAliveOptions {
  /** 0 stops. */
  readonly intervalSec: number;
  /** What goes by UDP; line ends when absent. Streams have line ends, WebSockets a ping of their own. */
  readonly kind?: 'lineEnds' | 'stun';
  /** A stream that does not answer is closed. A STUN server always answers. RFC 5626 §4.4.1 */
  readonly isAnswerExpected?: boolean;
}

const PING = Buffer.from('\r\n\r\n');
/** RFC 5626 §4.4.1: the pong comes within this or the flow has failed. */
const PONG_LIMIT_MS = 10_000;

interface Entry {
  readonly flow: RawFlow;
  readonly options: KeepAliveOptions;
  readonly stun: StunCheck | undefined;
  timer: Timer;
  pongTimer: Timer | undefined;
}

export class KeepAlive {
  readonly #runtime: Runtime;
  readonly #entries = new Map<string, Entry>();

  constructor(runtime: Runtime) {
    this.#runtime = runtime;
  }

  /** Begins, changes or stops the keep-alive of `flow`; a STUN server is asked at once. */
  set(flow: RawFlow, options: KeepAliveOptions): void {
    this.stop(flow);
    if (options.intervalSec <= 0 || flow.isClosed) return;
    const isStun = flow.protocol === 'udp' && options.kind === 'stun';
    const stun = isStun ? new StunCheck(this.#runtime, flow) : undefined;
    const timer = this.#schedule(flow, options.intervalSec);
    this.#entries.set(flow.id, { flow, options, stun, timer, pongTimer: undefined });
    stun?.ask();
  }

  /** A sign of life came on `flow`. */
  onKeepAlive(flow: Flow): void {
    const entry = this.#entries.get(flow.id);
    entry?.pongTimer?.cancel();
    if (entry) entry.pongTimer = undefined;
  }

  /** A STUN message came on `flow`. */
  onStun(flow: Flow, bytes: Uint8Array): void {
    this.#entries.get(flow.id)?.stun?.receive(bytes);
  }

  stop(flow: Flow): void {
    const entry = this.#entries.get(flow.id);
    entry?.timer.cancel();
    entry?.pongTimer?.cancel();
    entry?.stun?.stop();
    this.#entries.delete(flow.id);
  }

  close(): void {
    for (const { flow } of [...this.#entries.values()]) this.stop(flow);
  }

  /** RFC 5626 §4.4.1: at random between 80 and 100 % of the interval, so that pings do not fall together. */
  #schedule(flow: RawFlow, intervalSec: number): Timer {
    const delayMs = intervalSec * 1000 * (0.8 + 0.2 * this.#runtime.random());
    return this.#runtime.setTimer(delayMs, () => this.#ping(flow), true);
  }

  #ping(flow: RawFlow): void {
    const entry = this.#entries.get(flow.id);
    if (!entry || flow.isClosed) {
      this.stop(flow);
      return;
    }
    entry.timer = this.#schedule(flow, entry.options.intervalSec);
    if (entry.stun) {
      entry.stun.ask();
      return;
    }
    // INTEROP: RFC 5626 §4.4.2 wants STUN on UDP; without a server that speaks it, line ends open NAT just as well.
    flow.sendPing(PING);
    if (entry.options.isAnswerExpected === true && flow.isReliable) {
      entry.pongTimer ??= this.#runtime.setTimer(PONG_LIMIT_MS, () => flow.close('no pong came'), true);
    }
  }
}
