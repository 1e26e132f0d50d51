// The one door of the media island.
export type { MediaPort } from './control/index.ts';
export { createMediaEngine, openInProcessPort, type MediaEngineOptions } from './create-media-engine.ts';
export { exportSoundHere } from './export-sound.ts';
export { createDtlsIdentity, type DtlsIdentity } from './dtls/index.ts';
export { createIceNames, localCandidates, parseTurnServers } from './nat/index.ts';
export { followSound, openSound } from './open-sound.ts';
export { forkMediaPort, parentPort } from './process/index.ts';
export {
  buildWavHeader,
  parseWavHeader,
  readSealedFile,
  readWavTracks,
  repairWav,
  sealedBy,
  sealFile,
  unsealFile,
  type SoundKey,
  type WavTracks,
} from './recording/index.ts';
export type * from './session/index.ts';
