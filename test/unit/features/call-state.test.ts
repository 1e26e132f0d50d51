import { describe, expect, it } from 'vitest';
import {
  callStep,
  startIncoming,
  startOutgoing,
  type CallInput,
  type CallState,
} from '../../../src-main/features/call/call-state.ts';

const ending = { by: 'remote', statusCode: 486, reason: 'Busy Here' } as const;
const INPUTS: readonly CallInput[] = [
  { kind: 'progressed', hasEarlyMedia: false, isRinging: true },
  { kind: 'progressed', hasEarlyMedia: true, isRinging: false },
  { kind: 'progressed', hasEarlyMedia: false, isRinging: false },
  { kind: 'answered' },
  { kind: 'failed', ending },
  { kind: 'answerRequested' },
  { kind: 'rejectRequested', statusCode: 603 },
  { kind: 'redirectRequested' },
  { kind: 'hangUpRequested' },
  { kind: 'remoteEnded', ending: { by: 'remote', reason: 'hung up' } },
];
const label = (input: CallInput) =>
  input.kind === 'progressed'
    ? `progressed${input.hasEarlyMedia ? ' with sound' : input.isRinging ? ' ringing' : ''}`
    : input.kind;

/** State → for each input: the next phase and the actions, `-` when ignored. */
const OUTGOING_EARLY_ROWS = {
  answered: 'connected: stopTone',
  failed: 'ended: playTone(busy) release',
  hangUpRequested: 'ended: stopTone cancel release',
  remoteEnded: 'ended: stopTone release',
};
const TABLE: readonly [string, CallState, Record<string, string>][] = [
  [
    'outgoing dialing',
    startOutgoing(),
    {
      ...OUTGOING_EARLY_ROWS,
      'progressed ringing': 'ringing: playTone(ringBack)',
      'progressed with sound': 'early: stopTone',
    },
  ],
  [
    'outgoing ringing',
    { direction: 'outgoing', phase: 'ringing' },
    { ...OUTGOING_EARLY_ROWS, 'progressed with sound': 'early: stopTone' },
  ],
  [
    'outgoing early',
    { direction: 'outgoing', phase: 'early' },
    { ...OUTGOING_EARLY_ROWS, 'progressed with sound': 'early: stopTone' },
  ],
  [
    'outgoing connected',
    { direction: 'outgoing', phase: 'connected' },
    { failed: 'ended: bye release', hangUpRequested: 'ended: bye release', remoteEnded: 'ended: stopTone release' },
  ],
  [
    'incoming ringing',
    startIncoming(),
    {
      failed: 'ended: release',
      answerRequested: 'connected: accept',
      rejectRequested: 'ended: reject(603) release',
      redirectRequested: 'ended: redirect release',
      hangUpRequested: 'ended: reject(486) release',
      remoteEnded: 'ended: stopTone release',
    },
  ],
  [
    'incoming connected',
    { direction: 'incoming', phase: 'connected' },
    { failed: 'ended: bye release', hangUpRequested: 'ended: bye release', remoteEnded: 'ended: stopTone release' },
  ],
  ['ended', { direction: 'incoming', phase: 'ended' }, {}],
];

describe('call state machine', () => {
  for (const [name, state, rows] of TABLE) {
    for (const input of INPUTS) {
      const expected = rows[label(input)] ?? '-';
      it(`${name} × ${label(input)} → ${expected}`, () => {
        const step = callStep(state, input);

        const actions = step.actions.map((action) => {
          if ('tone' in action) return `${action.kind}(${action.tone})`;
          return 'statusCode' in action ? `${action.kind}(${action.statusCode})` : action.kind;
        });
        expect(step.isAccepted ? `${step.state.phase}: ${actions.join(' ')}` : '-').toBe(expected);
        if (!step.isAccepted) expect(step.state).toBe(state);
      });
    }
  }

  it('plays congestion, not busy, when the far side is unreachable', () => {
    const step = callStep(startOutgoing(), {
      kind: 'failed',
      ending: { by: 'failure', statusCode: 503, reason: 'Service Unavailable' },
    });

    expect(step.actions[0]).toEqual({ kind: 'playTone', tone: 'congestion' });
  });
});
