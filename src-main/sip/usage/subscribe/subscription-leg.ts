// One notifier's side of a subscription: performs what the machine decides. RFC 6665 §4.1.2.
import type { Result } from '../../../base/result.ts';
import type { Runtime, Timer } from '../../../base/runtime.ts';
import type { ExtraHeaders, RequestFailure, UsageDialog } from '../../core/index.ts';
import { Header, type SipResponse } from '../../syntax/index.ts';
import { initialSubscription, subscriptionStep } from './subscription-machine.ts';
import type {
  SubscriptionAction,
  SubscriptionInput,
  SubscriptionMachineState,
  SubscriptionSettings,
  SubscriptionStatus,
} from './subscription-states.ts';

export interface SubscriptionLegOptions {
  readonly runtime: Runtime;
  readonly settings: SubscriptionSettings;
  /** Sends a SUBSCRIBE outside any dialog; its outcome comes back by `takeResult`. */
  readonly subscribeAnew: (expiresSec: number) => void;
  readonly headersFor: (expiresSec: number) => ExtraHeaders;
  readonly onStatus: (status: SubscriptionStatus) => void;
}

export class SubscriptionLeg {
  /** Once a response or a NOTIFY has made one. */
  dialog: UsageDialog | undefined;
  /** The CSeq number of the last SUBSCRIBE outside a dialog. */
  sequence = 0;
  readonly #options: SubscriptionLegOptions;
  #state: SubscriptionMachineState;
  #timer: Timer | undefined;

  constructor(options: SubscriptionLegOptions) {
    this.#options = options;
    this.#state = initialSubscription(options.settings);
  }

  take(input: SubscriptionInput): void {
    const { settings, runtime } = this.#options;
    const random = (runtime.randomBytes(1)[0] ?? 0) / 255;
    const { state, actions } = subscriptionStep(this.#state, input, { settings, random });
    this.#state = state;
    for (const action of actions) this.#perform(action);
  }

  /** The outcome of a SUBSCRIBE that asked for `expiresSec`. */
  takeResult(result: Result<SipResponse, RequestFailure>, expiresSec: number): void {
    if (!result.ok) {
      const { kind } = result.error;
      this.take({ kind: 'failed', failure: kind === 'timeout' || kind === 'auth' ? kind : 'transport' });
      return;
    }
    const { statusCode, reasonPhrase, headers, isSuccess } = result.value;
    if (isSuccess) {
      // RFC 6665 §4.1.2.1: a 2xx names the time that was granted, never more than was asked for
      this.take({ kind: 'accepted', expiresSec: Math.min(headers.get(Header.Expires) ?? expiresSec, expiresSec) });
      return;
    }
    this.take({
      ...{ kind: 'rejected', statusCode, reason: reasonPhrase },
      minExpiresSec: headers.get(Header.MinExpires),
      retryAfterSec: headers.get(Header.RetryAfter)?.delaySec,
    });
  }

  #perform(action: SubscriptionAction): void {
    switch (action.kind) {
      case 'send':
        if (action.isFresh) this.#options.subscribeAnew(action.expiresSec);
        else void this.#refresh(action.expiresSec);
        return;
      case 'startTimer':
        this.#timer?.cancel();
        this.#timer = this.#options.runtime.setTimer(action.delayMs, () => this.take({ kind: 'timer' }), true);
        return;
      case 'stopTimer':
        this.#timer?.cancel();
        return;
      case 'dropDialog':
        this.dialog?.close();
        this.dialog = undefined;
        return;
      case 'announce':
        this.#options.onStatus(action.status);
        return;
    }
  }

  async #refresh(expiresSec: number): Promise<void> {
    const { dialog } = this;
    if (!dialog) {
      this.take({ kind: 'failed', failure: 'transport' });
      return;
    }
    const result = await dialog.request('SUBSCRIBE', { headers: this.#options.headersFor(expiresSec) });
    if (this.dialog === dialog) this.takeResult(result, expiresSec);
  }
}
