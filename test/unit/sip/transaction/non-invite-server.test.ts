import { describe, expect, it } from 'vitest';
import { nonInviteServerStep } from '../../../../src-main/sip/transaction/non-invite-server.ts';
import type { ServerInput, ServerState } from '../../../../src-main/sip/transaction/server-machine.ts';
import { sipTimers } from '../../../../src-main/sip/transaction/sip-timers.ts';
import { request, response, writeStep } from './machine-table.ts';

const INPUTS: Record<string, ServerInput> = {
  start: { kind: 'start' },
  retransmission: { kind: 'retransmission' },
  ack: { kind: 'ack', request: request('ACK') },
  'respond 100': { kind: 'respond', response: response(100) },
  'respond 180': { kind: 'respond', response: response(180) },
  'respond 200': { kind: 'respond', response: response(200) },
  'respond 408': { kind: 'respond', response: response(408) },
  J: { kind: 'timer', timer: 'J' },
  trying: { kind: 'timer', timer: 'trying' },
  error: { kind: 'transportError', reason: 'lost' },
};

const END = 'terminated: stopTimers';
const OPEN = {
  'respond 100': 'proceeding: sendResponse',
  'respond 200': 'completed: stopTimers startTimer(J 32000) sendResponse',
  'respond 408': `${END} end`,
  error: `${END} tellTransportError end`,
};

/** RFC 3261 Figure 8 for UDP with RFC 4320; what is not named is ignored. */
const TABLE: Record<ServerState['name'], Partial<Record<keyof typeof INPUTS, string>>> = {
  trying: { ...OPEN, start: 'trying: startTimer(trying 3500)', trying: 'trying: sendTrying' },
  proceeding: { ...OPEN, retransmission: 'proceeding: sendResponse' },
  completed: {
    retransmission: 'completed: sendResponse',
    J: `${END} end`,
    error: `${END} tellTransportError end`,
  },
  confirmed: {},
  accepted: {},
  terminated: {},
};

describe('non-INVITE server transaction — RFC 3261 §17.2.2, RFC 4320 §4.1 §4.2', () => {
  const context = { timers: sipTimers(), isReliable: false };

  for (const [name, row] of Object.entries(TABLE)) {
    for (const [input, value] of Object.entries(INPUTS)) {
      it(`in ${name} answers ${input} with ${row[input] ?? 'nothing'}`, () => {
        const last = name === 'trying' ? {} : { lastResponse: response(100) };
        const state: ServerState = { name: name as ServerState['name'], ...last, intervalMs: 0 };

        const step = nonInviteServerStep(state, value, context);

        expect(writeStep(state, step)).toBe(row[input] ?? '-');
      });
    }
  }

  it('ends with the final response over a reliable transport', () => {
    const state: ServerState = { name: 'trying', intervalMs: 0 };

    const step = nonInviteServerStep(state, INPUTS['respond 200']!, { timers: sipTimers(), isReliable: true });

    expect(writeStep(state, step)).toBe('terminated: stopTimers sendResponse end');
  });
});
