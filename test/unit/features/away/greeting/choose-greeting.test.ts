import { describe, expect, it } from 'vitest';
import {
  chooseGreeting,
  type GreetingRule,
  type GreetingSettings,
} from '../../../../../src-main/features/away/greeting/index.ts';
import { LocalTime } from '../../../../../src-main/features/away/ways-in/local-time.ts';

const NIGHT = Date.parse('2026-11-25T23:00:00+01:00');
const NOON = Date.parse('2026-11-25T12:00:00+01:00');
const rule = (name: string, given: Partial<GreetingRule> = {}): GreetingRule => ({
  ...{ name, from: [], accountIds: [], hours: [], greetingFile: `${name}.wav` },
  ...given,
});
const RULES = [
  rule('family', { from: ['Mum@home.example', 'sip:dad@home.example'] }),
  rule('work at night', {
    accountIds: ['work'],
    hours: [{ days: ['wednesday'], from: '22:00', to: '06:00' }],
  }),
  rule('work', { accountIds: ['work'] }),
];
const QUESTION = { from: 'sip:bob@example.com', accountId: 'home', atMs: NOON };

function choose(question: Partial<typeof QUESTION>, settings: Partial<GreetingSettings> = {}, gone: string[] = []) {
  return chooseGreeting(
    { greetingRules: RULES, greetingFile: 'own.wav', saysBack: false, ...settings },
    { ...QUESTION, ...question },
    {
      ...{ defaultGreetingFile: 'default.wav', localTime: new LocalTime('Europe/Berlin') },
      exists: (file) => !gone.includes(file),
    },
  );
}

describe('the greeting that a caller hears', () => {
  it('is that of the first rule that fits', () => {
    expect(choose({ accountId: 'work', atMs: NIGHT })).toEqual({
      ...{ file: 'work at night.wav', rule: 'work at night', missing: [] },
    });
    expect(choose({ accountId: 'work' }).rule).toBe('work');
    expect(choose({ accountId: 'work', atMs: NIGHT, from: 'sip:dad@home.example' }).rule).toBe('family');
  });

  it('knows a caller whose address is written without scheme, or in capitals', () => {
    expect(choose({ from: 'sip:mum@home.example' }).rule).toBe('family');
    expect(choose({ from: 'sip:mum@elsewhere.example' }).rule).toBeNull();
  });

  it('is the usual one when no rule fits, and the one of the app without one', () => {
    expect(choose({})).toEqual({ file: 'own.wav', rule: null, missing: [] });
    expect(choose({}, { greetingFile: null }).file).toBe('default.wav');
  });

  it('passes over files that are gone, and says which', () => {
    expect(choose({ accountId: 'work' }, {}, ['work.wav', 'own.wav'])).toEqual({
      ...{ file: 'default.wav', rule: null, missing: ['work.wav', 'own.wav'] },
    });
    expect(choose({}, {}, ['own.wav', 'default.wav']).file).toBeUndefined();
  });
});
