// Ends calls whose peer has gone without a word: its packets stay away for longer than the setting allows.
import type { Runtime } from '../../base/runtime.ts';
import type { SessionStatistics } from '../../media/index.ts';
import type { Call } from './call.ts';

interface Heard {
  /** Sound, and reports of a peer that leaves silence out. */
  readonly packets: number;
  readonly atMs: number;
}

export class SilentCalls {
  readonly #runtime: Runtime;
  readonly #limitSec: number | null;
  readonly #heard = new WeakMap<Call, Heard>();

  /** `limitSec` null: calls may be silent for as long as they like. */
  constructor(runtime: Runtime, limitSec: number | null) {
    this.#runtime = runtime;
    this.#limitSec = limitSec;
  }

  /** Takes the figures of a call, once a second. */
  look(call: Call, { receivedPackets, receivedReports }: SessionStatistics): void {
    if (this.#limitSec === null) return;
    const nowMs = this.#runtime.nowMs();
    const heard = this.#heard.get(call);
    const packets = receivedPackets + receivedReports;
    // Who waits on hold, on either side, need not send.
    if (heard?.packets !== packets || !isListening(call)) {
      this.#heard.set(call, { packets, atMs: nowMs });
      return;
    }
    if (nowMs - heard.atMs < this.#limitSec * 1000) return;
    const reason = `Nothing came from the other side for ${this.#limitSec} seconds`;
    call.take({ kind: 'failed', ending: { by: 'failure', reason } });
  }
}

const isListening = ({ phase, info, media }: Call): boolean =>
  phase === 'connected' && !info.isOnHold && media?.stream?.direction === 'sendReceive';
