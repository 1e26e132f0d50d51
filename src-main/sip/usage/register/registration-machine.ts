// When to register, refresh, wait and give up, as a pure machine. RFC 3261 §10.2, RFC 5626 §4.5.

export interface RegistrationSettings {
  /** What we ask for. */
  readonly expiresSec: number;
  /** First waiting time after a failure. RFC 5626 §4.5 */
  readonly retryBaseSec: number;
  /** Longest waiting time after failures. */
  readonly retryMaxSec: number;
}

export const REGISTRATION_DEFAULTS: RegistrationSettings = { expiresSec: 300, retryBaseSec: 30, retryMaxSec: 1800 };

export type RegistrationStateName =
  'unregistered' | 'registering' | 'registered' | 'refreshing' | 'waiting' | 'refused' | 'unregistering';

export interface RegistrationState {
  readonly name: RegistrationStateName;
  /** Failures since the last success. */
  readonly failures: number;
  /** Connections in a row that were lost before they had proved stable. */
  readonly losses: number;
  /** What we ask for now; a registrar's Min-Expires raises it. */
  readonly expiresSec: number;
}

export type RegistrationInput =
  | { readonly kind: 'register' }
  | { readonly kind: 'unregister' }
  | { readonly kind: 'accepted'; readonly expiresSec: number }
  | {
      readonly kind: 'rejected';
      readonly statusCode: number;
      readonly reason: string;
      readonly minExpiresSec?: number;
      readonly retryAfterSec?: number;
    }
  /** No usable answer: time-out, transport, or our credentials were refused. */
  | {
      readonly kind: 'failed';
      readonly failure: 'timeout' | 'transport' | 'auth';
      readonly statusCode?: number;
      readonly reason?: string;
    }
  | { readonly kind: 'timer' }
  /** The connection that was registered over is gone; `livedSec` after the first registration over it. */
  | { readonly kind: 'connectionLost'; readonly livedSec: number }
  /** This machine is on another network now. */
  | { readonly kind: 'networkChanged' };

export interface RegistrationStatus {
  readonly state: 'registering' | 'registered' | 'unregistered' | 'failed';
  readonly statusCode?: number;
  readonly reason?: string;
  readonly expiresSec?: number;
  /** When the next attempt comes, if one does. */
  readonly retryInMs?: number;
}

export type RegistrationAction =
  | { readonly kind: 'send'; readonly expiresSec: number }
  | { readonly kind: 'startTimer'; readonly delayMs: number }
  | { readonly kind: 'stopTimer' }
  | { readonly kind: 'announce'; readonly status: RegistrationStatus };

export interface RegistrationStep {
  readonly state: RegistrationState;
  readonly actions: readonly RegistrationAction[];
}

export interface RegistrationContext {
  readonly settings: RegistrationSettings;
  /** A fresh random number from 0 to 1. */
  readonly random: number;
}

/** A registrar that asks for more than a day has an error, not a wish. */
const MAX_EXPIRES_SEC = 86_400;
/** RFC 5626 §4.5: a flow that has lived as long as this counts as stable. */
const STABLE_SEC = 120;

export function initialRegistration(settings: RegistrationSettings): RegistrationState {
  return { name: 'unregistered', failures: 0, losses: 0, expiresSec: settings.expiresSec };
}

/** When a binding of `expiresSec` is refreshed: with room for one time-out of 32 s where the interval allows it. */
export function refreshDelayMs(expiresSec: number): number {
  return 1000 * Math.max(1, Math.min(0.9 * expiresSec, Math.max(0.5 * expiresSec, expiresSec - 32)));
}

/** One step of the registration's life. */
export function registrationStep(
  state: RegistrationState,
  input: RegistrationInput,
  context: RegistrationContext,
): RegistrationStep {
  switch (input.kind) {
    case 'register':
      return isAsking(state) || state.name === 'unregistering' ? stay(state) : send(state);
    case 'unregister':
      return unregister(state);
    case 'timer':
      return state.name === 'registered' || state.name === 'waiting' ? send(state) : stay(state);
    case 'connectionLost':
      return connectionLost(state, input.livedSec, context);
    case 'networkChanged':
      return state.name === 'registered' || state.name === 'waiting'
        ? send({ ...state, failures: 0, losses: 0 })
        : stay(state);
    case 'accepted':
      return accepted(state, input.expiresSec);
    case 'rejected':
      return rejected(state, input, context);
    case 'failed':
      return failed(state, input, context);
  }
}

const stay = (state: RegistrationState): RegistrationStep => ({ state, actions: [] });
const isAsking = (state: RegistrationState): boolean => state.name === 'registering' || state.name === 'refreshing';

function send(state: RegistrationState): RegistrationStep {
  const isRefresh = state.name === 'registered';
  return {
    state: { ...state, name: isRefresh ? 'refreshing' : 'registering' },
    actions: [
      { kind: 'stopTimer' },
      // A refresh is not news: whoever watches still sees a registered account.
      ...(isRefresh ? [] : [{ kind: 'announce', status: { state: 'registering' } } as const]),
      { kind: 'send', expiresSec: state.expiresSec },
    ],
  };
}

/** RFC 5626 §4.5: a flow that proved stable is opened again at once, one that breaks again and again only after a wait. */
function connectionLost(state: RegistrationState, livedSec: number, context: RegistrationContext): RegistrationStep {
  if (state.name !== 'registered') return stay(state);
  if (livedSec >= STABLE_SEC) return send({ ...state, losses: 0 });
  if (state.losses === 0) return send({ ...state, losses: 1 });
  const step = wait(state, backOffMs(state.losses - 1, context), { statusCode: 503, reason: 'connection lost' });
  return { ...step, state: { ...step.state, losses: state.losses + 1 } };
}

function unregister(state: RegistrationState): RegistrationStep {
  const hasBinding = state.name === 'registered' || isAsking(state);
  if (hasBinding) {
    // RFC 3261 §10.2.2: a binding is removed by registering it with an expiry of zero
    return {
      state: { ...state, name: 'unregistering' },
      actions: [{ kind: 'stopTimer' }, { kind: 'send', expiresSec: 0 }],
    };
  }
  if (state.name === 'unregistering' || state.name === 'unregistered') return stay(state);
  return gone(state);
}

function gone(state: RegistrationState): RegistrationStep {
  return {
    state: { ...state, name: 'unregistered', failures: 0 },
    actions: [{ kind: 'stopTimer' }, { kind: 'announce', status: { state: 'unregistered' } }],
  };
}

function accepted(state: RegistrationState, expiresSec: number): RegistrationStep {
  if (state.name === 'unregistering') return gone(state);
  if (!isAsking(state)) return stay(state);
  return {
    state: { ...state, name: 'registered', failures: 0 },
    actions: [
      { kind: 'startTimer', delayMs: refreshDelayMs(expiresSec) },
      { kind: 'announce', status: { state: 'registered', statusCode: 200, expiresSec } },
    ],
  };
}

function rejected(
  state: RegistrationState,
  input: Extract<RegistrationInput, { kind: 'rejected' }>,
  context: RegistrationContext,
): RegistrationStep {
  if (state.name === 'unregistering') return gone(state);
  if (!isAsking(state)) return stay(state);
  const { statusCode, reason, minExpiresSec = 0, retryAfterSec } = input;
  if (statusCode === 423 && minExpiresSec > state.expiresSec && minExpiresSec <= MAX_EXPIRES_SEC) {
    // RFC 3261 §10.2.8: ask again for at least what Min-Expires names
    return {
      state: { ...state, expiresSec: minExpiresSec },
      actions: [{ kind: 'send', expiresSec: minExpiresSec }],
    };
  }
  const isFinal = statusCode < 500 && ![408, 480, 491].includes(statusCode) && retryAfterSec === undefined;
  // RFC 3261 §21.4.4: a forbidden request is not repeated by itself
  if (isFinal) return refuse(state, statusCode, reason);
  const waitMs = Math.max(backOffMs(state.failures, context), 1000 * Math.min(retryAfterSec ?? 0, MAX_EXPIRES_SEC));
  return wait(state, waitMs, { statusCode, reason });
}

function failed(
  state: RegistrationState,
  input: Extract<RegistrationInput, { kind: 'failed' }>,
  context: RegistrationContext,
): RegistrationStep {
  if (state.name === 'unregistering') return gone(state);
  if (!isAsking(state)) return stay(state);
  if (input.failure === 'auth') return refuse(state, input.statusCode ?? 401, 'credentials refused');
  const statusCode = input.statusCode ?? (input.failure === 'timeout' ? 408 : 503);
  return wait(state, backOffMs(state.failures, context), { statusCode, reason: input.reason ?? input.failure });
}

function refuse(state: RegistrationState, statusCode: number, reason: string): RegistrationStep {
  return {
    state: { ...state, name: 'refused', failures: state.failures + 1 },
    actions: [{ kind: 'stopTimer' }, { kind: 'announce', status: { state: 'failed', statusCode, reason } }],
  };
}

function wait(
  state: RegistrationState,
  delayMs: number,
  why: { readonly statusCode: number; readonly reason: string },
): RegistrationStep {
  return {
    state: { ...state, name: 'waiting', failures: state.failures + 1 },
    actions: [
      { kind: 'startTimer', delayMs },
      { kind: 'announce', status: { state: 'failed', ...why, retryInMs: delayMs } },
    ],
  };
}

/** RFC 5626 §4.5: the upper bound doubles with each failure, and the wait is 50 to 100 % of it. */
function backOffMs(failures: number, { settings, random }: RegistrationContext): number {
  const upperSec = Math.min(settings.retryMaxSec, settings.retryBaseSec * 2 ** Math.min(failures, 20));
  return 1000 * upperSec * (0.5 + random / 2);
}
