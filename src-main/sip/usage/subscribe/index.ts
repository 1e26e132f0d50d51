// Watching and being watched. RFC 6665.
export { Notifier, type EventPackage, type NotifierOptions } from './notifier.ts';
export { eventOf, readSubscriptionState } from './notification.ts';
export { Subscription, type SubscriptionEvents, type SubscriptionOptions } from './subscription.ts';
export type { SubscriptionStatus } from './subscription-states.ts';
