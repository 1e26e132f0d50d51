// The accounts that this phone runs: those of the user or of the config file, and the test line while there is no other.
import type { AccountConfig } from '../../src-shared/contract/index.ts';
import type { Logger } from '../base/logger.ts';
import { createAccount, type Account, type Registrations } from '../features/registration/index.ts';
import { listenEverywhere } from './listening.ts';
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
  /** The config file names the sockets: no others are opened. */
  readonly isListeningFixed: boolean;
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
    const { addresses, servers, registrations, transport, isListeningFixed } = this.#options;
    await addresses.learn(account);
    // WHY: not waited for, since the registrar's own address is known from the registration.
    if (account.settings.register) void servers.learn(account);
    const isElsewhere = !addresses.of(account).startsWith('127.');
    if (isElsewhere && !isListeningFixed) await listenEverywhere(transport);
    await registrations.put(account);
    await this.#arrangeTestLine();
  }

  async remove(accountId: string): Promise<void> {
    await this.#options.registrations.remove(accountId);
    await this.#arrangeTestLine();
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
