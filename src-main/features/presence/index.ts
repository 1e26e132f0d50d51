// The door of presence: who is there, whose line is busy, what waits in the mailbox.
export { MessageWaiting, type MessageWaitingOptions } from './message-waiting.ts';
export { OwnPresencePublisher, type OwnPresence, type OwnPresenceOptions } from './own-presence.ts';
export { Watches, type WatchedPerson, type WatchesOptions } from './watches.ts';
