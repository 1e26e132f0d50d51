// The accounts of the phone and their registrations, kept in step.
import type { Logger } from '../../base/logger.ts';
import { TypedEmitter } from '../../base/typed-emitter.ts';
import { isSameHost, type SipRequest, type SipUri } from '../../sip/syntax/index.ts';
import type { Flow, UserAgentCore } from '../../sip/core/index.ts';
import { Registration, type RegistrationReport } from '../../sip/usage/register/index.ts';
import type { Account } from './account.ts';

export interface RegistrationsEvents {
  changed: undefined;
}

interface Entry {
  /** With what its registration brought: routes, GRUU, public address. */
  account: Account;
  registration: Registration | undefined;
}

const UNREGISTERED: RegistrationReport = { state: 'unregistered' };

export class Registrations {
  readonly events: TypedEmitter<RegistrationsEvents>;
  readonly #core: UserAgentCore;
  readonly #instanceId: string | undefined;
  readonly #entries = new Map<string, Entry>();

  /** `instanceId` is the `urn:uuid:…` of this installation. RFC 5626 §4.1 */
  constructor(core: UserAgentCore, logger: Logger, instanceId?: string) {
    this.#core = core;
    this.#instanceId = instanceId;
    this.events = new TypedEmitter(logger);
  }

  get accounts(): readonly Account[] {
    return [...this.#entries.values()].map(({ account }) => account);
  }

  get(accountId: string): Account | undefined {
    return this.#entries.get(accountId)?.account;
  }

  reportOf(accountId: string): RegistrationReport {
    return this.#entries.get(accountId)?.registration?.report ?? UNREGISTERED;
  }

  /** Adds the account, or puts it in the place of the one with its id; registers when the account wants that. */
  async put(account: Account): Promise<void> {
    await this.remove(account.id);
    this.#entries.set(account.id, { account, registration: undefined });
    if (account.settings.register) this.register(account.id);
    else this.events.emit('changed', undefined);
  }

  async remove(accountId: string): Promise<void> {
    const entry = this.#entries.get(accountId);
    if (!entry) return;
    this.#entries.delete(accountId);
    this.events.emit('changed', undefined);
    await entry.registration?.close();
  }

  /** Registers now, whatever was waited for. */
  register(accountId: string): void {
    const entry = this.#entries.get(accountId);
    if (!entry) return;
    entry.registration ??= this.#open(entry);
    entry.registration.register();
    this.events.emit('changed', undefined);
  }

  /** The network changed: every account that was registered, or tried to be, registers over new ways. */
  renewAll(): void {
    for (const { registration } of this.#entries.values()) registration?.renew();
  }

  /** Removes the binding; resolves when the registrar has answered or given no sign of life. */
  async unregister(accountId: string): Promise<void> {
    const entry = this.#entries.get(accountId);
    const registration = entry?.registration;
    if (!entry || !registration) return;
    await registration.close();
    entry.registration = undefined;
    entry.account = { ...entry.account, identity: entry.account.configured };
    this.events.emit('changed', undefined);
  }

  /** RFC 3261 §8.2.2.1: the account that a request is for, by the user part that we registered, then by its own address. */
  accountFor(request: SipRequest, flow?: Flow): Account | undefined {
    const { requestUri, to } = request;
    // What comes to the port of one account is for nobody else.
    const accounts = this.accounts.filter(({ id }) => flow?.listener === undefined || flow.listener === id);
    const user = requestUri.kind === 'sip' ? requestUri.user : undefined;
    const fitting = accounts.filter(
      ({ identity, address }) => user !== undefined && (identity.contactUser === user || address.user === user),
    );
    if (fitting.length <= 1) return fitting[0];
    const toHost = to.uri.kind === 'sip' ? to.uri.host : '';
    const named = fitting.filter(({ address }) => isSameHost(address.host, toHost));
    const likely = named.length > 0 ? named : fitting;
    return likely.find(({ configured }) => configured.listener === flow?.listener) ?? likely[0];
  }

  /** Whether a message over `flow` comes from the server that the account is registered with. RFC 3325 §5 */
  isOwnServer(accountId: string, flow: Flow): boolean {
    return this.#entries.get(accountId)?.registration?.isOwnServer(flow) === true;
  }

  /** The account as it speaks in a call whose caller hides. RFC 5627 §4.4 */
  anonymousContactOf(accountId: string): SipUri | undefined {
    return this.#entries.get(accountId)?.registration?.temporaryGruu;
  }

  async close(): Promise<void> {
    await Promise.all([...this.#entries.values()].map(async ({ registration }) => registration?.close()));
    this.#entries.clear();
  }

  #open(entry: Entry): Registration {
    const { settings, configured, registrar } = entry.account;
    const registration = new Registration({
      core: this.#core,
      account: configured,
      registrar,
      settings: { expiresSec: settings.registerExpiresSec },
      ...(this.#instanceId !== undefined && { instanceId: this.#instanceId }),
      ...(settings.gruu !== undefined && { usesGruu: settings.gruu }),
    });
    registration.events.on('changed', () => {
      entry.account = { ...entry.account, identity: registration.account };
      this.events.emit('changed', undefined);
    });
    return registration;
  }
}
