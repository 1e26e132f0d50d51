// People whose presence and line the user watches. RFC 3856, RFC 4235.
import { bodyText, type UserAgentCore } from '../../sip/core/index.ts';
import {
  DIALOG_INFO_TYPE,
  DialogWatch,
  parseDialogInfo,
  parsePidf,
  PIDF_TYPE,
  Subscription,
  type LineState,
  type PresenceState,
  type WatchedDialog,
} from '../../sip/usage/index.ts';
import { err, ok, type Result } from '../../base/result.ts';
import { parseDialTarget, type CallFailure } from '../call/index.ts';
import { plainAddress, type Account } from '../registration/index.ts';
import { PresenceBook } from './presence-book.ts';

export interface WatchedPerson {
  readonly address: string;
  readonly accountId: string;
  /** Undefined while their server has said nothing, or refuses to. */
  readonly presence: PresenceState | undefined;
  readonly line: LineState | undefined;
  readonly dialogs: readonly WatchedDialog[];
  /** Why nothing is known. */
  readonly reason: string | undefined;
}

export interface WatchesOptions {
  readonly core: UserAgentCore;
  readonly onChanged: () => void;
}

/** Each is two subscriptions. */
const MAX_WATCHED = 100;

interface Entry {
  readonly account: Account;
  readonly subscriptions: readonly Subscription[];
  dialogWatch: DialogWatch;
  readonly presences: PresenceBook;
  hasLine: boolean;
  reason: string | undefined;
}

export class Watches {
  readonly #options: WatchesOptions;
  readonly #entries = new Map<string, Entry>();

  constructor(options: WatchesOptions) {
    this.#options = options;
  }

  list(): readonly WatchedPerson[] {
    return [...this.#entries].map(([address, entry]) => ({
      address,
      accountId: entry.account.id,
      presence: entry.presences.state,
      line: entry.hasLine ? entry.dialogWatch.line : undefined,
      dialogs: entry.dialogWatch.dialogs,
      reason: entry.reason,
    }));
  }

  watch(account: Account, text: string): Result<{ readonly address: string }, CallFailure> {
    const target = parseDialTarget(text, account.address);
    if (!target.ok) return err({ code: 'badTarget', message: target.error });
    const address = plainAddress(target.value);
    if (this.#entries.has(address)) return ok({ address });
    if (this.#entries.size >= MAX_WATCHED)
      return err({ code: 'busy', message: `At most ${MAX_WATCHED} people can be watched.` });
    const { core } = this.#options;
    const common = { core, account: account.identity, target: target.value };
    const presence = new Subscription({ ...common, event: 'presence', accept: [PIDF_TYPE] });
    const dialog = new Subscription({ ...common, event: 'dialog', accept: [DIALOG_INFO_TYPE] });
    const entry: Entry = {
      ...{ account, subscriptions: [presence, dialog], dialogWatch: new DialogWatch() },
      ...{ presences: new PresenceBook(), hasLine: false, reason: undefined },
    };
    this.#entries.set(address, entry);
    this.#follow(entry, presence, dialog);
    return ok({ address });
  }

  unwatch(address: string): boolean {
    const entry = this.#entries.get(address);
    for (const subscription of entry?.subscriptions ?? []) subscription.unsubscribe();
    this.#entries.delete(address);
    this.#options.onChanged();
    return entry !== undefined;
  }

  close(): void {
    for (const address of [...this.#entries.keys()]) this.unwatch(address);
  }

  #follow(entry: Entry, presence: Subscription, dialog: Subscription): void {
    presence.events.on('notified', ({ body, source, isLast }) => {
      const state = body && parsePidf(bodyText(body));
      if (isLast) entry.presences.forget(source);
      else if (state) entry.presences.note(source, state);
      this.#options.onChanged();
    });
    dialog.events.on('notified', ({ body }) => {
      const info = body && parseDialogInfo(bodyText(body));
      if (!info) return;
      entry.hasLine = true;
      // RFC 4235 §4.1.1: after a gap the whole is asked for again
      if (!entry.dialogWatch.take(info)) dialog.refresh();
      this.#options.onChanged();
    });
    for (const subscription of [presence, dialog]) {
      subscription.events.on('changed', ({ state, reason, statusCode }) => {
        const isWrong = state === 'refused' || state === 'waiting';
        if (isWrong && subscription === dialog) entry.dialogWatch = new DialogWatch();
        if (isWrong && subscription === dialog) entry.hasLine = false;
        if (isWrong && subscription === presence) entry.presences.clear();
        entry.reason = isWrong ? [statusCode, reason].filter(Boolean).join(' ') : undefined;
        this.#options.onChanged();
      });
      subscription.subscribe();
    }
  }
}
