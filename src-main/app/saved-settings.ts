// Settings as they were saved, checked again: the file may be of an older phone, or edited by hand.
import {
  awaySettingsSchema,
  checkWith,
  keptCalendarSchema,
  recordingSettingsSchema,
  type ConfigFile,
  type RecordingSettings,
} from '../../src-shared/contract/index.ts';
import type { AwaySettings, KeptCalendar } from '../features/away/index.ts';
import type { SettingsStore } from '../storage/index.ts';

/** What was saved, else what the config file or the defaults say. */
export function readAwaySettings(settings: SettingsStore, config: ConfigFile): AwaySettings {
  const saved = settings.read('away');
  const checked = checkWith(awaySettingsSchema, saved);
  return saved !== undefined && checked.ok ? checked.value : config.away;
}

/** The same for recordings. */
export function readRecordingSettings(settings: SettingsStore, config: ConfigFile): RecordingSettings {
  const saved = settings.read('recordings');
  const checked = checkWith(recordingSettingsSchema, saved);
  return saved !== undefined && checked.ok ? checked.value : config.recordings;
}

/** What was read of the user's calendar, for a start without the network. */
export const keptCalendar = (settings: SettingsStore) => ({
  read: (): KeptCalendar | undefined => {
    const checked = checkWith(keptCalendarSchema, settings.read('calendar'));
    return checked.ok ? checked.value : undefined;
  },
  write: (kept: KeptCalendar): void => settings.write('calendar', kept),
});
