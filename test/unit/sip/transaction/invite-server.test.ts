import { describe, expect, it } from 'vitest';
import { inviteServerStep } from '../../../../src-main/sip/transaction/invite-server.ts';
import type { ServerInput, ServerState } from '../../../../src-main/sip/transaction/server-machine.ts';
import { sipTimers } from '../../../../src-main/sip/transaction/sip-timers.ts';
import { request, response, writeStep } from './machine-table.ts';

const INPUTS: Record<string, ServerInput> = {
  start: { kind: 'start' },
  retransmission: { kind: 'retransmission' },
  ack: { kind: 'ack', request: request('ACK') },
  'respond 180': { kind: 'respond', response: response(180) },
  'respond 200': { kind: 'respond', response: response(200) },
  'respond 486': { kind: 'respond', response: response(486) },
  trying: { kind: 'timer', timer: 'trying' },
  G: { kind: 'timer', timer: 'G' },
  H: { kind: 'timer', timer: 'H' },
  I: { kind: 'timer', timer: 'I' },
  L: { kind: 'timer', timer: 'L' },
  error: { kind: 'transportError', reason: 'lost' },
};

const END = 'terminated: stopTimers';

/** RFC 3261 Figure 7 as amended by RFC 6026 Figure 2, for UDP; what is not named is ignored. */
const TABLE: Record<ServerState['name'], Partial<Record<keyof typeof INPUTS, string>>> = {
  proceeding: {
    start: 'proceeding: startTimer(trying 200)',
    retransmission: 'proceeding: sendResponse',
    'respond 180': 'proceeding: stopTimers sendResponse',
    'respond 200': 'accepted: stopTimers startTimer(L 32000) sendResponse',
    'respond 486': 'completed: stopTimers startTimer(H 32000) startTimer(G 500) sendResponse',
    trying: 'proceeding: sendTrying',
    error: 'proceeding: tellTransportError',
  },
  completed: {
    retransmission: 'completed: sendResponse',
    ack: 'confirmed: stopTimers startTimer(I 5000)',
    G: 'completed: startTimer(G 1000) sendResponse',
    H: `${END} tellTimeout end`,
    error: 'completed: tellTransportError',
  },
  confirmed: { I: `${END} end` },
  accepted: {
    ack: 'accepted: passUpAck',
    'respond 200': 'accepted: sendResponse',
    L: `${END} end`,
    error: 'accepted: tellTransportError',
  },
  trying: {},
  terminated: {},
};

describe('INVITE server transaction — RFC 3261 §17.2.1, RFC 6026 §7.1 §8.4', () => {
  const context = { timers: sipTimers(), isReliable: false };
  const inState = (name: ServerState['name']): ServerState => ({
    name,
    lastResponse: response(180),
    intervalMs: 500,
  });

  for (const [name, row] of Object.entries(TABLE)) {
    for (const [input, value] of Object.entries(INPUTS)) {
      it(`in ${name} answers ${input} with ${row[input] ?? 'nothing'}`, () => {
        const state = inState(name as ServerState['name']);

        const step = inviteServerStep(state, value, context);

        expect(writeStep(state, step)).toBe(row[input] ?? '-');
      });
    }
  }

  it('has nothing to repeat before the first response', () => {
    const state: ServerState = { name: 'proceeding', intervalMs: 0 };

    expect(inviteServerStep(state, { kind: 'retransmission' }, context).actions).toEqual([]);
  });

  it('doubles timer G up to T2', () => {
    let state = inState('completed');
    const delays: number[] = [];

    for (let i = 0; i < 5; i++) {
      state = inviteServerStep(state, { kind: 'timer', timer: 'G' }, context).state;
      delays.push(state.intervalMs);
    }

    expect(delays).toEqual([1000, 2000, 4000, 4000, 4000]);
  });

  it('does not repeat a final response over a reliable transport, and ends with its ACK', () => {
    const reliable = { timers: sipTimers(), isReliable: true };

    expect(
      writeStep(inState('proceeding'), inviteServerStep(inState('proceeding'), INPUTS['respond 486']!, reliable)),
    ).toBe('completed: stopTimers startTimer(H 32000) sendResponse');
    expect(writeStep(inState('completed'), inviteServerStep(inState('completed'), INPUTS['ack']!, reliable))).toBe(
      `${END} end`,
    );
  });
});
