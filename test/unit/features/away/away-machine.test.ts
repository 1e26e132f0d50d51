import { describe, expect, it } from 'vitest';
import {
  awayStep,
  type AwayInput,
  type AwayPhase,
  type AwayPlan,
} from '../../../../src-main/features/away/machine/away-machine.ts';

const PLAN: AwayPlan = { answerAfterMs: 15_000, hasGreeting: true, hasBeep: true };
const INPUTS = [
  'callRings',
  'waitOver',
  'answerFailed',
  'greetingEnded',
  'beepEnded',
  'recordingEnded',
  'callTaken',
  'callEnded',
] as const;

/** Phase → input → next phase and actions; what is not listed is ignored. */
const TABLE: Record<AwayPhase, Partial<Record<(typeof INPUTS)[number], string>>> = {
  waiting: {
    callRings: 'waiting: startWait',
    waitOver: 'greeting: answer playGreeting',
    answerFailed: 'finished: stopWait',
    callTaken: 'finished: stopWait',
    callEnded: 'finished: stopWait',
  },
  greeting: {
    answerFailed: 'finished: stopWait',
    greetingEnded: 'beeping: playBeep',
    callTaken: 'finished:',
    callEnded: 'finished:',
  },
  beeping: {
    answerFailed: 'finished: stopWait',
    beepEnded: 'recording: startRecording',
    callTaken: 'finished:',
    callEnded: 'finished:',
  },
  recording: {
    answerFailed: 'finished: stopWait',
    recordingEnded: 'finished: saveRecording hangUp',
    callTaken: 'finished: saveRecording',
    callEnded: 'finished: saveRecording',
  },
  finished: {},
};

const run = (phase: AwayPhase, kind: AwayInput['kind'], plan: AwayPlan) => {
  const { state, actions } = awayStep({ phase }, { kind }, plan);
  return `${state.phase}:${actions.map((action) => ` ${action.kind}`).join('')}`;
};

describe('answering machine', () => {
  for (const [phase, row] of Object.entries(TABLE) as [AwayPhase, (typeof TABLE)[AwayPhase]][]) {
    for (const kind of INPUTS) {
      it(`${phase} × ${kind} → ${row[kind] ?? 'ignored'}`, () => {
        expect(run(phase, kind, PLAN)).toBe(row[kind] ?? `${phase}:`);
      });
    }
  }

  it('records at once when there is neither greeting nor beep', () => {
    expect(run('waiting', 'waitOver', { ...PLAN, hasGreeting: false, hasBeep: false })).toBe(
      'recording: answer startRecording',
    );
  });

  it('beeps after the pick-up when there is no greeting', () => {
    expect(run('waiting', 'waitOver', { ...PLAN, hasGreeting: false })).toBe('beeping: answer playBeep');
  });
});
