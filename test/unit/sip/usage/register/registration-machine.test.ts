import { describe, expect, it } from 'vitest';
import {
  initialRegistration,
  refreshDelayMs,
  REGISTRATION_DEFAULTS,
  registrationStep,
  type RegistrationInput,
  type RegistrationState,
  type RegistrationStateName,
} from '../../../../../src-main/sip/usage/register/registration-machine.ts';

const context = { settings: REGISTRATION_DEFAULTS, random: 0 };

const INPUTS: Record<string, RegistrationInput> = {
  register: { kind: 'register' },
  unregister: { kind: 'unregister' },
  accepted: { kind: 'accepted', expiresSec: 300 },
  '403': { kind: 'rejected', statusCode: 403, reason: 'Forbidden' },
  '500': { kind: 'rejected', statusCode: 500, reason: 'Oops' },
  '423': { kind: 'rejected', statusCode: 423, reason: 'Interval Too Brief', minExpiresSec: 1800 },
  auth: { kind: 'failed', failure: 'auth', statusCode: 401 },
  timeout: { kind: 'failed', failure: 'timeout' },
  timer: { kind: 'timer' },
  connectionLost: { kind: 'connectionLost', livedSec: 600 },
  networkChanged: { kind: 'networkChanged' },
};

const GONE = 'unregistered: stopTimer announce(unregistered)';
const REGISTER = 'registering: stopTimer announce(registering) send(300)';
const REFRESH = 'refreshing: stopTimer send(300)';
const REMOVE = 'unregistering: stopTimer send(0)';
const ASKING = {
  unregister: REMOVE,
  accepted: 'registered: startTimer(268000) announce(registered)',
  '403': 'refused: stopTimer announce(failed 403)',
  '500': 'waiting: startTimer(15000) announce(failed 500)',
  auth: 'refused: stopTimer announce(failed 401)',
  timeout: 'waiting: startTimer(15000) announce(failed 408)',
};

/** What each state does with each input; what is not named is ignored. */
const TABLE: Record<RegistrationStateName, Partial<Record<string, string>>> = {
  unregistered: { register: REGISTER },
  registering: { ...ASKING, '423': 'registering: send(1800)' },
  refreshing: { ...ASKING, '423': 'refreshing: send(1800)' },
  registered: {
    register: REFRESH,
    unregister: REMOVE,
    timer: REFRESH,
    connectionLost: REFRESH,
    networkChanged: REFRESH,
  },
  waiting: { register: REGISTER, unregister: GONE, timer: REGISTER, networkChanged: REGISTER },
  refused: { register: REGISTER, unregister: GONE },
  unregistering: {
    accepted: GONE,
    '403': GONE,
    '500': GONE,
    '423': GONE,
    auth: GONE,
    timeout: GONE,
  },
};

function write(state: RegistrationState, input: RegistrationInput): string {
  const step = registrationStep(state, input, context);
  if (step.actions.length === 0) return '-';
  const actions = step.actions.map((action) => {
    if (action.kind === 'send') return `send(${action.expiresSec})`;
    if (action.kind === 'startTimer') return `startTimer(${action.delayMs})`;
    if (action.kind !== 'announce') return action.kind;
    const { state: name, statusCode } = action.status;
    return `announce(${name}${name === 'failed' ? ` ${String(statusCode)}` : ''})`;
  });
  return `${step.state.name}: ${actions.join(' ')}`;
}

describe('registration machine — RFC 3261 §10.2', () => {
  for (const [name, row] of Object.entries(TABLE)) {
    for (const [input, value] of Object.entries(INPUTS)) {
      it(`in ${name} answers ${input} with ${row[input] ?? 'nothing'}`, () => {
        const state = { ...initialRegistration(REGISTRATION_DEFAULTS), name: name as RegistrationStateName };

        expect(write(state, value)).toBe(row[input] ?? '-');
      });
    }
  }

  it('follows Min-Expires within reason, and does not ask in circles — RFC 3261 §10.2.8', () => {
    const state = { ...initialRegistration(REGISTRATION_DEFAULTS), name: 'registering' as const };
    const tooBrief = (minExpiresSec: number): RegistrationInput => ({
      kind: 'rejected',
      statusCode: 423,
      reason: 'Interval Too Brief',
      minExpiresSec,
    });

    expect(registrationStep(state, tooBrief(10), context).state.name).toBe('refused');
    expect(registrationStep(state, tooBrief(10_000_000), context).state.name).toBe('refused');
  });

  it('doubles the wait up to the limit and draws it from the upper half — RFC 5626 §4.5', () => {
    const waits = (random: number): number[] => {
      let state: RegistrationState = { ...initialRegistration(REGISTRATION_DEFAULTS), name: 'registering' };
      return Array.from({ length: 8 }, () => {
        const step = registrationStep(state, { kind: 'failed', failure: 'timeout' }, { ...context, random });
        state = { ...step.state, name: 'registering' };
        const action = step.actions.find(({ kind }) => kind === 'startTimer');
        return action?.kind === 'startTimer' ? action.delayMs / 1000 : 0;
      });
    };

    expect(waits(0)).toEqual([15, 30, 60, 120, 240, 480, 900, 900]);
    expect(waits(1)).toEqual([30, 60, 120, 240, 480, 960, 1800, 1800]);
  });

  it('opens a lost flow again at once, but waits when it breaks again and again — RFC 5626 §4.5', () => {
    let state: RegistrationState = { ...initialRegistration(REGISTRATION_DEFAULTS), name: 'registered' };
    const lose = (livedSec: number): string => {
      const step = registrationStep(state, { kind: 'connectionLost', livedSec }, context);
      state = { ...step.state, name: 'registered' };
      return step.actions.map((action) => (action.kind === 'startTimer' ? action.delayMs : action.kind)).join(' ');
    };

    expect(lose(1)).toBe('stopTimer send');
    expect(lose(1)).toBe('15000 announce');
    expect(lose(1)).toBe('30000 announce');
    expect(lose(120)).toBe('stopTimer send');
    expect(lose(1)).toBe('stopTimer send');
  });

  it('waits at least for Retry-After — RFC 3261 §20.33', () => {
    const state = { ...initialRegistration(REGISTRATION_DEFAULTS), name: 'registering' as const };
    const input = { kind: 'rejected', statusCode: 503, reason: 'busy', retryAfterSec: 600 } as const;

    expect(registrationStep(state, input, context).actions[0]).toEqual({ kind: 'startTimer', delayMs: 600_000 });
  });

  it('refreshes with room for one time-out where the interval allows it', () => {
    expect([10, 60, 120, 300, 3600].map((sec) => refreshDelayMs(sec) / 1000)).toEqual([5, 30, 88, 268, 3240]);
  });
});
