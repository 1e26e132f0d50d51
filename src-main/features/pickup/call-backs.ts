// Calls somebody as soon as their line is free, because the user asked for it. RFC 5359 §2.17, RFC 4235 §3.
import type { Timer } from '../../base/runtime.ts';
import { err, ok, type Result } from '../../base/result.ts';
import { bodyText, type UserAgentCore } from '../../sip/core/index.ts';
import type { SipUri } from '../../sip/syntax/index.ts';
import { DIALOG_INFO_TYPE, DialogWatch, parseDialogInfo, Subscription } from '../../sip/usage/index.ts';
import { parseDialTarget, type CallFailure, type CallManager } from '../call/index.ts';
import { plainAddress, type Account } from '../registration/index.ts';

export interface CallBack {
  readonly address: string;
  readonly accountId: string;
  /** When it is given up. */
  readonly untilMs: number;
}

export interface CallBacksOptions {
  readonly core: UserAgentCore;
  readonly calls: CallManager;
  readonly onChanged: () => void;
  /** What the user should know without having asked for it now. */
  readonly tell: (text: string) => void;
}

const MAX_CALL_BACKS = 8;
const LIMIT_MS = 3_600_000;

interface Entry extends CallBack {
  readonly account: Account;
  readonly target: SipUri;
  readonly subscription: Subscription;
  readonly limit: Timer;
  readonly watch: DialogWatch;
  /** The line has said so. */
  isFree: boolean;
}

type Outcome = Promise<Result<{ readonly address: string }, CallFailure>>;

/** One for each address; none of them disturbs a call that goes on here. */
export class CallBacks {
  readonly #options: CallBacksOptions;
  readonly #entries = new Map<string, Entry>();

  constructor(options: CallBacksOptions) {
    this.#options = options;
    options.calls.events.on('changed', () => this.#callWhoIsFree());
  }

  list(): readonly CallBack[] {
    return [...this.#entries.values()].map(({ address, accountId, untilMs }) => ({ address, accountId, untilMs }));
  }

  /** Resolves once the line lets itself be watched. */
  add(account: Account, text: string): Outcome {
    const target = parseDialTarget(text, account.address);
    if (!target.ok) return Promise.resolve(err({ code: 'badTarget', message: target.error }));
    const address = plainAddress(target.value);
    if (this.#entries.has(address)) return Promise.resolve(ok({ address }));
    if (this.#entries.size >= MAX_CALL_BACKS)
      return Promise.resolve(err({ code: 'busy', message: `At most ${MAX_CALL_BACKS} lines can be waited for.` }));
    const entry = this.#create(account, target.value, address);
    this.#entries.set(address, entry);
    this.#options.onChanged();
    return this.#follow(entry);
  }

  /** False when nobody waits for this line. */
  cancel(address: string): boolean {
    const entry = this.#entries.get(address);
    if (entry) this.#remove(entry);
    return entry !== undefined;
  }

  close(): void {
    for (const entry of [...this.#entries.values()]) this.#remove(entry);
  }

  #create(account: Account, target: SipUri, address: string): Entry {
    const { core, tell } = this.#options;
    const { runtime } = core;
    const giveUp = (): void => {
      if (this.cancel(address)) tell(`${address} was not free within an hour; it is not waited for any longer.`);
    };
    return {
      ...{ account, target, address, accountId: account.id, watch: new DialogWatch(), isFree: false },
      untilMs: runtime.wallMs() + LIMIT_MS,
      limit: runtime.setTimer(LIMIT_MS, giveUp, true),
      subscription: new Subscription({
        ...{ core, account: account.identity, target, event: 'dialog', accept: [DIALOG_INFO_TYPE] },
      }),
    };
  }

  #follow(entry: Entry): Outcome {
    const { subscription, watch, address } = entry;
    subscription.events.on('notified', ({ body }) => {
      const info = body && parseDialogInfo(bodyText(body));
      if (!info) return;
      if (!watch.take(info)) subscription.refresh();
      entry.isFree = watch.line === 'idle';
      this.#callWhoIsFree();
    });
    const outcome: Outcome = new Promise((resolve) => {
      subscription.events.on('changed', ({ state, statusCode, reason }) => {
        if (state === 'active' || state === 'pending') return resolve(ok({ address }));
        if (state !== 'refused' && state !== 'waiting' && state !== 'ended') return;
        const why = [statusCode, reason].filter(Boolean).join(' ');
        const message = `${address} does not tell when it is free${why === '' ? '' : `: ${why}`}.`;
        if (this.#entries.get(address) === entry) this.#remove(entry);
        resolve(err({ code: 'rejected', message }));
      });
    });
    subscription.subscribe();
    return outcome;
  }

  /** RFC 5359 §2.17: the line is free: it is called, unless the user speaks to somebody else now. */
  #callWhoIsFree(): void {
    const { calls, tell } = this.#options;
    if (this.#entries.size === 0 || calls.list().some(({ phase }) => phase !== 'ended')) return;
    const entry = [...this.#entries.values()].find(({ isFree }) => isFree);
    if (!entry) return;
    this.#remove(entry);
    tell(`${entry.address} is free now, and is being called.`);
    calls.callFor(entry.account, entry.target, []);
  }

  #remove(entry: Entry): void {
    this.#entries.delete(entry.address);
    entry.limit.cancel();
    entry.subscription.unsubscribe();
    this.#options.onChanged();
  }
}
