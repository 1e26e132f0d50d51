import { describe, expect, it } from 'vitest';
import {
  initialSubscription,
  subscriptionStep,
} from '../../../../../src-main/sip/usage/subscribe/subscription-machine.ts';
import {
  SUBSCRIPTION_DEFAULTS,
  type SubscriptionInput,
} from '../../../../../src-main/sip/usage/subscribe/subscription-states.ts';

const SETTINGS = { ...SUBSCRIPTION_DEFAULTS, expiresSec: 600, retryBaseSec: 30 };

/** Runs the inputs and gives the last step's actions in short. */
function run(inputs: readonly SubscriptionInput[], settings = SETTINGS): string[] {
  let state = initialSubscription(settings);
  let last: string[] = [];
  for (const input of inputs) {
    const step = subscriptionStep(state, input, { settings, random: 1 });
    state = step.state;
    last = step.actions.map((action) => {
      if (action.kind === 'send') return `${action.isFresh ? 'subscribe' : 'refresh'} ${action.expiresSec}`;
      if (action.kind === 'startTimer') return `timer ${action.delayMs}`;
      if (action.kind === 'announce') return [action.status.state, action.status.reason].filter(Boolean).join(' ');
      return action.kind;
    });
  }
  return last;
}

const SUBSCRIBE: SubscriptionInput = { kind: 'subscribe' };
const ACCEPTED: SubscriptionInput = { kind: 'accepted', expiresSec: 600 };
const ACTIVE: SubscriptionInput = { kind: 'notified', state: 'active', expiresSec: 600 };
const TIMER: SubscriptionInput = { kind: 'timer' };
const rejected = (statusCode: number, more: object = {}): SubscriptionInput => ({
  ...{ kind: 'rejected', statusCode, reason: 'no' },
  ...more,
});
const terminated = (reason: string, retryAfterSec?: number): SubscriptionInput => ({
  ...{ kind: 'terminated', reason, retryAfterSec },
});
const LIVE = [SUBSCRIBE, ACCEPTED, ACTIVE];

describe('a subscription — RFC 6665 §4.1.2', () => {
  it('waits for the first NOTIFY, then refreshes in time', () => {
    expect(run([SUBSCRIBE])).toEqual(['stopTimer', 'subscribing', 'subscribe 600']);
    expect(run([SUBSCRIBE, ACCEPTED])).toEqual(['timer 32000']);
    expect(run(LIVE)).toEqual(['timer 540000', 'active']);
    expect(run([...LIVE, TIMER])).toEqual(['refresh 600']);
  });

  it('takes a NOTIFY before the 2xx, and pending for what it is', () => {
    expect(run([SUBSCRIBE, { kind: 'notified', state: 'pending' }])).toEqual(['timer 540000', 'pending']);
    expect(run([SUBSCRIBE, ACTIVE, ACCEPTED])).toEqual(['timer 540000']);
  });

  it('tries again later when no NOTIFY comes — RFC 6665 §4.1.2.4', () => {
    expect(run([SUBSCRIBE, ACCEPTED, TIMER])).toEqual(['dropDialog', 'timer 30000', 'waiting no NOTIFY came']);
    expect(run([SUBSCRIBE, ACCEPTED, TIMER, TIMER])).toContain('subscribe 600');
  });

  it('asks for at least what Min-Expires names — RFC 6665 §4.2.1.1', () => {
    expect(run([SUBSCRIBE, rejected(423, { minExpiresSec: 1800 })])).toEqual(['subscribe 1800']);
    expect(run([SUBSCRIBE, rejected(423, { minExpiresSec: 10 })])).toContain('refused no');
  });

  it.each([489, 403, 404, 405, 501, 603])('is refused for good by %d — RFC 6665 §4.1.2.1', (statusCode) => {
    expect(run([SUBSCRIBE, rejected(statusCode)])).toEqual(['stopTimer', 'dropDialog', 'refused no']);
    expect(run([SUBSCRIBE, rejected(statusCode), TIMER])).toEqual([]);
    expect(run([SUBSCRIBE, rejected(statusCode), SUBSCRIBE])).toContain('subscribe 600');
  });

  it('waits longer after each failure, and as long as Retry-After says', () => {
    const failed: SubscriptionInput = { kind: 'failed', failure: 'timeout' };
    expect(run([SUBSCRIBE, failed])).toContain('timer 30000');
    expect(run([SUBSCRIBE, failed, TIMER, failed])).toContain('timer 60000');
    expect(run([SUBSCRIBE, rejected(503, { retryAfterSec: 100 })])).toContain('timer 100000');
    expect(run([SUBSCRIBE, { kind: 'failed', failure: 'auth' }])).toContain('refused credentials refused');
  });

  it('subscribes anew when a refresh finds the dialog gone — RFC 6665 §4.1.2.2', () => {
    expect(run([...LIVE, TIMER, rejected(481)])).toEqual(['dropDialog', 'stopTimer', 'subscribing', 'subscribe 600']);
  });

  it('unsubscribes with zero, and ends with the last NOTIFY or without — RFC 6665 §4.1.2.3', () => {
    const off: SubscriptionInput = { kind: 'unsubscribe' };
    expect(run([...LIVE, off])).toEqual(['timer 32000', 'refresh 0']);
    expect(run([...LIVE, off, { kind: 'accepted', expiresSec: 0 }])).toEqual(['timer 4000']);
    for (const end of [terminated('timeout'), TIMER, rejected(481)])
      expect(run([...LIVE, off, end])).toEqual(['stopTimer', 'dropDialog', 'ended']);
    expect(run([SUBSCRIBE, off])).toContain('ended');
  });
});

describe('the end of a subscription and its reason — RFC 6665 §4.1.3', () => {
  it('subscribes at once after deactivated and timeout, but only once in a row', () => {
    for (const reason of ['deactivated', 'timeout']) {
      expect(run([...LIVE, terminated(reason)])).toContain('subscribe 600');
      expect(run([...LIVE, terminated(reason), ACTIVE, terminated(reason)])).toEqual([
        ...['dropDialog', 'timer 60000', `waiting ${reason}`],
      ]);
    }
  });

  it.each(['rejected', 'noresource', 'invariant'])('does not come back after %s', (reason) => {
    expect(run([...LIVE, terminated(reason)])).toEqual(['stopTimer', 'dropDialog', `refused ${reason}`]);
  });

  it.each(['probation', 'giveup', ''])('comes back later after "%s", as retry-after says', (reason) => {
    expect(run([...LIVE, terminated(reason, 300)])).toContain('timer 300000');
  });

  it('is for good for a fork', () => {
    const fork = { ...SETTINGS, isFork: true };
    expect(run([ACTIVE, terminated('deactivated')], fork)).toContain('ended deactivated');
    expect(run([ACTIVE, TIMER, rejected(481)], fork)).toContain('ended no');
  });
});

describe('a refresh that is refused — RFC 6665 §4.1.2.2, RFC 5057 §5.1', () => {
  it.each([403, 429, 500, 503])(
    'leaves the subscription alive after %i, and is tried once more in its time',
    (statusCode) => {
      expect(run([...LIVE, TIMER, rejected(statusCode)])).toEqual(['timer 30000']);
      expect(run([...LIVE, TIMER, rejected(statusCode), TIMER])).toEqual(['refresh 600']);
      expect(run([...LIVE, TIMER, rejected(statusCode), TIMER, rejected(statusCode), TIMER])).toContain(
        'waiting not refreshed',
      );
      expect(run([...LIVE, TIMER, rejected(statusCode), TIMER, ACCEPTED])).toEqual(['timer 540000']);
    },
  );

  it.each([404, 405, 410, 416, 480, 482, 483, 484, 485, 489, 501, 604])('ends the subscription by %i', (statusCode) => {
    expect(run([...LIVE, TIMER, rejected(statusCode)])).toContain('dropDialog');
  });

  it('is tried again when there was no way to send it', () => {
    expect(run([...LIVE, TIMER, { kind: 'failed', failure: 'transport' }])).toEqual(['timer 30000']);
  });
});
