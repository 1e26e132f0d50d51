// The door of delivery.
export { Delivery, type DeliveryOptions } from './delivery.ts';
export { MailboxNotifier } from './mailbox-notifier.ts';
export { fileNameOf } from './delivery-text.ts';
export { DELIVERY_WAYS, type DeliveredMessage, type DeliverySettings, type DeliveryWay } from './delivery-way.ts';
