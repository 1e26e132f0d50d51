// The accounts of the phone and their registrations, kept in step.
import type { Logger } from '../../base/logger.ts';
import { TypedEmitter } from '../../base/typed-emitter.ts';
import { isSameHost, type SipRequest } from '../../sip/syntax/index.ts';
import type { UserAgentCore } from '../../sip/core/index.ts';
import { Registration, type RegistrationReport } from '../../sip/usage/register/index.ts';
import type { Account } from './account.ts';

export interface RegistrationsEvents {
  changed: undefined;
}

interface Entry {
  readonly account: Account;
  registration: Registration | undefined;
}

const UNREGISTERED: RegistrationReport = { state: 'unregistered' };

export class Registrations {
  readonly events: TypedEmitter<RegistrationsEvents>;
  readonly #core: UserAgentCore;
  readonly #entries = new Map<string, Entry>();

  constructor(core: UserAgentCore, logger: Logger) {
    this.#core = core;
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
    entry.registration ??= this.#open(entry.account);
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
    this.events.emit('changed', undefined);
  }

  /** RFC 3261 §8.2.2.1: the account that a request is for, by the user part that we registered, then by its own address. */
  accountFor(request: SipRequest): Account | undefined {
    const { requestUri, to } = request;
    const accounts = this.accounts;
    const user = requestUri.kind === 'sip' ? requestUri.user : undefined;
    const fitting = accounts.filter(
      ({ identity, address }) => user !== undefined && (identity.contactUser === user || address.user === user),
    );
    if (fitting.length <= 1) return fitting[0];
    const toHost = to.uri.kind === 'sip' ? to.uri.host : '';
    return fitting.find(({ address }) => isSameHost(address.host, toHost)) ?? fitting[0];
  }

  async close(): Promise<void> {
    await Promise.all([...this.#entries.values()].map(async ({ registration }) => registration?.close()));
    this.#entries.clear();
  }

  #open(account: Account): Registration {
    const registration = new Registration({
      core: this.#core,
      account: account.identity,
      registrar: account.registrar,
      settings: { expiresSec: account.settings.registerExpiresSec },
    });
    registration.events.on('changed', () => this.events.emit('changed', undefined));
    return registration;
  }
}
