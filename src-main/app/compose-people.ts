// Puts contacts, texts, presence and the server's mailbox on the stack and on each other.
import { Contacts } from '../features/contacts/index.ts';
import type { CallManager } from '../features/call/index.ts';
import { Texts } from '../features/messaging/index.ts';
import { MessageWaiting, OwnPresencePublisher, Watches } from '../features/presence/index.ts';
import type { Account, Registrations } from '../features/registration/index.ts';
import type { Flow, UserAgentCore } from '../sip/core/index.ts';
import type { SipRequest } from '../sip/syntax/index.ts';
import { Notifier } from '../sip/usage/index.ts';
import { ContactRepository, TextRepository } from '../storage/index.ts';
import type { Accounts } from './accounts.ts';
import type { PhoneParts } from './phone-parts.ts';
import type { PhonePorts } from './phone-ports.ts';
import type { QuietTime } from './quiet-time.ts';
import type { ViewPublisher } from './view-publisher.ts';

const WATCH_DELAY_MS = 500;

export interface PeopleOptions {
  readonly ports: PhonePorts;
  readonly publisher: ViewPublisher;
  readonly core: UserAgentCore;
  readonly registrations: Registrations;
  readonly accounts: Accounts;
  readonly calls: CallManager;
  readonly quietTime: QuietTime;
}

type PeopleParts = Pick<PhoneParts, 'notifier' | 'contacts' | 'texts' | 'watches' | 'ownPresence' | 'messageWaiting'>;

export function composePeople(options: PeopleOptions): PeopleParts {
  const { ports, publisher, core, registrations, accounts, calls, quietTime } = options;
  const { runtime, database, config } = ports;
  const accountFor = (request: SipRequest, flow: Flow): Account | undefined => registrations.accountFor(request, flow);
  const presenceChanged = (): void => publisher.touch('presence');
  const watches = new Watches({ core, onChanged: presenceChanged });
  const contacts: Contacts = new Contacts({
    repository: new ContactRepository(database),
    runtime,
    onChanged: () => {
      publisher.touch('contacts');
      watchContacts();
    },
  });
  let followed = new Set<string>();
  /** RFC 3856 §6.1: those whom the user wants to see are watched as soon as an account can ask. */
  const watchContacts = (): void => {
    const account = accounts.usual;
    const isReady = account && registrations.reportOf(account.id).state === 'registered';
    const wanted = isReady ? contacts.list().filter(({ isWatched }) => isWatched) : [];
    const next = new Set<string>();
    for (const { address } of wanted) {
      const watched = account && watches.watch(account, address);
      if (watched?.ok) next.add(watched.value.address);
    }
    for (const address of followed) if (!next.has(address)) watches.unwatch(address);
    followed = next;
  };
  let isWatchDue = false;
  registrations.events.on('changed', () => {
    if (isWatchDue) return;
    isWatchDue = true;
    // WHY: the contacts are read from the disk, and a fresh registration is there for calls first.
    quietTime.after(WATCH_DELAY_MS, () => {
      isWatchDue = false;
      watchContacts();
    });
  });
  const { share, allowPickUp: allowsPickUp } = config.presence;
  const notifier = new Notifier({ core, packages: [] });
  return {
    notifier,
    contacts,
    watches,
    texts: new Texts({
      ...{ core, runtime, calls, accountFor, settings: config.texts },
      repository: new TextRepository(database),
      onChanged: () => publisher.touch('texts', 'conversations'),
    }),
    ownPresence: new OwnPresencePublisher({
      ...{ core, notifier, calls, registrations, accountFor, allowsPickUp, onChanged: presenceChanged },
      mayWatch: (address) =>
        share === 'everybody' || (share === 'contacts' && contacts.list().some((contact) => isSame(contact, address))),
    }),
    messageWaiting: new MessageWaiting({
      ...{ core, registrations, accountFor },
      onChanged: () => publisher.touch('accounts'),
    }),
  };
}

const isSame = (contact: { readonly address: string }, address: string): boolean =>
  contact.address.replace(/^sips?:/i, '').toLowerCase() === address.replace(/^sips?:/i, '').toLowerCase();

/** Gives back every subscription and what was published. */
export function closePeople({ notifier, watches, ownPresence, messageWaiting }: PeopleParts): void {
  watches.close();
  ownPresence.close();
  notifier.close();
  messageWaiting.close();
}
