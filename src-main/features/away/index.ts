// The door of away mode.
export { Away, type AwayOptions, type AwaySettings } from './away.ts';
export {
  Delivery,
  MailboxNotifier,
  fileNameOf,
  type DeliveredMessage,
  type DeliverySettings,
  type DeliveryWay,
} from './delivery/index.ts';
export { MessageStore, RetentionWatch, type RetentionSettings } from './messages/index.ts';
export { REPLIES } from './replies.ts';
