// The one door of the media island.
export type * from './session/index.ts';
export { createLocalEngine, type LocalEngineOptions } from './session/index.ts';
