// Opens the keys of encrypted messages, and makes the first one where messages are to be encrypted.
import type { ConfigFile } from '../../src-shared/contract/index.ts';
import { SoundKeyRing, type DataFolder, type SecretStore, type SettingsStore } from '../storage/index.ts';
import { readsEncrypted } from './compose-sealing.ts';

/** `secrets` outlive the phone, whatever else of this run does not. */
export async function openSoundKeys(
  config: ConfigFile,
  settings: SettingsStore,
  folder: DataFolder,
  secrets: () => SecretStore,
): Promise<SoundKeyRing> {
  const { keyFile } = config.encryption;
  const ring = await SoundKeyRing.open({ secrets, keyFile, listFile: folder.soundKeysFile });
  // Without a key messages stay plain, and the user is told.
  if (readsEncrypted(settings, config)) await ring.ensure();
  return ring;
}
