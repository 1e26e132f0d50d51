// A REFER outside any call, to a server that shall call somebody: a park server, a music server. RFC 3515 §2.4, RFC 5359 §2.15.
import {
  RequestSeries,
  type AccountIdentity,
  type IncomingRequest,
  type UsageDialog,
  type UserAgentCore,
} from '../../core/index.ts';
import { formatNameAddress, NameAddress, Parameters, type SipRequest, type Uri } from '../../syntax/index.ts';
import { ReferProgress } from './refer-progress.ts';
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
  readonly #options: StandaloneReferOptions;
  readonly #progress: ReferProgress;
  #dialog: UsageDialog | undefined;
  #stopExpecting: (() => void) | undefined;

  constructor(options: StandaloneReferOptions) {
    this.#options = options;
    this.#progress = new ReferProgress(options.core, REPORT_LIMIT_MS, () => {
      this.#stopExpecting?.();
      this.#dialog?.close();
    });
    void this.#send();
  }

  get events(): ReferProgress['events'] {
    return this.#progress.events;
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
    if (!this.#progress.answered(result) || !result.ok || !sent) return;
    this.#dialog ??= core.usageDialogs.openFromResponse(sent, result.value, account, (it) => this.#onNotify(it));
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
    this.#progress.report(report);
  }
}
