// The door of the messages.
export { MessageStore } from './message-store.ts';
