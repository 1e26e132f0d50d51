// The door of the messages.
export { MessageStore } from './message-store.ts';
export type { RetentionSettings } from './retention.ts';
export { RetentionWatch } from './retention-watch.ts';
