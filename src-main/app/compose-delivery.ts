// Puts delivery together: its settings, the mail server's password, what has not arrived yet.
import { checkWith, deliverySettingsSchema } from '../../src-shared/contract/index.ts';
import { Delivery, type DeliverySettings, type MessageStore } from '../features/away/index.ts';
import { readSealedFile, type SoundKey } from '../media/index.ts';
import { DeliveryRepository } from '../storage/index.ts';
import { toVoiceMessage } from './message-book.ts';
import type { Notices } from './notices.ts';
import type { PhonePorts } from './phone-ports.ts';
import { Secret } from './secret.ts';
import type { ViewPublisher } from './view-publisher.ts';

const SETTINGS = 'delivery';

export interface DeliveryPieces {
  readonly ports: PhonePorts;
  readonly publisher: ViewPublisher;
  readonly messages: MessageStore;
  readonly notices: Notices;
}

/** Tells when the words of a message are known; undefined when there is nothing to wait for. */
export type WordsOf = (messageId: string) => Promise<void> | undefined;

export interface DeliveryDesk {
  readonly delivery: Delivery;
  readonly mailPassword: Secret;
  /** Sets and keeps. */
  readonly change: (settings: DeliverySettings) => void;
}

export function composeDelivery({ ports, publisher, messages, notices }: DeliveryPieces, words: WordsOf): DeliveryDesk {
  const { runtime, logger, settings, secrets, config } = ports;
  const mailPassword = new Secret(secrets, 'delivery/mail', config.delivery.mailPassword);
  const delivery = new Delivery({
    ...{ runtime, logger: logger.child('delivery') },
    settings: readSettings(ports),
    mailPassword: () => mailPassword.value,
    message: (messageId) => {
      const record = messages.get(messageId);
      return record && toVoiceMessage(record, messages.folder);
    },
    words,
    openSealed: (file) => openSealed(file, ports.soundKeys.keys),
    pending: new DeliveryRepository(ports.database),
    onChanged: () => publisher.touch('delivery'),
    tell: (text) => notices.add(text),
  });
  const change = (changed: DeliverySettings): void => {
    delivery.set(changed);
    settings.write(SETTINGS, changed);
    publisher.touch('delivery');
  };
  return { delivery, mailPassword, change };
}

/** In the clear, in memory: nothing of it comes to the disk. */
async function openSealed(file: string, keys: readonly SoundKey[]): Promise<Buffer<ArrayBuffer> | undefined> {
  const read = await readSealedFile(file, keys);
  if (read.ok) return read.value;
  throw new Error(read.error === 'locked' ? 'its key is not on this machine' : 'it cannot be read');
}

/** What was saved, else what the config file or the defaults say. */
function readSettings({ settings, config }: PhonePorts): DeliverySettings {
  const saved = settings.read(SETTINGS);
  const checked = checkWith(deliverySettingsSchema, saved);
  return saved !== undefined && checked.ok ? checked.value : config.delivery.settings;
}
