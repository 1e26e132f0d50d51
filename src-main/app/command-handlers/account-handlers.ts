// account.* : saving, removing, registering.
import { refusal, type CommandHandlers } from '../../../src-shared/contract/index.ts';
import { createAccount } from '../../features/registration/index.ts';
import type { PhoneParts } from '../phone-parts.ts';
import { answer } from './reply.ts';

type AccountHandlers = Pick<
  CommandHandlers,
  'account.save' | 'account.remove' | 'account.register' | 'account.unregister'
>;

export function accountHandlers(parts: PhoneParts): AccountHandlers {
  const { registrations, accountBook, certificates } = parts;
  const missing = (accountId: string) => refusal('notFound', `There is no account ${accountId}.`);
  return {
    'account.save': async (settings) => {
      const created = createAccount(settings);
      if (!created.ok) return refusal('badParams', created.error);
      const { id } = created.value;
      const saved = await accountBook.save(id, settings);
      const account = createAccount(saved);
      if (!account.ok) return refusal('badParams', account.error);
      certificates.forgetRefusals();
      await parts.accounts.put(account.value);
      parts.calls.announce(account.value);
      return answer({ accountId: id });
    },
    'account.remove': async ({ accountId }) => {
      const account = registrations.get(accountId);
      if (!account || account.isTestLine) return missing(accountId);
      await accountBook.remove(accountId);
      await parts.accounts.remove(accountId);
      return answer({ accountId });
    },
    'account.register': ({ accountId }) => {
      if (!registrations.get(accountId)) return Promise.resolve(missing(accountId));
      certificates.forgetRefusals();
      registrations.register(accountId);
      return Promise.resolve(answer({ accountId }));
    },
    'account.unregister': async ({ accountId }) => {
      if (!registrations.get(accountId)) return missing(accountId);
      await registrations.unregister(accountId);
      return answer({ accountId });
    },
  };
}
