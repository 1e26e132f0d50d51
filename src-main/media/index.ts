// The one door of the media island.
export type { MediaPort } from './control/index.ts';
export { createMediaEngine, openInProcessPort, type MediaEngineOptions } from './create-media-engine.ts';
export type * from './session/index.ts';
