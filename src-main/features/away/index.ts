// The door of away mode.
export { Away, type AwayOptions } from './away.ts';
export type { AwaySettings } from './away-settings.ts';
export {
  Delivery,
  MailboxNotifier,
  type DeliveredMessage,
  type DeliverySettings,
  type DeliveryWay,
} from './delivery/index.ts';
export { MessageStore } from './messages/index.ts';
export { REPLIES } from './replies.ts';
