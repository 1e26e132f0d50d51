import { describe, expect, it } from 'vitest';
import type { ClientInput, ClientState } from '../../../../src-main/sip/transaction/client-machine.ts';
import { nonInviteClientStep } from '../../../../src-main/sip/transaction/non-invite-client.ts';
import { sipTimers } from '../../../../src-main/sip/transaction/sip-timers.ts';
import { response, writeStep } from './machine-table.ts';

const INPUTS: Record<string, ClientInput> = {
  start: { kind: 'start' },
  '1xx': { kind: 'response', response: response(100) },
  '2xx': { kind: 'response', response: response(200) },
  '486': { kind: 'response', response: response(486) },
  E: { kind: 'timer', timer: 'E' },
  F: { kind: 'timer', timer: 'F' },
  K: { kind: 'timer', timer: 'K' },
  error: { kind: 'transportError', reason: 'lost' },
};

const END = 'terminated: stopTimers';
const TO_COMPLETED = 'completed: stopTimers startTimer(K 5000) passUp';
const TIMED_OUT = { F: `${END} tellTimeout end`, error: `${END} tellTransportError end` };

/** RFC 3261 Figure 6 for UDP; what is not named is ignored. */
const TABLE: Record<ClientState['name'], Partial<Record<keyof typeof INPUTS, string>>> = {
  trying: {
    start: 'trying: startTimer(F 32000) startTimer(E 500) sendRequest',
    '1xx': 'proceeding: passUp',
    '2xx': TO_COMPLETED,
    '486': TO_COMPLETED,
    E: 'trying: startTimer(E 1000) sendRequest',
    ...TIMED_OUT,
  },
  proceeding: {
    '1xx': 'proceeding: passUp',
    '2xx': TO_COMPLETED,
    '486': TO_COMPLETED,
    E: 'proceeding: startTimer(E 4000) sendRequest',
    ...TIMED_OUT,
  },
  completed: { K: `${END} end` },
  calling: {},
  accepted: {},
  terminated: {},
};

describe('non-INVITE client transaction — RFC 3261 §17.1.2', () => {
  const context = { timers: sipTimers(), isReliable: false };

  for (const [name, row] of Object.entries(TABLE)) {
    for (const [input, value] of Object.entries(INPUTS)) {
      it(`in ${name} answers ${input} with ${row[input] ?? 'nothing'}`, () => {
        const state = { name: name as ClientState['name'], intervalMs: 500 };

        const step = nonInviteClientStep(state, value, context);

        expect(writeStep(state, step)).toBe(row[input] ?? '-');
      });
    }
  }

  it('doubles timer E up to T2 — RFC 3261 §17.1.2.2', () => {
    let state: ClientState = { name: 'trying', intervalMs: 500 };
    const delays: number[] = [];

    for (let i = 0; i < 5; i++) {
      state = nonInviteClientStep(state, { kind: 'timer', timer: 'E' }, context).state;
      delays.push(state.intervalMs);
    }

    expect(delays).toEqual([1000, 2000, 4000, 4000, 4000]);
  });

  it('ends with the final response over a reliable transport', () => {
    const state: ClientState = { name: 'trying', intervalMs: 500 };

    const step = nonInviteClientStep(state, INPUTS['2xx']!, { timers: sipTimers(), isReliable: true });

    expect(writeStep(state, step)).toBe('terminated: stopTimers passUp end');
  });
});
