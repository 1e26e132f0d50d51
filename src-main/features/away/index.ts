// The door of away mode.
export { Away, type AwayOptions, type AwaySettings } from './away.ts';
export { MessageStore } from './messages/index.ts';
export { REPLIES } from './replies.ts';
