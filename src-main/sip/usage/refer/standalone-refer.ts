// A REFER outside any call, to a server that shall call somebody: a park server, a music server. RFC 3515 §2.4, RFC 5359 §2.15.
import type { Timer } from '../../../base/runtime.ts';
import { TypedEmitter } from '../../../base/typed-emitter.ts';
import {
  RequestSeries,
  type AccountIdentity,
  type IncomingRequest,
  type UsageDialog,
  type UserAgentCore,
} from '../../core/index.ts';
import { formatNameAddress, NameAddress, Parameters, type SipRequest, type Uri } from '../../syntax/index.ts';
import type { OutgoingReferEvents } from './refer.ts';
import { readReferReport } from './refer-report.ts';

/** A server acts at once: who reports nothing for so long has nothing to report. */
const REPORT_LIMIT_MS = 64_000;

export interface StandaloneReferOptions {
  readonly core: UserAgentCore;
  readonly account: AccountIdentity;
  /** Who shall call. */
  readonly referee: Uri;
  /** Whom to call. */
  readonly referTo: Uri;
}

export class StandaloneRefer {
  readonly events: TypedEmitter<OutgoingReferEvents>;
  readonly #options: StandaloneReferOptions;
  readonly #limit: Timer;
  #dialog: UsageDialog | undefined;
  #stopExpecting: (() => void) | undefined;
  #isOver = false;

  constructor(options: StandaloneReferOptions) {
    this.#options = options;
    const { runtime, logger } = options.core;
    this.events = new TypedEmitter(logger);
    this.#limit = runtime.setTimer(REPORT_LIMIT_MS, () => this.#fail(408, 'no report came'), true);
    void this.#send();
  }

  async #send(): Promise<void> {
    const { core, account, referee, referTo } = this.#options;
    const series = new RequestSeries(core.runtime);
    // RFC 6665 §4.1.2.4: the first NOTIFY may be faster than the response
    this.#stopExpecting = core.usageDialogs.expect(series.callId, series.fromTag, (notify) => this.#onFirst(notify));
    let sent: SipRequest | undefined;
    const result = await core.request({
      ...{ method: 'REFER', target: referee, account, series, contactParameters: Parameters.none },
      headers: [
        ['Refer-To', formatNameAddress({ uri: referTo })],
        ['Referred-By', formatNameAddress(new NameAddress({ uri: account.address }))],
      ],
      onSent: (request) => (sent = request),
    });
    if (!result.ok) {
      this.#fail(result.error.kind === 'timeout' ? 408 : 503, result.error.message);
      return;
    }
    const { statusCode, reasonPhrase, headers } = result.value;
    if (statusCode >= 300) {
      this.#fail(statusCode, reasonPhrase);
      return;
    }
    // RFC 4488 §4: without a subscription no NOTIFY will come
    if (headers.first('Refer-Sub')?.trim().toLowerCase() === 'false') {
      this.#finish();
      this.events.emit('progress', { statusCode, reasonPhrase, isFinal: true });
    } else if (sent && !this.#dialog && !this.#isOver) {
      this.#dialog = core.usageDialogs.openFromResponse(sent, result.value, account, (it) => this.#onNotify(it));
    }
  }

  #onFirst(notify: IncomingRequest): void {
    const { core, account } = this.#options;
    // A server that forks the REFER is not followed to its second branch.
    if (this.#dialog) return notify.respond(481);
    this.#dialog = core.usageDialogs.openFromNotify(notify.request, account, (it) => this.#onNotify(it));
    if (this.#dialog) this.#onNotify(notify);
    else notify.respond(503);
  }

  #onNotify(notify: IncomingRequest): void {
    const report = readReferReport(notify);
    if (!report) return notify.respond(481);
    notify.respond(200, { dialogAccount: this.#options.account });
    if (this.#isOver) return;
    const { status, isTerminated } = report;
    if (!status && isTerminated) return this.#fail(500, 'the report cannot be read');
    if (!status) return;
    const isFinal = isTerminated || status.statusCode >= 200;
    if (isFinal) this.#finish();
    this.events.emit('progress', { ...status, isFinal });
  }

  #fail(statusCode: number, reason: string): void {
    if (this.#isOver) return;
    this.#finish();
    this.events.emit('failed', { statusCode, reason });
  }

  #finish(): void {
    this.#isOver = true;
    this.#limit.cancel();
    this.#stopExpecting?.();
    this.#dialog?.close();
  }
}
