// The accounts that this phone runs: those of the user or of the config file, and the test line while there is no other.
import type { AccountConfig, SipSettings } from '../../src-shared/contract/index.ts';
import type { Logger } from '../base/logger.ts';
import { createAccount, plainAddress, type Account, type Registrations } from '../features/registration/index.ts';
import { listenEverywhere, ownWishesOf } from './listening.ts';
import type { KnownServers } from './known-servers.ts';
import type { LocalAddresses } from './local-address.ts';
import type { TransportLayer } from '../sip/transport/index.ts';

export interface AccountsOptions {
  readonly registrations: Registrations;
  readonly addresses: LocalAddresses;
  readonly servers: KnownServers;
  readonly logger: Logger;
  readonly testLine: Account | undefined;
  readonly transport: TransportLayer;
  /** The sockets that the config file names; when it names some, no others are opened for all. */
  readonly listen: SipSettings['listen'];
  /** What the user should know of an account without having asked for it. */
  readonly tell: (text: string) => void;
}

export class Accounts {
  readonly #options: AccountsOptions;

  constructor(options: AccountsOptions) {
    this.#options = options;
  }

  /** The first real account, else the test line. */
  get usual(): Account | undefined {
    const { accounts } = this.#options.registrations;
    return accounts.find(({ isTestLine }) => !isTestLine) ?? accounts[0];
  }

  async start(configs: readonly AccountConfig[]): Promise<void> {
    for (const config of configs) {
      const account = createAccount(config);
      if (account.ok) await this.put(account.value);
      else this.#options.logger.error('an account cannot be used', { id: config.id, reason: account.error });
    }
    await this.#arrangeTestLine();
  }

  async put(account: Account): Promise<void> {
    const { addresses, servers, registrations, transport, listen } = this.#options;
    await addresses.learn(account);
    // WHY: not waited for, since the registrar's own address is known from the registration.
    if (account.settings.register) void servers.learn(account);
    const isElsewhere = !addresses.of(account).startsWith('127.');
    if (isElsewhere && listen.length === 0) await listenEverywhere(transport);
    await this.#listenFor(account, isElsewhere);
    await registrations.put(account);
    await this.#arrangeTestLine();
  }

  async remove(accountId: string): Promise<void> {
    await this.#options.registrations.remove(accountId);
    this.#options.transport.stopListeningFor(accountId);
    await this.#arrangeTestLine();
  }

  /** A port that cannot be had is the failure of this account, and no other knows of it. */
  async #listenFor(account: Account, isElsewhere: boolean): Promise<void> {
    const { transport, registrations, listen, tell } = this.#options;
    const { id, settings, address } = account;
    // The binding that is there was made from the old port, and is taken back from there.
    if (registrations.get(id)?.settings.listenPort !== settings.listenPort) await registrations.remove(id);
    const wishes = ownWishesOf(account, listen, isElsewhere);
    if (!wishes) {
      transport.stopListeningFor(id);
      return;
    }
    const opened = await transport.listenFor(id, wishes);
    if (!opened.ok) tell(`${plainAddress(address)} cannot be used: ${opened.error.message}.`);
  }

  /** The test line is for a phone that has no account: a real one takes its place. */
  async #arrangeTestLine(): Promise<void> {
    const { registrations, testLine } = this.#options;
    if (!testLine) return;
    const hasReal = registrations.accounts.some(({ isTestLine }) => !isTestLine);
    const isThere = registrations.get(testLine.id) !== undefined;
    if (hasReal && isThere) await registrations.remove(testLine.id);
    if (!hasReal && !isThere) await registrations.put(testLine);
  }
}
