// Keeps NAT bindings and connections open, and finds out that they are not. RFC 5626 §4.4.1, §4.4.2.
import type { Runtime, Timer } from '../../base/runtime.ts';
import type { Flow, RawFlow } from './flow.ts';

const PING = Buffer.from('\r\n\r\n');
/** RFC 5626 §4.4.1: the pong comes within this or the flow has failed. */
const PONG_LIMIT_MS = 10_000;

interface Entry {
  readonly flow: RawFlow;
  readonly intervalSec: number;
  readonly isPongExpected: boolean;
  timer: Timer;
  pongTimer: Timer | undefined;
}

export class KeepAlive {
  readonly #runtime: Runtime;
  readonly #entries = new Map<string, Entry>();

  constructor(runtime: Runtime) {
    this.#runtime = runtime;
  }

  /** Pings `flow` every `intervalSec`; 0 stops. A pong is expected only from who promised one (RFC 5626 §4.4.1). */
  set(flow: RawFlow, intervalSec: number, isPongExpected: boolean): void {
    this.stop(flow);
    if (intervalSec <= 0) return;
    const timer = this.#schedule(flow, intervalSec);
    this.#entries.set(flow.id, { flow, intervalSec, isPongExpected, timer, pongTimer: undefined });
  }

  /** Something came on `flow`. */
  onKeepAlive(flow: Flow): void {
    const entry = this.#entries.get(flow.id);
    entry?.pongTimer?.cancel();
    if (entry) entry.pongTimer = undefined;
  }

  stop(flow: Flow): void {
    const entry = this.#entries.get(flow.id);
    entry?.timer.cancel();
    entry?.pongTimer?.cancel();
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
    // INTEROP: RFC 5626 §4.4.2 wants STUN on UDP; line ends open NAT just as well and trouble nobody.
    flow.sendBytes(PING);
    if (entry.isPongExpected && flow.isReliable) {
      entry.pongTimer ??= this.#runtime.setTimer(PONG_LIMIT_MS, () => flow.close('no pong came'), true);
    }
    entry.timer = this.#schedule(flow, entry.intervalSec);
  }
}
