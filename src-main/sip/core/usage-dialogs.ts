// Dialogs without a session: those of subscriptions, by which NOTIFY and refreshing SUBSCRIBE go. RFC 3261 §12; RFC 6665 §4.1, §4.2.
import { err, ok, type Result } from '../../base/result.ts';
import { buildResponse, type SipRequest, type SipResponse } from '../syntax/index.ts';
import type { ServerTransaction } from '../transaction/index.ts';
import type { AccountIdentity } from './account-identity.ts';
import { putBody, type Body } from './body.ts';
import type { CoreContext } from './core-context.ts';
import { calleeDialog, callerDialog, dialogIdOf, type Dialog } from './dialog.ts';
import { DialogTable, type DialogOwner } from './dialog-table.ts';
import { IncomingRequest } from './incoming-request.ts';
import { addExtraHeaders, type ExtraHeaders } from './new-request.ts';
import type { RequestFailure } from './send-options.ts';

/** Dialogs of this kind at a time; who opens one more is refused. */
const MAX_USAGE_DIALOGS = 512;
/** Requests whose first NOTIFY is still to come. */
const MAX_EXPECTED = 256;

export type RequestTaker = (request: IncomingRequest) => void;

export interface UsageDialogOptions {
  readonly context: CoreContext;
  readonly dialog: Dialog;
  readonly account: AccountIdentity;
  readonly onRequest: RequestTaker;
  readonly onClosed: () => void;
}

/** One dialog, from either side, until `close`. */
export class UsageDialog implements DialogOwner {
  readonly dialog: Dialog;
  readonly #options: UsageDialogOptions;

  constructor(options: UsageDialogOptions) {
    this.#options = options;
    this.dialog = options.dialog;
  }

  /** A request within the dialog and its final response. Never rejects. */
  request(
    method: string,
    parts: { readonly headers?: ExtraHeaders; readonly body?: Body } = {},
  ): Promise<Result<SipResponse, RequestFailure>> {
    const { context, account } = this.#options;
    const request = this.dialog.buildRequest(method);
    request.headers.set('User-Agent', context.settings.userAgent);
    addExtraHeaders(request, parts.headers);
    putBody(request, parts.body);
    return new Promise((resolve) => {
      context.sender.send({
        request,
        nextHop: this.dialog.nextHop,
        account,
        hasContact: true,
        nextSequence: () => this.dialog.nextSequence(),
        user: {
          onFinal: (response) => {
            if (response.isSuccess) this.dialog.refreshTarget(response);
            resolve(ok(response));
          },
          onFailure: (failure) => resolve(err(failure)),
        },
      });
    });
  }

  takeSequence(request: SipRequest): boolean {
    return this.dialog.takeRequest(request) === 'inOrder';
  }

  onRequest(transaction: ServerTransaction): void {
    const { context, account, onRequest } = this.#options;
    const { request } = transaction;
    // RFC 6665 §4.4.1: a dialog of a subscription knows no other methods than its own
    if (request.method !== 'NOTIFY' && request.method !== 'SUBSCRIBE') {
      transaction.respond(buildResponse(request, request.method === 'OPTIONS' ? 200 : 405));
      return;
    }
    this.dialog.refreshTarget(request);
    onRequest(new IncomingRequest({ context, transaction, account }));
  }

  onAck(): void {}

  /** Forgets the dialog; requests for it are 481 from now on. */
  close(): void {
    this.#options.onClosed();
  }
}

interface Expected {
  readonly callId: string;
  readonly localTag: string;
  readonly take: RequestTaker;
}

export class UsageDialogs {
  readonly #context: CoreContext;
  readonly #table = new DialogTable<UsageDialog>();
  readonly #expected = new Set<Expected>();

  constructor(context: CoreContext) {
    this.#context = context;
  }

  get size(): number {
    return this.#table.size;
  }

  /** Whose request it is; undefined when no dialog fits. */
  find(request: SipRequest): UsageDialog | undefined {
    return this.#table.find(dialogIdOf(request));
  }

  /**
   * RFC 6665 §4.1.2.4: NOTIFYs that come before the response, or from further forks, are known by Call-ID and the From tag of
   * the SUBSCRIBE. Undefined when too many wait already.
   */
  expect(callId: string, localTag: string, take: RequestTaker): (() => void) | undefined {
    if (this.#expected.size >= MAX_EXPECTED) return undefined;
    const entry = { callId, localTag, take };
    this.#expected.add(entry);
    return () => void this.#expected.delete(entry);
  }

  /** A request with a To tag that fits no dialog; false when nobody expects it. */
  takeExpected(transaction: ServerTransaction): boolean {
    const { callId, localTag } = dialogIdOf(transaction.request);
    for (const entry of this.#expected) {
      if (entry.callId !== callId || entry.localTag !== localTag) continue;
      entry.take(new IncomingRequest({ context: this.#context, transaction }));
      return true;
    }
    return false;
  }

  /** The subscriber's side, from a NOTIFY. Undefined when there are too many dialogs. RFC 6665 §4.4.1 */
  openFromNotify(notify: SipRequest, account: AccountIdentity, onRequest: RequestTaker): UsageDialog | undefined {
    return this.#open(calleeDialog(notify, notify.to.tag ?? ''), account, onRequest);
  }

  /** The subscriber's side, from a 2xx to `request`. */
  openFromResponse(
    request: SipRequest,
    response: SipResponse,
    account: AccountIdentity,
    onRequest: RequestTaker,
  ): UsageDialog | undefined {
    return this.#open(callerDialog(request, response), account, onRequest);
  }

  /** The notifier's side; `incoming` is then answered with `dialogAccount`. RFC 6665 §4.2.1 */
  openFromSubscribe(
    incoming: IncomingRequest,
    account: AccountIdentity,
    onRequest: RequestTaker,
  ): UsageDialog | undefined {
    return this.#open(calleeDialog(incoming.request, incoming.localTag), account, onRequest);
  }

  #open(dialog: Dialog, account: AccountIdentity, onRequest: RequestTaker): UsageDialog | undefined {
    if (this.#table.size >= MAX_USAGE_DIALOGS) return undefined;
    const { id } = dialog;
    const usage = new UsageDialog({
      context: this.#context,
      dialog,
      account,
      onRequest,
      onClosed: () => this.#table.remove(id),
    });
    this.#table.add(id, usage);
    return usage;
  }
}
