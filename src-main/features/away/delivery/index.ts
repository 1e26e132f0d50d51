// The door of delivery.
export { Delivery, type DeliveryOptions } from './delivery.ts';
export { DELIVERY_WAYS, type DeliveredMessage, type DeliverySettings, type DeliveryWay } from './delivery-way.ts';
