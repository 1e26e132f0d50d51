// Puts the answering machine together: its settings, its sounds, the owner's PIN.
import { join } from 'node:path';
import { randomToken } from '../base/runtime.ts';
import { Away, CalendarWatch, loadCalendar, type MessageStore } from '../features/away/index.ts';
import { isListed, type CallManager } from '../features/call/index.ts';
import type { Contacts } from '../features/contacts/index.ts';
import type { Notices } from './notices.ts';
import type { Preferences } from './phone-parts.ts';
import type { PhonePorts } from './phone-ports.ts';
import { Secret } from './secret.ts';
import { keptCalendar, readAwaySettings } from './saved-settings.ts';
import type { ViewPublisher } from './view-publisher.ts';

export interface AwayPieces {
  readonly ports: PhonePorts;
  readonly publisher: ViewPublisher;
  readonly calls: CallManager;
  readonly messages: MessageStore;
  readonly contacts: Contacts;
  readonly notices: Notices;
  readonly preferences: Preferences;
  /** A message was kept. */
  readonly onKept: (messageId: string) => void;
}

export function composeAway(pieces: AwayPieces) {
  const { ports, publisher, calls, messages, contacts, notices, preferences, onKept } = pieces;
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
    ...{ runtime, logger: logger.child('away'), calls, media, messages, calendar, onChanged, onKept },
    settings: readAwaySettings(settings, config),
    isDoNotDisturb: () => preferences.isDoNotDisturb,
    maxCalls: config.calls.maxCalls,
    defaultGreetingFile: assets.greetingFile,
    phrasesFolder: assets.phrasesFolder,
    save: (changed) => {
      settings.write('away', changed);
      onChanged();
    },
    pin: () => remotePin.value,
    ringThroughPin: () => ringThroughPin.value,
    isContact: (address) => contacts.list().some((contact) => isListed([contact.address], address)),
    greetings: {
      newGreetingFile: () => join(folder.greetingsFolder, `${randomToken(runtime)}.wav`),
      keepGreeting: (greetingFile) => away.set({ ...away.settings, greetingFile }),
    },
    tell: (text) => notices.add(text),
  });
  calendar.follow(away.settings.calendar);
  return { away, calendar, remotePin, ringThroughPin };
}
