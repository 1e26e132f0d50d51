// The one door of the media island.
export type { MediaPort } from './control/index.ts';
export { createMediaEngine, openInProcessPort, type MediaEngineOptions } from './create-media-engine.ts';
export { exportSoundHere } from './export-sound.ts';
export { createDtlsIdentity, type DtlsIdentity } from './dtls/index.ts';
export { createIceNames, localCandidates, parseTurnServers } from './nat/index.ts';
export { buildWavHeader, parseWavHeader, readWavTracks, repairWav, type WavTracks } from './recording/index.ts';
export type * from './session/index.ts';
