// What a phone is given from outside: time, network, sound, storage, settings.
import type { ConfigFile } from '../../src-shared/contract/index.ts';
import type { Logger } from '../base/logger.ts';
import type { Runtime } from '../base/runtime.ts';
import type { ReadCalendar, SpeechPort } from '../features/away/index.ts';
import type { MediaEngine } from '../media/index.ts';
import type { SipNetwork } from '../sip/transport/index.ts';
import type { Database, DataFolder, SecretStore, SettingsStore, SoundKeyRing } from '../storage/index.ts';

export interface PhonePorts {
  readonly runtime: Runtime;
  readonly logger: Logger;
  readonly network: SipNetwork;
  /** Authorities that are trusted beside the usual ones, in PEM; `network` knows them as well. */
  readonly trustedCertificates?: readonly string[];
  readonly media: MediaEngine;
  readonly database: Database;
  readonly folder: DataFolder;
  readonly settings: SettingsStore;
  readonly secrets: SecretStore;
  /** By which messages are encrypted. */
  readonly soundKeys: SoundKeyRing;
  /** `urn:uuid:…` of this installation, when `settings` are not where it is kept. */
  readonly instanceId?: string;
  readonly config: ConfigFile;
  readonly assets: Assets;
  readonly readCalendar: ReadCalendar;
  /** Starts a process that writes one recording down. */
  readonly openSpeechPort: () => SpeechPort;
  /** Runs the test line also beside accounts, for the self-test. */
  readonly needsTestLine: boolean;
  /** The way of sound may be chosen in the window: the command line has not. */
  readonly isSoundWayOpen?: boolean;
}

/** Sound files that come with the app. */
export interface Assets {
  readonly greetingFile: string;
  /** What the answering machine says: one WAV a phrase. */
  readonly phrasesFolder: string;
  readonly speechFile: string;
}
