// When to subscribe, refresh, wait and give up, as a pure machine. RFC 6665 §4.1.2, §4.1.3; RFC 5057 §5.1.
import { effectOf } from '../../core/index.ts';
import type {
  SubscriptionAction,
  SubscriptionContext,
  SubscriptionInput,
  SubscriptionMachineState,
  SubscriptionSettings,
  SubscriptionStatus,
  SubscriptionStep,
} from './subscription-states.ts';

/** RFC 6665 §4.1.2.4: Timer N, 64*T1: how long the first NOTIFY may take. */
export const FIRST_NOTIFY_MS = 32_000;
const MAX_EXPIRES_SEC = 86_400;
/** After our unsubscribing SUBSCRIBE was accepted the last NOTIFY comes soon or never. */
const LAST_NOTIFY_MS = 4000;

export const initialSubscription = ({ expiresSec, isFork }: SubscriptionSettings): SubscriptionMachineState => ({
  phase: isFork ? 'live' : 'idle',
  expiresSec,
  grantedSec: expiresSec,
  isNotified: false,
  isRefreshing: false,
  failedRefreshes: 0,
  failures: 0,
});

export function subscriptionStep(
  state: SubscriptionMachineState,
  input: SubscriptionInput,
  context: SubscriptionContext,
): SubscriptionStep {
  if (state.phase === 'ending') return endingStep(state, input);
  switch (input.kind) {
    case 'subscribe':
      return state.phase === 'asking' || state.phase === 'live' ? stay(state) : ask(state);
    case 'unsubscribe':
      return unsubscribe(state);
    case 'refresh':
      return refresh(state);
    case 'accepted':
      return accepted(state, input.expiresSec, context);
    case 'notified':
      return notified(state, input);
    case 'terminated':
      return isOpen(state) ? terminated(state, input, context) : stay(state);
    case 'rejected':
      return rejected(state, input, context);
    case 'failed':
      return failed(state, input, context);
    case 'timer':
      return onTimer(state, context);
  }
}

const stay = (state: SubscriptionMachineState): SubscriptionStep => ({ state, actions: [] });
const isOpen = ({ phase }: SubscriptionMachineState): boolean => phase === 'asking' || phase === 'live';
const announce = (status: SubscriptionStatus): SubscriptionAction => ({ kind: 'announce', status });

function ask(state: SubscriptionMachineState): SubscriptionStep {
  return {
    state: { ...state, phase: 'asking', isNotified: false, isRefreshing: false, failedRefreshes: 0 },
    actions: [
      { kind: 'stopTimer' },
      announce({ state: 'subscribing' }),
      { kind: 'send', expiresSec: state.expiresSec, isFresh: true },
    ],
  };
}

function unsubscribe(state: SubscriptionMachineState): SubscriptionStep {
  // RFC 6665 §4.1.2.3: unsubscribing is a refresh for zero seconds
  if (state.phase === 'live') {
    return {
      state: { ...state, phase: 'ending' },
      actions: [
        { kind: 'startTimer', delayMs: FIRST_NOTIFY_MS },
        { kind: 'send', expiresSec: 0, isFresh: false },
      ],
    };
  }
  return state.phase === 'idle' ? stay(state) : gone(state);
}

function refresh(state: SubscriptionMachineState): SubscriptionStep {
  if (state.phase !== 'live' || state.isRefreshing) return stay(state);
  return {
    state: { ...state, isRefreshing: true },
    actions: [{ kind: 'send', expiresSec: state.expiresSec, isFresh: false }],
  };
}

const gone = (state: SubscriptionMachineState, reason = ''): SubscriptionStep => ({
  state: { ...state, phase: 'idle', failures: 0 },
  actions: [
    { kind: 'stopTimer' },
    { kind: 'dropDialog' },
    announce({ state: 'ended', ...(reason !== '' && { reason }) }),
  ],
});

function endingStep(state: SubscriptionMachineState, input: SubscriptionInput): SubscriptionStep {
  if (input.kind === 'accepted') return { state, actions: [{ kind: 'startTimer', delayMs: LAST_NOTIFY_MS }] };
  const isOver = ['terminated', 'rejected', 'failed', 'timer'].includes(input.kind);
  return isOver ? gone(state) : stay(state);
}

function accepted(state: SubscriptionMachineState, expiresSec: number, context: SubscriptionContext): SubscriptionStep {
  if (!isOpen(state)) return stay(state);
  if (expiresSec <= 0) return restartLater(state, { statusCode: 200, reason: 'no time granted' }, context);
  const grantedSec = Math.min(expiresSec, MAX_EXPIRES_SEC);
  const delayMs = state.isNotified ? refreshMs(grantedSec) : FIRST_NOTIFY_MS;
  return {
    state: { ...state, phase: 'live', grantedSec, isRefreshing: false, failedRefreshes: 0 },
    actions: [{ kind: 'startTimer', delayMs }],
  };
}

function notified(
  state: SubscriptionMachineState,
  input: Extract<SubscriptionInput, { kind: 'notified' }>,
): SubscriptionStep {
  if (!isOpen(state)) return stay(state);
  // RFC 6665 §4.1.3: the time that NOTIFY names counts, but never lengthens what was agreed
  const grantedSec = Math.max(1, Math.min(input.expiresSec ?? state.grantedSec, MAX_EXPIRES_SEC));
  const isShorter = !state.isNotified || grantedSec < state.grantedSec / 2;
  return {
    state: { ...state, phase: 'live', isNotified: true, grantedSec },
    actions: [
      ...(isShorter ? [{ kind: 'startTimer', delayMs: refreshMs(grantedSec) } as const] : []),
      announce({ state: input.state }),
    ],
  };
}

/** RFC 6665 §4.1.3: what each reason says about trying again. */
function terminated(
  state: SubscriptionMachineState,
  { reason, retryAfterSec }: Extract<SubscriptionInput, { kind: 'terminated' }>,
  context: SubscriptionContext,
): SubscriptionStep {
  const why = reason.toLowerCase();
  if (context.settings.isFork) return gone(state, why);
  if (why === 'rejected' || why === 'noresource' || why === 'invariant') return refuse(state, 0, why);
  if ((why === 'deactivated' || why === 'timeout') && state.failures === 0)
    return { ...withDrop(ask({ ...state, failures: 1 })) };
  return restartLater(state, { statusCode: 0, reason: why === '' ? 'terminated' : why, retryAfterSec }, context);
}

function rejected(
  state: SubscriptionMachineState,
  input: Extract<SubscriptionInput, { kind: 'rejected' }>,
  context: SubscriptionContext,
): SubscriptionStep {
  if (!isOpen(state)) return stay(state);
  const { statusCode, reason, minExpiresSec = 0, retryAfterSec } = input;
  if (statusCode === 423 && minExpiresSec > state.expiresSec && minExpiresSec <= MAX_EXPIRES_SEC) {
    // RFC 6665 §4.2.1.1: ask again for what Min-Expires names at least
    const actions = [{ kind: 'send', expiresSec: minExpiresSec, isFresh: !state.isRefreshing }] as const;
    return { state: { ...state, expiresSec: minExpiresSec }, actions };
  }
  // RFC 6665 §4.1.2.2, RFC 5057 §5.1: most refusals of a refresh leave the subscription alive until its time is over
  if (state.isRefreshing && effectOf('SUBSCRIBE', statusCode) === 'transaction') return refreshLater(state);
  if (context.settings.isFork) return gone(state, reason);
  // RFC 6665 §4.1.2.2: a refresh that is answered 481 has lost its dialog: subscribe anew
  if (statusCode === 481 && state.isRefreshing && state.failures === 0) return withDrop(ask({ ...state, failures: 1 }));
  // RFC 6665 §4.1.2.1: 489 and its like say that there is nothing to subscribe to
  if (retryAfterSec === undefined && isFinalRefusal(statusCode)) return refuse(state, statusCode, reason);
  if ([501, 603, 604].includes(statusCode)) return refuse(state, statusCode, reason);
  return restartLater(state, { statusCode, reason, retryAfterSec }, context);
}

const isFinalRefusal = (statusCode: number): boolean => statusCode < 500 && ![408, 480, 481, 491].includes(statusCode);

function failed(
  state: SubscriptionMachineState,
  { failure }: Extract<SubscriptionInput, { kind: 'failed' }>,
  context: SubscriptionContext,
): SubscriptionStep {
  if (!isOpen(state)) return stay(state);
  if (failure === 'transport' && state.isRefreshing && state.isNotified) return refreshLater(state);
  if (context.settings.isFork) return gone(state, failure);
  if (failure === 'auth') return refuse(state, 401, 'credentials refused');
  return restartLater(state, { statusCode: failure === 'timeout' ? 408 : 503, reason: failure }, context);
}

function onTimer(state: SubscriptionMachineState, context: SubscriptionContext): SubscriptionStep {
  if (state.phase === 'waiting') return ask(state);
  if (state.phase !== 'live') return stay(state);
  if (!state.isNotified) {
    if (context.settings.isFork) return gone(state, 'no NOTIFY');
    return restartLater(state, { statusCode: 408, reason: 'no NOTIFY came' }, context);
  }
  if (state.failedRefreshes > 1) {
    if (context.settings.isFork) return gone(state, 'not refreshed');
    return restartLater(state, { statusCode: 0, reason: 'not refreshed' }, context);
  }
  // It lived until its refresh: what went wrong before is forgotten.
  return {
    state: { ...state, isRefreshing: true, failures: 0 },
    actions: [{ kind: 'send', expiresSec: state.expiresSec, isFresh: false }],
  };
}

/** Asks once more in the time that is left; NOTIFYs go on coming until it is over. */
function refreshLater(state: SubscriptionMachineState): SubscriptionStep {
  const leftMs = 1000 * state.grantedSec - refreshMs(state.grantedSec);
  const failedRefreshes = state.failedRefreshes + 1;
  return {
    state: { ...state, isRefreshing: false, failedRefreshes },
    actions: [{ kind: 'startTimer', delayMs: Math.max(1000, leftMs / 2) }],
  };
}

function refuse(state: SubscriptionMachineState, statusCode: number, reason: string): SubscriptionStep {
  return {
    state: { ...state, phase: 'refused' },
    actions: [
      { kind: 'stopTimer' },
      { kind: 'dropDialog' },
      announce({ state: 'refused', ...(statusCode > 0 && { statusCode }), reason }),
    ],
  };
}

function restartLater(
  state: SubscriptionMachineState,
  why: { readonly statusCode: number; readonly reason: string; readonly retryAfterSec?: number | undefined },
  { settings, random }: SubscriptionContext,
): SubscriptionStep {
  const { statusCode, reason, retryAfterSec = 0 } = why;
  const upperSec = Math.min(settings.retryMaxSec, settings.retryBaseSec * 2 ** Math.min(state.failures, 20));
  const delayMs = 1000 * Math.max(upperSec * (0.5 + random / 2), Math.min(retryAfterSec, MAX_EXPIRES_SEC));
  return {
    state: { ...state, phase: 'waiting', failures: state.failures + 1 },
    actions: [
      { kind: 'dropDialog' },
      { kind: 'startTimer', delayMs },
      announce({ state: 'waiting', ...(statusCode > 0 && { statusCode }), reason }),
    ],
  };
}

const withDrop = ({ state, actions }: SubscriptionStep): SubscriptionStep => ({
  state,
  actions: [{ kind: 'dropDialog' }, ...actions],
});

/** With room for one time-out of 32 s where the interval allows it. */
const refreshMs = (expiresSec: number): number =>
  1000 * Math.max(1, Math.min(0.9 * expiresSec, Math.max(0.5 * expiresSec, expiresSec - 32)));
