// Opens a phone for any host: claims the data folder, opens storage and sound, starts the phone and its control socket.
import { join } from 'node:path';
import type { ConfigFile, FailureCode, MediaSettings } from '../../src-shared/contract/index.ts';
import type { Logger } from '../base/logger.ts';
import { err, ok, type Result } from '../base/result.ts';
import { nodeRuntime } from '../base/runtime.ts';
import { readInWorker } from '../features/away/index.ts';
import { createMediaEngine, forkMediaPort, type AudioSpec, type MediaPort } from '../media/index.ts';
import { rehearseChallenge } from '../sip/core/index.ts';
import { nodeNetwork } from '../sip/transport/index.ts';
import {
  claimDataFolder,
  Database,
  defaultDataRoot,
  describeDataFolder,
  MemorySecrets,
  MemorySettings,
  SecretFile,
  SettingsFile,
  type DataFolder,
  type SecretStore,
  type SettingsStore,
} from '../storage/index.ts';
import { isWayOpen, parseAudioSpec, readChosenDevices, readSoundWay } from './audio-spec.ts';
import { withChosenDevices, withVoice, withWay } from './audio-spec.ts';
import { loadConfigFile } from './config-loader.ts';
import { openControlServer } from './control-server.ts';
import { readInstanceId } from './instance-id.ts';
import { createPhone, type Phone } from './phone.ts';
import { openSoundKeys } from './sound-keys.ts';
import { readTlsFiles } from './tls-files.ts';
import type { Assets } from './phone-ports.ts';

export interface OpenOptions {
  readonly dataRoot?: string | undefined;
  readonly configFile?: string | undefined;
  readonly controlPath?: string | undefined;
  readonly audio?: string | undefined;
  readonly logger: Logger;
  /** How this host starts the media process and the speech process; without it as children of Node. */
  readonly openMediaPort?: (processFile: string) => MediaPort;
  /** For the self-test: the test line runs also beside accounts. */
  readonly needsTestLine?: boolean;
  /** A host with a better place for passwords brings it. */
  readonly createSecrets?: (folder: DataFolder) => SecretStore | Promise<SecretStore>;
}

export interface OpenedPhone {
  readonly phone: Phone;
  readonly folder: DataFolder;
  readonly controlPath: string;
  /** Ends calls, unregisters, closes files; bounded in time. */
  readonly close: () => Promise<void>;
}

export interface OpenFailure {
  readonly code: FailureCode;
  readonly message: string;
}

/** The same way from the source as from the build. */
const ASSETS = join(import.meta.dirname, '..', '..', 'assets');
const SOUNDS: Assets = {
  greetingFile: join(ASSETS, 'audio', 'greeting.wav'),
  phrasesFolder: join(ASSETS, 'audio', 'phrases'),
  speechFile: join(ASSETS, 'audio', 'speech.wav'),
};

export const defaultControlPath = (dataRoot: string | undefined): string => folderOf(dataRoot).controlPath;

export const openFileSecrets = (folder: DataFolder): SecretStore =>
  new SecretFile(folder.secretsFile, folder.secretsKeyFile);

const folderOf = (dataRoot: string | undefined): DataFolder =>
  describeDataFolder(dataRoot ?? defaultDataRoot(process.platform, process.env));

/** What the command line says, then the settings. */
const audioOf = (spec: AudioSpec, settings: SettingsStore, media: MediaSettings): AudioSpec =>
  withVoice(withChosenDevices(withWay(spec, readSoundWay(settings)), readChosenDevices(settings)), media);

/** A config file's passwords are for this run; the keys of encrypted messages outlive it. */
async function openSecrets(
  { configFile, createSecrets = openFileSecrets }: OpenOptions,
  config: ConfigFile,
  settings: SettingsStore,
  folder: DataFolder,
) {
  const secrets = configFile === undefined ? await createSecrets(folder) : new MemorySecrets();
  const keptSecrets = (): SecretStore => (configFile === undefined ? secrets : openFileSecrets(folder));
  return { secrets, soundKeys: await openSoundKeys(config, settings, folder, keptSecrets) };
}

/** How a process is started that writes one recording down. */
function speechPortOf({ openMediaPort, logger }: OpenOptions): () => MediaPort {
  const processFile = join(import.meta.dirname, 'speech-process.js');
  return () => openMediaPort?.(processFile) ?? forkMediaPort(processFile, logger.child('speech'));
}

export async function openPhone(options: OpenOptions): Promise<Result<OpenedPhone, OpenFailure>> {
  const audio = parseAudioSpec(options.audio);
  if (!audio.ok) return err({ code: 'badParams', message: audio.error });
  const config = loadConfigFile(options.configFile);
  if (!config.ok) return err({ code: 'badParams', message: config.error });
  const tls = readTlsFiles(config.value.sip.tls);
  if (!tls.ok) return err({ code: 'badParams', message: tls.error });
  const folder = folderOf(options.dataRoot);
  const claimed = claimDataFolder(folder);
  if (!claimed.ok)
    return err({ code: claimed.error.kind === 'inUse' ? 'busy' : 'storageFailed', message: claimed.error.message });
  const runtime = nodeRuntime();
  const database = Database.open(folder.databaseFile, runtime);
  const isForThisRun = options.configFile !== undefined;
  // The installation is the same one whatever it runs with; written before the settings are read.
  const instanceId = readInstanceId(new SettingsFile(folder.settingsFile), runtime);
  // A config file is for this run only: nothing that follows from it is written.
  const settings = isForThisRun ? new MemorySettings() : new SettingsFile(folder.settingsFile);
  const processFile = join(import.meta.dirname, 'media-process.js');
  const { openMediaPort } = options;
  const media = await createMediaEngine({
    ...(openMediaPort ? { openPort: () => openMediaPort(processFile) } : { processFile }),
    audio: audioOf(audio.value, settings, config.value.media),
    runtime,
    logger: options.logger.child('media'),
  });
  /** What is open by now; it is closed in the other order. */
  const closers: (() => void | Promise<void>)[] = [claimed.value, () => database.close(), () => media.close()];
  const close = async () => {
    for (const closeOne of [...closers].reverse()) await closeOne();
  };
  try {
    const creating = createPhone({
      runtime,
      logger: options.logger,
      network: nodeNetwork(tls.value),
      trustedCertificates: tls.value.trustedCertificates,
      media,
      database,
      folder,
      instanceId,
      settings,
      ...(await openSecrets(options, config.value, settings, folder)),
      config: config.value,
      assets: SOUNDS,
      openSpeechPort: speechPortOf(options),
      readCalendar: readInWorker(join(import.meta.dirname, 'calendar-worker.js')),
      needsTestLine: options.needsTestLine === true,
      isSoundWayOpen: isWayOpen(audio.value),
    });
    // While its sockets are being opened.
    rehearseChallenge(runtime);
    const phone = await creating;
    closers.push(() => phone.close());
    const controlPath = options.controlPath ?? folder.controlPath;
    const control = await openControlServer(controlPath, phone, options.logger.child('control'));
    closers.push(() => control.close());
    await phone.start();
    return ok({ phone, folder, controlPath, close });
  } catch (error) {
    await close();
    return err({ code: 'internal', message: (error as Error).message });
  }
}
