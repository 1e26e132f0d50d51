// contact.*, presence.*, text.* : the people that one calls, and what one writes to them.
import { refusal, type CommandHandlers, type CommandName } from '../../../src-shared/contract/index.ts';
import type { Account } from '../../features/registration/index.ts';
import { toContactView, toTextMessage } from '../people-view.ts';
import type { PhoneParts } from '../phone-parts.ts';
import { answer, done, fromCall } from './reply.ts';

type PeopleHandlers = Pick<
  CommandHandlers,
  Extract<CommandName, `contact.${string}` | `presence.${string}` | `text.${string}`>
>;

export function peopleHandlers(parts: PhoneParts): PeopleHandlers {
  return { ...contactHandlers(parts), ...presenceHandlers(parts), ...textHandlers(parts) };
}

function accountOf({ accounts, registrations }: PhoneParts, accountId: string | undefined): Account | undefined {
  return accountId === undefined ? accounts.usual : registrations.get(accountId);
}

const noAccount = (accountId: string | undefined) =>
  refusal('noAccount', accountId === undefined ? 'Add an account first.' : `There is no account ${accountId}.`);

function contactHandlers({ contacts }: PhoneParts): Pick<CommandHandlers, Extract<CommandName, `contact.${string}`>> {
  return {
    'contact.list': () => Promise.resolve(answer(contacts.list().map(toContactView))),
    'contact.save': (draft) => {
      const saved = contacts.save(draft);
      return Promise.resolve(saved.ok ? answer(toContactView(saved.value)) : refusal('badParams', saved.error));
    },
    'contact.delete': ({ contactId }) =>
      Promise.resolve(contacts.delete(contactId) ? done : refusal('notFound', `There is no contact ${contactId}.`)),
    'contact.import': ({ contacts: drafts }) => Promise.resolve(answer({ added: contacts.import(drafts) })),
    'contact.export': () => Promise.resolve(answer({ contacts: contacts.list().map(toContactView) })),
  };
}

function presenceHandlers(parts: PhoneParts): Pick<CommandHandlers, Extract<CommandName, `presence.${string}`>> {
  const { watches, ownPresence } = parts;
  return {
    'presence.subscribe': ({ target, accountId }) => {
      const account = accountOf(parts, accountId);
      return Promise.resolve(account ? fromCall(watches.watch(account, target)) : noAccount(accountId));
    },
    'presence.unsubscribe': ({ address }) =>
      Promise.resolve(watches.unwatch(address) ? done : refusal('notFound', `${address} is not watched.`)),
    'presence.setOwn': ({ activity, note }) => {
      ownPresence.set(activity === null ? undefined : { activity, note });
      return Promise.resolve(done);
    },
  };
}

function textHandlers(parts: PhoneParts): Pick<CommandHandlers, Extract<CommandName, `text.${string}`>> {
  const { texts } = parts;
  return {
    'text.send': async ({ target, accountId, text }) => {
      const account = accountOf(parts, accountId);
      return account ? fromCall(await texts.send(account, target, text)) : noAccount(accountId);
    },
    'text.list': ({ address, limit, before }) =>
      Promise.resolve(answer(texts.list({ limit, remoteAddress: address, beforeMs: before }).map(toTextMessage))),
    'text.markRead': ({ address }) => {
      texts.markRead(address);
      return Promise.resolve(done);
    },
    'text.setComposing': async ({ target, accountId, isComposing }) => {
      const account = accountOf(parts, accountId);
      if (!account) return noAccount(accountId);
      await texts.setComposing(account, target, isComposing);
      return done;
    },
    'text.deleteConversation': ({ address }) => {
      texts.deleteConversation(address);
      return Promise.resolve(done);
    },
  };
}
