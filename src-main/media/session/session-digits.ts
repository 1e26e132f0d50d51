// The digits of one session: sent as events where they were negotiated, else as sound. RFC 4733 §2.5.1, §3.2.
import { InbandDigits } from './inband-digits.ts';
import type { PacketSender } from './packet-sender.ts';

export class SessionDigits {
  /** Those that are sent and heard as sound. */
  readonly inband = new InbandDigits(() => this.finish());
  readonly #waiters: (() => void)[] = [];

  /** Resolves when the digits are sent. */
  send(digits: string, sender: PacketSender): Promise<void> {
    if (!sender.queueDigits(digits)) this.inband.queue(digits);
    return new Promise((resolve) => this.#waiters.push(resolve));
  }

  /** All of them are sent, or never will be. */
  finish(): void {
    for (const waiter of this.#waiters.splice(0)) waiter();
  }
}
