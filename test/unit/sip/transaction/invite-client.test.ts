import { describe, expect, it } from 'vitest';
import type { ClientInput, ClientState } from '../../../../src-main/sip/transaction/client-machine.ts';
import { inviteClientStep } from '../../../../src-main/sip/transaction/invite-client.ts';
import { sipTimers } from '../../../../src-main/sip/transaction/sip-timers.ts';
import { response, writeStep } from './machine-table.ts';

const INPUTS: Record<string, ClientInput> = {
  start: { kind: 'start' },
  '1xx': { kind: 'response', response: response(180) },
  '2xx': { kind: 'response', response: response(200) },
  '486': { kind: 'response', response: response(486) },
  A: { kind: 'timer', timer: 'A' },
  B: { kind: 'timer', timer: 'B' },
  D: { kind: 'timer', timer: 'D' },
  M: { kind: 'timer', timer: 'M' },
  error: { kind: 'transportError', reason: 'lost' },
};

const END = 'terminated: stopTimers';
const TO_PROCEEDING = 'proceeding: stopTimers passUp';
const TO_ACCEPTED = 'accepted: stopTimers startTimer(M 32000) passUp';
const TO_COMPLETED = 'completed: stopTimers startTimer(D 32000) sendAck passUp';

/** RFC 3261 Figure 5 as amended by RFC 6026 Figure 1, for UDP; what is not named is ignored. */
const TABLE: Record<ClientState['name'], Partial<Record<keyof typeof INPUTS, string>>> = {
  calling: {
    start: 'calling: startTimer(B 32000) startTimer(A 500) sendRequest',
    '1xx': TO_PROCEEDING,
    '2xx': TO_ACCEPTED,
    '486': TO_COMPLETED,
    A: 'calling: startTimer(A 1000) sendRequest',
    B: `${END} tellTimeout end`,
    error: `${END} tellTransportError end`,
  },
  proceeding: { '1xx': TO_PROCEEDING, '2xx': TO_ACCEPTED, '486': TO_COMPLETED },
  completed: { '486': 'completed: sendAck', D: `${END} end`, error: `${END} tellTransportError end` },
  accepted: { '2xx': 'accepted: passUp', M: `${END} end` },
  trying: {},
  terminated: {},
};

describe('INVITE client transaction — RFC 3261 §17.1.1, RFC 6026 §7.2', () => {
  const context = { timers: sipTimers(), isReliable: false };

  for (const [name, row] of Object.entries(TABLE)) {
    for (const [input, value] of Object.entries(INPUTS)) {
      it(`in ${name} answers ${input} with ${row[input] ?? 'nothing'}`, () => {
        const state = { name: name as ClientState['name'], intervalMs: 500 };

        const step = inviteClientStep(state, value, context);

        expect(writeStep(state, step)).toBe(row[input] ?? '-');
      });
    }
  }

  it('doubles timer A without a ceiling — RFC 3261 §17.1.1.2', () => {
    let state: ClientState = { name: 'calling', intervalMs: 500 };
    const delays: number[] = [];

    for (let i = 0; i < 6; i++) {
      state = inviteClientStep(state, { kind: 'timer', timer: 'A' }, context).state;
      delays.push(state.intervalMs);
    }

    expect(delays).toEqual([1000, 2000, 4000, 8000, 16_000, 32_000]);
  });

  it('neither retransmits nor waits for timer D over a reliable transport', () => {
    const reliable = { timers: sipTimers(), isReliable: true };
    const calling: ClientState = { name: 'calling', intervalMs: 500 };

    expect(writeStep(calling, inviteClientStep(calling, { kind: 'start' }, reliable))).toBe(
      'calling: startTimer(B 32000) sendRequest',
    );
    expect(writeStep(calling, inviteClientStep(calling, INPUTS['486']!, reliable))).toBe(
      'terminated: stopTimers sendAck passUp end',
    );
  });

  it('keeps timer D at 32 s when T1 is shorter', () => {
    const fast = { timers: sipTimers({ t1Ms: 50 }), isReliable: false };
    const calling: ClientState = { name: 'calling', intervalMs: 50 };

    expect(writeStep(calling, inviteClientStep(calling, INPUTS['486']!, fast))).toContain('startTimer(D 32000)');
  });
});
