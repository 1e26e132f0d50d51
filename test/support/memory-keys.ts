// The keys of encrypted messages for a phone in a test: in memory, and gone with it.
import { MemorySecrets, SoundKeyRing, type DataFolder } from '../../src-main/storage/index.ts';

export function memoryKeys({ soundKeysFile }: DataFolder): Promise<SoundKeyRing> {
  const secrets = new MemorySecrets();
  return SoundKeyRing.open({ secrets: () => secrets, listFile: soundKeysFile, keyFile: null });
}
