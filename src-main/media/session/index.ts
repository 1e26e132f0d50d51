// The door of the session room.
export { createLocalEngine, type LocalEngineOptions } from './create-local-engine.ts';
export type * from './media-engine.ts';
export { exportSound, loadExportTools } from './sound-export.ts';
export type * from './session-config.ts';
export type * from './session-figures.ts';
export { followSoundAtRate, type GrowingSound } from './growing-sound.ts';
export { openSoundAtRate, type SoundPieces } from './sound-at-rate.ts';
