// What a subscription is made of: its settings, states, inputs and actions. RFC 6665 §4.1.2.

export interface SubscriptionSettings {
  /** What we ask for. */
  readonly expiresSec: number;
  /** First waiting time after a failure; it doubles with each. */
  readonly retryBaseSec: number;
  readonly retryMaxSec: number;
  /** A fork of another subscription ends for good when it ends. */
  readonly isFork: boolean;
}

export const SUBSCRIPTION_DEFAULTS: SubscriptionSettings = {
  expiresSec: 3600,
  retryBaseSec: 30,
  retryMaxSec: 3600,
  isFork: false,
};

export interface SubscriptionMachineState {
  readonly phase: 'idle' | 'asking' | 'live' | 'waiting' | 'refused' | 'ending';
  /** What we ask for now; Min-Expires raises it. */
  readonly expiresSec: number;
  readonly grantedSec: number;
  /** Whether a NOTIFY has come in this dialog. */
  readonly isNotified: boolean;
  readonly isRefreshing: boolean;
  /** Refreshes that failed in a row without ending the subscription. */
  readonly failedRefreshes: number;
  /** Ends and failures since the subscription last lived long enough to be refreshed. */
  readonly failures: number;
}

export type SubscriptionInput =
  | { readonly kind: 'subscribe' }
  | { readonly kind: 'unsubscribe' }
  /** The state that NOTIFYs told has a gap. */
  | { readonly kind: 'refresh' }
  | { readonly kind: 'accepted'; readonly expiresSec: number }
  | {
      readonly kind: 'rejected';
      readonly statusCode: number;
      readonly reason: string;
      readonly minExpiresSec?: number | undefined;
      readonly retryAfterSec?: number | undefined;
    }
  | { readonly kind: 'failed'; readonly failure: 'timeout' | 'transport' | 'auth' }
  | { readonly kind: 'notified'; readonly state: 'active' | 'pending'; readonly expiresSec?: number | undefined }
  | { readonly kind: 'terminated'; readonly reason: string; readonly retryAfterSec?: number | undefined }
  | { readonly kind: 'timer' };

export interface SubscriptionStatus {
  readonly state: 'subscribing' | 'pending' | 'active' | 'waiting' | 'refused' | 'ended';
  readonly statusCode?: number;
  readonly reason?: string;
}

export type SubscriptionAction =
  /** A fresh SUBSCRIBE makes a dialog of its own. */
  | { readonly kind: 'send'; readonly expiresSec: number; readonly isFresh: boolean }
  | { readonly kind: 'startTimer'; readonly delayMs: number }
  | { readonly kind: 'stopTimer' }
  | { readonly kind: 'dropDialog' }
  | { readonly kind: 'announce'; readonly status: SubscriptionStatus };

export interface SubscriptionStep {
  readonly state: SubscriptionMachineState;
  readonly actions: readonly SubscriptionAction[];
}

export interface SubscriptionContext {
  readonly settings: SubscriptionSettings;
  /** A fresh random number from 0 to 1. */
  readonly random: number;
}
