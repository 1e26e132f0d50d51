// Tells the user's other phones how many messages wait here. RFC 3842 §4.
import { textBody, type AccountIdentity, type Flow } from '../../../sip/core/index.ts';
import type { SipRequest } from '../../../sip/syntax/index.ts';
import { formatMessageSummary, MESSAGE_SUMMARY_TYPE, type Notifier } from '../../../sip/usage/index.ts';
import { plainAddress, type Account } from '../../registration/index.ts';
import type { MessageStore } from '../messages/index.ts';

const EVENT = 'message-summary';

export interface MailboxNotifierOptions {
  readonly notifier: Notifier;
  readonly messages: MessageStore;
  readonly accountFor: (request: SipRequest, flow: Flow) => Account | undefined;
  readonly isOwnServer: (accountId: string, flow: Flow) => boolean;
}

export class MailboxNotifier {
  readonly #options: MailboxNotifierOptions;
  readonly #notifier: Notifier;

  constructor(options: MailboxNotifierOptions) {
    this.#options = options;
    this.#notifier = options.notifier;
    this.#notifier.serve({
      ...{ event: EVENT, contentType: MESSAGE_SUMMARY_TYPE },
      accountFor: (request, flow) => options.accountFor(request, flow)?.identity,
      isAllowed: (request, flow) => this.#isOwner(request, flow),
      body: (account) => textBody(MESSAGE_SUMMARY_TYPE, this.#summaryOf(account)),
    });
  }

  /** A message came, was heard, or went. */
  changed(): void {
    this.#notifier.changed(EVENT);
  }

  /** RFC 3842 §4: the mailbox is nobody else's affair; the own server vouches that the asking phone is the user's. */
  #isOwner(request: SipRequest, flow: Flow): boolean {
    const account = this.#options.accountFor(request, flow);
    if (!account || !this.#options.isOwnServer(account.id, flow)) return false;
    return plainAddress(request.from.uri) === plainAddress(account.address);
  }

  #summaryOf(account: AccountIdentity): string {
    const address = plainAddress(account.address);
    const messages = this.#options.messages.list();
    const newCount = messages.filter(({ isHeard }) => !isHeard).length;
    return formatMessageSummary({ newCount, oldCount: messages.length - newCount, address });
  }
}
