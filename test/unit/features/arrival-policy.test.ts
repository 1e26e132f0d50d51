import { describe, expect, it } from 'vitest';
import { judgeArrival, type ArrivalFacts } from '../../../src-main/features/call/arrival/arrival-policy.ts';

const facts: ArrivalFacts = {
  method: 'INVITE',
  isWithinDialog: false,
  names: ['Nightjar', 'alice', 'Alice'],
  isForUs: true,
  isRegistering: true,
  isFromOwnServer: true,
  policy: 'auto',
};

describe('who may knock', () => {
  it('gives scanners no answer, whatever they send', () => {
    const names = [
      'friendly-scanner',
      'sipvicious',
      'SIPCLI/1.8',
      'VaxSIPUserAgent/3.1',
      'sundayddr',
      'pplsip',
      'Mr.SIP',
      'iWar',
    ];
    for (const name of names)
      for (const method of ['INVITE', 'OPTIONS', 'REGISTER'])
        expect(judgeArrival({ ...facts, method, names: [undefined, name] }), name).toBe('drop');
  });

  it('takes no ordinary phone for a scanner', () => {
    for (const name of ['Linphone/5.2', 'baresip v3', 'Warsaw iWarrior', 'Smapson', 'Grandstream', 'sipp', undefined])
      expect(judgeArrival({ ...facts, names: [name] }), name).toBe('accept');
  });

  it('tells who calls nobody here — RFC 3261 §21.4.5', () => {
    expect(judgeArrival({ ...facts, isForUs: false })).toEqual({ refuseWith: 404 });
  });

  it('refuses who calls past the server of an account that registers — RFC 3261 §21.4.4', () => {
    const direct = { ...facts, isFromOwnServer: false };

    expect(judgeArrival(direct)).toEqual({ refuseWith: 403 });
    expect(judgeArrival({ ...direct, isRegistering: false })).toBe('accept');
    expect(judgeArrival({ ...direct, policy: 'allow' })).toBe('accept');
    expect(judgeArrival({ ...direct, policy: 'refuse', isRegistering: false })).toEqual({ refuseWith: 403 });
  });

  it('lets in what belongs to a call that is there, and what is no call', () => {
    const direct = { ...facts, isFromOwnServer: false };

    expect(judgeArrival({ ...direct, isWithinDialog: true })).toBe('accept');
    expect(judgeArrival({ ...direct, method: 'OPTIONS' })).toBe('accept');
  });
});
