// What others may see of the user: published at the accounts' servers, and told to phones that ask. RFC 3903, RFC 3856, RFC 4235.
import { textBody, type AccountIdentity, type Flow, type UserAgentCore } from '../../sip/core/index.ts';
import { formatUri, type SipRequest } from '../../sip/syntax/index.ts';
import {
  DIALOG_INFO_TYPE,
  formatDialogInfo,
  formatPidf,
  PIDF_TYPE,
  Publication,
  type Notifier,
  type Activity,
  type PresenceState,
  type ToldDialog,
} from '../../sip/usage/index.ts';
import type { CallInfo, CallManager } from '../call/index.ts';
import { plainAddress, type Account, type Registrations } from '../registration/index.ts';

export interface OwnPresenceOptions {
  readonly core: UserAgentCore;
  readonly notifier: Notifier;
  readonly calls: CallManager;
  readonly registrations: Registrations;
  readonly accountFor: (request: SipRequest, flow: Flow) => Account | undefined;
  /** Whether this sender may see the user's state. */
  readonly mayWatch: (address: string) => boolean;
  /** Whoever may watch may pick up and join: they are told what that needs. */
  readonly allowsPickUp: boolean;
  readonly onChanged: () => void;
}

export interface OwnPresence {
  readonly activity: Activity;
  readonly note: string;
}

const STATES = {
  dialing: 'trying',
  ringing: 'early',
  early: 'early',
  connected: 'confirmed',
  ended: 'terminated',
} as const;

export class OwnPresencePublisher {
  readonly #options: OwnPresenceOptions;
  readonly #notifier: Notifier;
  readonly #publications = new Map<Account, Publication>();
  #own: OwnPresence | undefined;
  #shown = '';

  constructor(options: OwnPresenceOptions) {
    this.#options = options;
    const isAllowed = ({ from }: SipRequest): boolean => options.mayWatch(plainAddress(from.uri));
    const accountFor = (request: SipRequest, flow: Flow): AccountIdentity | undefined =>
      options.accountFor(request, flow)?.identity;
    this.#notifier = options.notifier;
    this.#notifier.serve({
      ...{ event: 'presence', contentType: PIDF_TYPE, accountFor, isAllowed },
      body: ({ address }) => textBody(PIDF_TYPE, formatPidf(plainAddress(address), this.#state)),
    });
    this.#notifier.serve({
      ...{ event: 'dialog', contentType: DIALOG_INFO_TYPE, accountFor, isAllowed },
      body: (account, version) => textBody(DIALOG_INFO_TYPE, this.#dialogInfo(account, version)),
    });
    options.calls.events.on('changed', () => this.#onCallsChanged());
    options.registrations.events.on('changed', () => this.#publish());
  }

  /** Undefined while the user has said nothing: then nothing is published. */
  get own(): OwnPresence | undefined {
    return this.#own;
  }

  set(own: OwnPresence | undefined): void {
    this.#own = own;
    this.#notifier.changed('presence');
    if (!own) for (const publication of this.#publications.values()) publication.remove();
    this.#shown = '';
    this.#publish();
    this.#options.onChanged();
  }

  close(): void {
    for (const publication of this.#publications.values()) publication.remove();
  }

  /** RFC 4480 §3.2: a call is told without being asked, as long as the user says to be there. */
  get #state(): PresenceState {
    const { activity = 'available', note = '' } = this.#own ?? {};
    const isTalking = this.#options.calls.list().some(({ phase }) => phase === 'connected');
    const shown = activity === 'available' && isTalking ? 'onThePhone' : activity;
    return { isOpen: shown !== 'offline', activity: shown, note };
  }

  #onCallsChanged(): void {
    // WHY: a phone with hundreds of calls and nobody who watches has better things to do.
    if (this.#notifier.watcherCount === 0 && !this.#own) return;
    const before = this.#shown;
    this.#shown = JSON.stringify([this.#state, this.#options.calls.list().map(({ id, phase }) => [id, phase])]);
    if (before === this.#shown) return;
    this.#notifier.changed('dialog');
    this.#notifier.changed('presence');
    this.#publish();
  }

  #publish(): void {
    if (!this.#own) return;
    const { registrations, core } = this.#options;
    for (const [account, publication] of this.#publications) {
      if (registrations.get(account.id) === account) continue;
      publication.remove();
      this.#publications.delete(account);
    }
    for (const account of registrations.accounts) {
      if (account.isTestLine || registrations.reportOf(account.id).state !== 'registered') continue;
      const text = formatPidf(plainAddress(account.address), this.#state);
      const known = this.#publications.get(account);
      const publication = known ?? new Publication({ core, account: account.identity, event: 'presence' });
      this.#publications.set(account, publication);
      if (!known || publication.text !== text) publication.publish(textBody(PIDF_TYPE, text));
    }
  }

  /** RFC 4235 §6: who knows the identifiers of a call can take it, so that they go only where the user wants that. */
  #pickUpFacts(callId: string): Partial<ToldDialog> {
    const { allowsPickUp, calls } = this.#options;
    const dialog = allowsPickUp ? calls.dialogOf(callId) : undefined;
    if (!dialog) return {};
    const { id, remote, remoteTarget } = dialog;
    return {
      ...{ callId: id.callId, localTag: id.localTag, remoteTag: id.remoteTag },
      ...{ remote: plainAddress(remote.uri), remoteTarget: formatUri(remoteTarget) },
    };
  }

  #dialogInfo(account: AccountIdentity, version: number): string {
    const ofAccount = (call: CallInfo): boolean =>
      this.#options.registrations.get(call.accountId)?.identity === account && call.phase !== 'ended';
    const dialogs = this.#options.calls
      .list()
      .filter(ofAccount)
      .map(({ id, direction, phase }) => ({
        id,
        direction: direction === 'outgoing' ? ('initiator' as const) : ('recipient' as const),
        state: STATES[phase],
        ...this.#pickUpFacts(id),
      }));
    return formatDialogInfo(plainAddress(account.address), version, dialogs);
  }
}
