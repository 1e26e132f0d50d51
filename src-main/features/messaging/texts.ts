// Text messages: sent, received, kept, and what became of them. RFC 3428, RFC 3994, RFC 5438.
import type { Timer } from '../../base/runtime.ts';
import { randomToken, type Runtime } from '../../base/runtime.ts';
import { err, ok, type Result } from '../../base/result.ts';
import type { Body, Flow, IncomingRequest, UserAgentCore } from '../../sip/core/index.ts';
import { textBody } from '../../sip/core/index.ts';
import type { SipRequest, SipUri } from '../../sip/syntax/index.ts';
import {
  CPIM_TYPE,
  formatCpim,
  formatImdn,
  formatIsComposing,
  IMDN_TYPE,
  IS_COMPOSING_TYPE,
  type Disposition,
} from '../../sip/usage/index.ts';
import type { TextQuery, TextRecord, TextRepository } from '../../storage/index.ts';
import { parseDialTarget, type CallFailure, type CallManager } from '../call/index.ts';
import { plainAddress, type Account } from '../registration/index.ts';
import { ACCEPTED_TEXT_TYPES, readText, type ReportWish } from './received-text.ts';
import { RateLimit } from './rate-limit.ts';

export interface TextSettings {
  /** Tells senders who ask that their text has come. RFC 5438 */
  readonly sendDelivered: boolean;
  /** Tells senders who ask that their text has been read. */
  readonly sendDisplayed: boolean;
  /** Asks receivers for the same. */
  readonly requestReports: boolean;
  /** Tells peers that the user is writing. RFC 3994 */
  readonly sendComposing: boolean;
}

export interface TextsOptions {
  readonly core: UserAgentCore;
  readonly runtime: Runtime;
  readonly repository: TextRepository;
  readonly calls: CallManager;
  readonly settings: TextSettings;
  readonly accountFor: (request: SipRequest, flow: Flow) => Account | undefined;
  readonly onChanged: () => void;
}

const RECENT = 100;
/** What is kept of all texts: a sender of the longest ones for days does not fill the disk. */
const KEPT = { texts: 20_000, characters: 64_000_000 };
/** RFC 3428 §8: what fits a datagram beside its headers. */
const MAX_DATAGRAM_TEXT_BYTES = 1100;
const MAX_STREAM_TEXT_BYTES = 16_000;
const MAX_COMPOSING = 100;
const MAX_WAITING_REPORTS = 500;

interface WaitingReport {
  readonly wish: ReportWish;
  readonly account: Account;
  readonly target: SipUri;
}

export class Texts {
  readonly #options: TextsOptions;
  readonly #composing = new Map<string, Timer>();
  /** Texts whose senders want to hear that they were read, by the text's id. */
  readonly #unreadWishes = new Map<string, WaitingReport>();
  readonly #rate: RateLimit;
  /** Read from the disk when somebody wants to see them. */
  #recent: readonly TextRecord[] | undefined;
  #unread: ReadonlyMap<string, number> | undefined;

  constructor(options: TextsOptions) {
    this.#options = options;
    this.#rate = new RateLimit(options.runtime, { perWindow: 60, windowMs: 10_000 });
    options.core.onRequest('MESSAGE', (message) =>
      this.#receive(message, options.accountFor(message.request, message.flow)),
    );
    options.calls.events.on('message', ({ message, account }) => this.#receive(message, account));
  }

  /** The newest, newest first. */
  get recent(): readonly TextRecord[] {
    return (this.#recent ??= this.#options.repository.list({ limit: RECENT }));
  }

  get unread(): ReadonlyMap<string, number> {
    return (this.#unread ??= this.#options.repository.unreadCounts());
  }

  /** Addresses of those who are writing now. */
  get composing(): ReadonlySet<string> {
    return new Set(this.#composing.keys());
  }

  list(query: TextQuery): readonly TextRecord[] {
    return this.#options.repository.list(query);
  }

  /** Resolves when the other side, or its server, has taken the text or refused it. */
  async send(account: Account, to: string, text: string): Promise<Result<{ readonly textId: string }, CallFailure>> {
    const target = parseDialTarget(to, account.address);
    if (!target.ok) return err({ code: 'badTarget', message: target.error });
    const limit = account.settings.transport === 'udp' ? MAX_DATAGRAM_TEXT_BYTES : MAX_STREAM_TEXT_BYTES;
    if (text.trim() === '') return err({ code: 'rejected', message: 'There is nothing to send.' });
    if (Buffer.byteLength(text) > limit)
      return err({ code: 'rejected', message: `The text is too long to send at once: at most ${limit} bytes.` });
    const { repository, runtime } = this.#options;
    const id = randomToken(runtime);
    repository.add(
      {
        ...{ id, accountId: account.id, direction: 'outgoing', remoteName: '', text, isRead: true },
        ...{ remoteAddress: plainAddress(target.value), atMs: runtime.wallMs(), status: 'sending' },
      },
      KEPT,
    );
    this.#refresh();
    const refusal = await this.#deliver(account, target.value, text, id);
    // A report on the text may have come before the answer to it.
    const isReported = repository.get(id)?.status !== 'sending';
    if (!isReported || refusal) repository.setStatus(id, refusal ? 'failed' : 'sent');
    this.#refresh();
    return refusal ? err(refusal) : ok({ textId: id });
  }

  /** The user writes, or has stopped. RFC 3994 §3 */
  async setComposing(account: Account, to: string, isComposing: boolean): Promise<void> {
    const target = parseDialTarget(to, account.address);
    if (!this.#options.settings.sendComposing || !target.ok) return;
    await this.#request(account, target.value, textBody(IS_COMPOSING_TYPE, formatIsComposing(isComposing)));
  }

  markRead(address: string): void {
    const { repository, settings } = this.#options;
    for (const { id } of repository.list({ limit: RECENT, remoteAddress: address })) {
      const waiting = this.#unreadWishes.get(id);
      this.#unreadWishes.delete(id);
      if (waiting && settings.sendDisplayed) this.#report(waiting, 'displayed');
    }
    repository.markRead(address);
    this.#refresh();
  }

  deleteConversation(address: string): void {
    this.#options.repository.deleteConversation(address);
    this.#refresh();
  }

  // ---- outgoing ----

  async #deliver(account: Account, target: SipUri, text: string, id: string): Promise<CallFailure | undefined> {
    const plain = textBody('text/plain;charset=UTF-8', text);
    if (this.#options.settings.requestReports) {
      const first = await this.#request(account, target, this.#wrap(account, target, { id, text }));
      // RFC 3428 §7: who cannot read CPIM says 415, and gets the bare text
      if (first !== 415) return failureOf(first);
    }
    return failureOf(await this.#request(account, target, plain));
  }

  /** RFC 5438 §6.1.1: the text with an id, and the wish to hear of it. */
  #wrap(account: Account, target: SipUri, { id, text }: { readonly id: string; readonly text: string }): Body {
    const headers = [
      ['From', `<${plainAddress(account.address)}>`],
      ['To', `<${plainAddress(target)}>`],
      ['DateTime', this.#dateTime()],
      ['NS', 'imdn <urn:ietf:params:imdn>'],
      ['imdn.Message-ID', id],
      ['imdn.Disposition-Notification', 'positive-delivery, display'],
    ] as const;
    return textBody(CPIM_TYPE, formatCpim(headers, 'text/plain;charset=UTF-8', text));
  }

  /** The status of the final response; 408 and 503 stand for none. */
  async #request(account: Account, target: SipUri, body: Body): Promise<number> {
    const result = await this.#options.core.request({ method: 'MESSAGE', target, account: account.identity, body });
    if (result.ok) return result.value.statusCode;
    return result.error.kind === 'auth' ? 401 : result.error.kind === 'timeout' ? 408 : 503;
  }

  #report({ wish, account, target }: WaitingReport, disposition: Disposition): void {
    const report = formatImdn({ messageId: wish.messageId, disposition }, this.#dateTime());
    const headers = [
      ['From', `<${plainAddress(account.address)}>`],
      ['To', `<${plainAddress(target)}>`],
    ] as const;
    void this.#request(account, target, textBody(CPIM_TYPE, formatCpim(headers, IMDN_TYPE, report)));
  }

  #dateTime(): string {
    return new Date(this.#options.runtime.wallMs()).toISOString();
  }

  // ---- incoming ----

  #receive(message: IncomingRequest, account: Account | undefined): void {
    if (!account) return message.respond(404);
    if (!this.#rate.take()) return message.respond(503, { headers: [['Retry-After', '10']] });
    const received = readText(message.body);
    if (received.kind === 'refused') {
      const accept = received.statusCode === 415 ? [['Accept', ACCEPTED_TEXT_TYPES.join(', ')] as const] : [];
      return message.respond(received.statusCode, { headers: accept });
    }
    message.respond(200);
    const { from } = message.request;
    const address = plainAddress(from.uri);
    if (received.kind === 'composing') this.#noteComposing(address, received);
    else if (received.kind === 'report') this.#noteReport(received.messageId, address, received.disposition);
    else if (received.text.trim() !== '') this.#keep(message, account, received);
  }

  #keep(
    { request }: IncomingRequest,
    account: Account,
    { text, wish }: { readonly text: string; readonly wish?: ReportWish },
  ): void {
    const { repository, runtime, settings } = this.#options;
    const { uri, displayName = '' } = request.from;
    const id = randomToken(runtime);
    const remoteAddress = plainAddress(uri);
    repository.add(
      {
        ...{ id, accountId: account.id, direction: 'incoming', remoteName: displayName, remoteAddress, text },
        ...{ atMs: runtime.wallMs(), status: 'received', isRead: false },
      },
      KEPT,
    );
    this.#composing.get(remoteAddress)?.cancel();
    this.#composing.delete(remoteAddress);
    if (wish && uri.kind === 'sip') {
      const waiting = { wish, account, target: uri };
      if (wish.isDelivery && settings.sendDelivered) this.#report(waiting, 'delivered');
      if (wish.isDisplay && this.#unreadWishes.size < MAX_WAITING_REPORTS) this.#unreadWishes.set(id, waiting);
    }
    this.#refresh();
  }

  /** RFC 5438 §7: a report counts for a text of ours to that very address. */
  #noteReport(messageId: string, address: string, disposition: Disposition): void {
    const record = this.#options.repository.get(messageId);
    const isOurs = record?.direction === 'outgoing' && record.remoteAddress === address;
    if (!isOurs || record.status === 'displayed') return;
    this.#options.repository.setStatus(messageId, disposition);
    this.#refresh();
  }

  #noteComposing(address: string, state: { readonly isComposing: boolean; readonly refreshSec: number }): void {
    this.#composing.get(address)?.cancel();
    this.#composing.delete(address);
    if (state.isComposing && this.#composing.size < MAX_COMPOSING) {
      const stop = (): void => {
        this.#composing.delete(address);
        this.#options.onChanged();
      };
      this.#composing.set(address, this.#options.runtime.setTimer(state.refreshSec * 1000, stop, true));
    }
    this.#options.onChanged();
  }

  #refresh(): void {
    this.#recent = undefined;
    this.#unread = undefined;
    this.#options.onChanged();
  }
}

function failureOf(statusCode: number): CallFailure | undefined {
  if (statusCode >= 200 && statusCode < 300) return undefined;
  if (statusCode === 408) return { code: 'timeout', message: 'Nobody answered: the text may not have arrived.' };
  if (statusCode === 415) return { code: 'rejected', message: 'The other side cannot read texts (415).' };
  return { code: 'rejected', message: `The text was not taken (${statusCode}).` };
}
