// Puts the answering machine together: its settings, its sounds, the owner's PIN.
import { rmSync } from 'node:fs';
import { Away, CalendarWatch, loadCalendar, type AwayOptions, type MessageStore } from '../features/away/index.ts';
import { isListed, type CallManager } from '../features/call/index.ts';
import type { Contacts } from '../features/contacts/index.ts';
import type { GreetingDesk } from './compose-greetings.ts';
import type { Notices } from './notices.ts';
import type { Preferences } from './phone-parts.ts';
import type { PhonePorts } from './phone-ports.ts';
import { Secret } from './secret.ts';
import { keptCalendar, readAwaySettings } from './saved-settings.ts';
import type { ViewPublisher } from './view-publisher.ts';

export interface AwayPieces extends Pick<
  AwayOptions,
  'onKept' | 'isSealing' | 'onMessageBegun' | 'onMessageEnded' | 'onCallSettled'
> {
  readonly ports: PhonePorts;
  readonly publisher: ViewPublisher;
  readonly calls: CallManager;
  readonly messages: MessageStore;
  readonly contacts: Contacts;
  readonly notices: Notices;
  readonly greetings: GreetingDesk;
  readonly preferences: Preferences;
}

export function composeAway(pieces: AwayPieces) {
  const { ports, publisher, calls, messages, contacts, notices, greetings, preferences, onKept, isSealing, ...told } =
    pieces;
  const { runtime, logger, media, settings, config, folder, assets } = ports;
  const remotePin = new Secret(ports.secrets, 'away/pin', config.remoteAccess.pin ?? '');
  const ringThroughPin = new Secret(ports.secrets, 'away/ringThroughPin', config.remoteAccess.ringThroughPin ?? '');
  const onChanged = (): void => publisher.touch('away');
  const calendar = new CalendarWatch({
    ...{ runtime, load: loadCalendar, read: ports.readCalendar, kept: keptCalendar(settings) },
    onChanged: () => {
      away.ways.refresh();
      onChanged();
    },
  });
  const away: Away = new Away({
    ...{
      runtime,
      logger: logger.child('away'),
      calls,
      media,
      messages,
      calendar,
      onChanged,
      onKept,
      isSealing,
      ...told,
    },
    settings: readAwaySettings(settings, config),
    isDoNotDisturb: () => preferences.isDoNotDisturb,
    maxCalls: config.calls.maxCalls,
    defaultGreetingFile: assets.greetingFile,
    phrasesFolder: assets.phrasesFolder,
    spokenFolder: folder.greetingsFolder,
    save: (changed) => {
      settings.write('away', changed);
      onChanged();
    },
    pin: () => remotePin.value,
    ringThroughPin: () => ringThroughPin.value,
    isContact: (address) => contacts.list().some((contact) => isListed([contact.address], address)),
    greetings: {
      newGreetingFile: () => greetings.store.newFile(),
      keepGreeting: (file) => void keepSpoken(file),
    },
    tell: (text) => notices.add(text),
  });
  /** Spoken from afar: it is the one that callers hear from now on. */
  async function keepSpoken(file: string): Promise<void> {
    const added = await greetings.store.adopt('By telephone', file);
    rmSync(file, { force: true });
    if (!added.ok) notices.add(`The greeting that was spoken by telephone was not kept. ${added.error}`);
    else away.set({ ...away.settings, greetingFile: greetings.store.pathOf(added.value) });
  }
  calendar.follow(away.settings.calendar);
  return { away, calendar, remotePin, ringThroughPin };
}
