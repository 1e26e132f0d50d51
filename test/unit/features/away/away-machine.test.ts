import { describe, expect, it } from 'vitest';
import { awayStep } from '../../../../src-main/features/away/machine/away-machine.ts';
import type { AwayInput, AwayPhase, AwayPlan } from '../../../../src-main/features/away/machine/away-step.ts';

const PLAN: AwayPlan = {
  hasGreeting: true,
  hasNotice: false,
  hasBeep: true,
  greetsEarly: false,
  hasRemoteAccess: true,
  recordsOn: true,
  asksName: false,
  hasMenu: false,
  canCallBack: true,
  mayRingThrough: true,
};
const INPUTS = [
  'callRings',
  'waitOver',
  'answerFailed',
  'earlyFailed',
  'soundEnded',
  'beepEnded',
  'skipPressed',
  'endPressed',
  'onePressed',
  'twoPressed',
  'zeroPressed',
  'keysOver',
  'pinRight',
  'pinWrong',
  'pinLocked',
  'ringOver',
  'leftToMachine',
  'nameHeard',
  'nameMissing',
  'recordingEnded',
  'recordingFailed',
  'replyChosen',
  'pickedUp',
  'callTaken',
  'callEnded',
] as const satisfies readonly AwayInput['kind'][];

const ANSWER_FAILED = { answerFailed: 'finished: stopWait' };
const BEFORE_RECORDING = {
  ...ANSWER_FAILED,
  endPressed: 'remote: stopWait startRemoteAccess',
  replyChosen: 'replying: stopWait playReply',
  pickedUp: 'finished: stopWait connect',
  callTaken: 'finished: stopWait',
  callEnded: 'finished: stopWait',
};
const LEAVES_RECORDING = {
  ...ANSWER_FAILED,
  replyChosen: 'replying: playReply',
  pickedUp: 'talking: connect loosenRecording',
  callTaken: 'finished: saveRecording',
  callEnded: 'finished: saveRecording',
};
const leavesMenu = (action: string) => ({
  ...ANSWER_FAILED,
  replyChosen: `replying: ${action} playReply`,
  pickedUp: `finished: ${action} connect`,
  callTaken: `finished: ${action}`,
  callEnded: `finished: ${action}`,
});

const naming = (...first: readonly string[]) => ({
  ...ANSWER_FAILED,
  replyChosen: ['replying:', ...first, 'playReply'].join(' '),
  pickedUp: ['finished:', ...first, 'connect'].join(' '),
  callTaken: ['finished:', ...first].join(' '),
  callEnded: ['finished:', ...first].join(' '),
});

/** Phase → input → next phase and actions; what is not listed is ignored. */
const TABLE: Record<AwayPhase, Partial<Record<(typeof INPUTS)[number], string>>> = {
  waiting: {
    ...ANSWER_FAILED,
    callRings: 'waiting: startWait',
    waitOver: 'greeting: answerAndGreet',
    callTaken: 'finished: stopWait',
    callEnded: 'finished: stopWait',
  },
  askingName: {
    ...naming(),
    soundEnded: 'hearingName: hearName',
  },
  hearingName: {
    ...naming('stopName'),
    endPressed: 'hearingName: stopName',
    nameHeard: 'announcing: playPleaseWait',
    nameMissing: 'dismissing: playNotTaken',
  },
  announcing: {
    ...naming('stopRinging'),
    soundEnded: 'announcing: ringThrough',
    skipPressed: 'greeting: stopRinging playGreeting',
    ringOver: 'greeting: stopRinging playGreeting',
    leftToMachine: 'greeting: stopRinging playGreeting',
  },
  dismissing: { ...naming(), soundEnded: 'finished: hangUp' },
  greetingEarly: {
    ...ANSWER_FAILED,
    earlyFailed: 'greeting: answerAndGreet',
    soundEnded: 'beeping: answer playBeep',
    skipPressed: 'beeping: answer playBeep',
    endPressed: 'remote: answer startRemoteAccess',
    pickedUp: 'finished: answerInPerson',
    callTaken: 'finished:',
    callEnded: 'finished:',
  },
  greeting: { ...BEFORE_RECORDING, soundEnded: 'beeping: playBeep', skipPressed: 'beeping: playBeep' },
  noticing: { ...BEFORE_RECORDING, soundEnded: 'beeping: playBeep' },
  beeping: { ...BEFORE_RECORDING, beepEnded: 'recording: startRecording' },
  choosing: {
    ...leavesMenu('stopWait'),
    soundEnded: 'choosing: waitForKeys',
    keysOver: 'beeping: stopWait playBeep',
    skipPressed: 'beeping: stopWait playBeep',
    onePressed: 'beeping: stopWait playBeep',
    twoPressed: 'notingCallBack: stopWait keepCallBack playCallBackNoted',
    zeroPressed: 'askingPin: stopWait askPin',
    endPressed: 'remote: stopWait startRemoteAccess',
  },
  notingCallBack: { ...leavesMenu('stopWait'), soundEnded: 'finished: hangUp' },
  askingPin: {
    ...leavesMenu('stopWait'),
    soundEnded: 'askingPin: waitForKeys',
    pinRight: 'ringingThrough: stopWait ringThrough',
    pinWrong: 'askingPin: stopWait askPinAgain',
    pinLocked: 'beeping: stopWait playBeep',
    keysOver: 'beeping: stopWait playBeep',
  },
  ringingThrough: {
    ...leavesMenu('stopRinging'),
    ringOver: 'beeping: stopRinging playBeep',
    leftToMachine: 'beeping: stopRinging playBeep',
  },
  recording: {
    ...LEAVES_RECORDING,
    recordingEnded: 'finished: saveRecording hangUp',
    endPressed: 'finished: saveRecording hangUp',
    recordingFailed: 'apologising: playApology',
  },
  replying: { ...LEAVES_RECORDING, soundEnded: 'finished: saveRecording hangUp' },
  apologising: {
    ...ANSWER_FAILED,
    soundEnded: 'finished: hangUp',
    pickedUp: 'finished: connect',
    callTaken: 'finished:',
    callEnded: 'finished:',
  },
  talking: { ...ANSWER_FAILED, callEnded: 'finished: saveRecording' },
  remote: { ...ANSWER_FAILED, callEnded: 'finished:' },
  finished: {},
};

const run = (phase: AwayPhase, kind: AwayInput['kind'], plan: AwayPlan = PLAN) => {
  const { state, actions } = awayStep({ phase }, { kind }, plan);
  return `${state.phase}:${actions.map((action) => ` ${action}`).join('')}`;
};

describe('answering machine', () => {
  for (const [phase, row] of Object.entries(TABLE) as [AwayPhase, (typeof TABLE)[AwayPhase]][]) {
    for (const kind of INPUTS) {
      it(`${phase} × ${kind} → ${row[kind] ?? 'ignored'}`, () => {
        expect(run(phase, kind)).toBe(row[kind] ?? `${phase}:`);
      });
    }
  }

  it('asks what it shall be after the greeting, where there is a menu', () => {
    const plan = { ...PLAN, hasMenu: true };
    expect(run('greeting', 'soundEnded', plan)).toBe('choosing: playMenu');
    expect(run('greeting', 'skipPressed', plan)).toBe('choosing: playMenu');
    expect(run('waiting', 'waitOver', { ...plan, hasGreeting: false })).toBe('choosing: answer playMenu');
    expect(run('greetingEarly', 'soundEnded', { ...plan, greetsEarly: true })).toBe('choosing: answer playMenu');
    expect(run('choosing', 'keysOver', { ...plan, hasNotice: true })).toBe('noticing: stopWait playNotice');
  });

  it('takes the keys of the menu during the greeting already', () => {
    const plan = { ...PLAN, hasMenu: true };
    for (const key of ['onePressed', 'twoPressed', 'zeroPressed'] as const) {
      expect(run('greeting', key, plan)).toBe(TABLE.choosing[key]);
    }
  });

  it('takes a message from a hidden number that wants to be called back', () => {
    const plan = { ...PLAN, hasMenu: true, canCallBack: false };
    expect(run('choosing', 'twoPressed', plan)).toBe('beeping: stopWait playBeep');
  });

  it('has no ear for 0 from a caller who may not ring through', () => {
    expect(run('choosing', 'zeroPressed', { ...PLAN, mayRingThrough: false })).toBe('choosing:');
    expect(run('choosing', 'endPressed', { ...PLAN, hasRemoteAccess: false })).toBe('choosing:');
  });

  it('records at once when there is neither greeting nor beep', () => {
    const plan = { ...PLAN, hasGreeting: false, hasBeep: false };
    expect(run('waiting', 'waitOver', plan)).toBe('recording: answer startRecording');
  });

  it('beeps after the pick-up when there is no greeting', () => {
    expect(run('waiting', 'waitOver', { ...PLAN, hasGreeting: false })).toBe('beeping: answer playBeep');
  });

  it('has no ear for # before the message when there is no PIN', () => {
    const plan = { ...PLAN, hasRemoteAccess: false };
    for (const phase of ['greetingEarly', 'greeting', 'beeping'] as const) {
      expect(run(phase, 'endPressed', plan)).toBe(`${phase}:`);
    }
  });

  it('greets before it answers when the caller shall not pay for the greeting', () => {
    const plan = { ...PLAN, greetsEarly: true };
    expect(run('waiting', 'waitOver', plan)).toBe('greetingEarly: playEarlyGreeting');
    expect(run('waiting', 'waitOver', { ...plan, hasGreeting: false })).toBe('beeping: answer playBeep');
    expect(run('greetingEarly', 'soundEnded', { ...plan, hasBeep: false })).toBe('recording: answer startRecording');
  });

  it('tells that it records after the greeting, also when that was skipped or there is none', () => {
    const plan = { ...PLAN, hasNotice: true };
    expect(run('greeting', 'soundEnded', plan)).toBe('noticing: playNotice');
    expect(run('greeting', 'skipPressed', plan)).toBe('noticing: playNotice');
    expect(run('noticing', 'skipPressed', plan)).toBe('noticing:');
    expect(run('waiting', 'waitOver', { ...plan, hasGreeting: false })).toBe('noticing: answer playNotice');
    expect(run('greetingEarly', 'soundEnded', { ...plan, greetsEarly: true })).toBe('noticing: answer playNotice');
  });

  it('records after the greeting when no beep is wanted', () => {
    expect(run('greeting', 'skipPressed', { ...PLAN, hasBeep: false })).toBe('recording: startRecording');
  });

  it('keeps what was said and stops when the user picks up and does not want the call recorded', () => {
    expect(run('recording', 'pickedUp', { ...PLAN, recordsOn: false })).toBe('finished: connect saveRecording');
    expect(run('replying', 'pickedUp', { ...PLAN, recordsOn: false })).toBe('finished: connect saveRecording');
  });

  it('asks who calls before anything else, and goes on where there is no greeting', () => {
    const plan = { ...PLAN, asksName: true, greetsEarly: true };
    expect(run('waiting', 'waitOver', plan)).toBe('askingName: answerAndAskName');
    expect(run('announcing', 'ringOver', { ...plan, hasGreeting: false })).toBe('beeping: stopRinging playBeep');
  });
});
