// Puts together what keeps messages encrypted: the setting, the keys, and who has to know them.
import * as v from 'valibot';
import { checkWith } from '../../src-shared/contract/index.ts';
import type { Result } from '../base/result.ts';
import { MessageSealing, type MessageStore } from '../features/away/index.ts';
import type { ConfigFile } from '../../src-shared/contract/index.ts';
import type { SettingsStore } from '../storage/index.ts';
import type { Notices } from './notices.ts';
import type { PhonePorts } from './phone-ports.ts';
import type { ViewPublisher } from './view-publisher.ts';

const SETTINGS = 'encryption';

export interface SealingPieces {
  readonly ports: PhonePorts;
  readonly publisher: ViewPublisher;
  readonly messages: MessageStore;
  readonly notices: Notices;
}

export interface SealingDesk {
  readonly sealing: MessageSealing;
  /** Sets and keeps; the failure is a sentence. */
  readonly change: (isOn: boolean) => Promise<Result<void, string>>;
}

/** What was saved, else what the config file or the defaults say. */
export function readsEncrypted(settings: SettingsStore, config: ConfigFile): boolean {
  const checked = checkWith(v.boolean(), settings.read(SETTINGS));
  return checked.ok ? checked.value : config.encryption.messages;
}

export function composeSealing({ ports, publisher, messages, notices }: SealingPieces): SealingDesk {
  const { settings, config, soundKeys, media, logger } = ports;
  const isWanted = readsEncrypted(settings, config);
  const hasKey = soundKeys.keys.length > 0;
  if (isWanted && !hasKey) notices.add('Messages are not encrypted: there is no key for it.');
  if (hasKey) void media.setSoundKeys(soundKeys.keys);
  const sealing = new MessageSealing({
    ...{ messages, logger: logger.child('sealing'), isOn: isWanted && hasKey, keys: () => soundKeys.keys },
    ensureKey: async () => {
      const ensured = await soundKeys.ensure();
      if (ensured.ok) await media.setSoundKeys(soundKeys.keys);
      return ensured;
    },
    onChanged: () => publisher.touch('encryption'),
    tell: (text) => notices.add(text),
  });
  const change = async (isOn: boolean): Promise<Result<void, string>> => {
    const set = await sealing.set(isOn);
    if (set.ok) settings.write(SETTINGS, isOn);
    publisher.touch('encryption');
    return set;
  };
  return { sealing, change };
}
