// The door of the control room.
export { createInProcessPort } from './in-process-port.ts';
export { createMediaClient, type MediaClientOptions } from './media-client.ts';
export type { MediaPort, ServerPort } from './media-port.ts';
export { serveMedia, type MediaServerOptions } from './media-server.ts';
