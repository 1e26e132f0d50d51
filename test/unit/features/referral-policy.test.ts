import { describe, expect, it } from 'vitest';
import { judgeReferral, type ReferralFacts } from '../../../src-main/features/referral/index.ts';

const facts: ReferralFacts = {
  policy: 'ask',
  isTrusted: false,
  isDowngrade: false,
  isAskedAlready: false,
  openQuestions: 0,
};
const judge = (given: Partial<ReferralFacts>) => judgeReferral({ ...facts, ...given });

describe('who may have this phone dial — RFC 3515 §5.2', () => {
  it('is nobody, unless the user says otherwise', () => {
    expect(judge({ policy: 'never' })).toEqual({ refuseWith: 403 });
  });

  it('is whoever the user agrees to', () => {
    expect(judge({})).toBe('ask');
  });

  it('is who is on the list, without a question', () => {
    expect(judge({ isTrusted: true })).toBe('dial');
    expect(judge({ isTrusted: true, policy: 'never' })).toBe('dial');
    expect(judge({ isTrusted: true, openQuestions: 4 })).toBe('dial');
  });

  it('is not led from a secured way to an unsecured one by a rule — RFC 5630 §5.1.1.3', () => {
    expect(judge({ isTrusted: true, isDowngrade: true })).toBe('ask');
    expect(judge({ isTrusted: true, isDowngrade: true, policy: 'never' })).toEqual({ refuseWith: 403 });
  });

  it('is asked about four at a time, and once for the same', () => {
    expect(judge({ openQuestions: 3 })).toBe('ask');
    expect(judge({ openQuestions: 4 })).toEqual({ refuseWith: 486 });
    expect(judge({ isAskedAlready: true })).toEqual({ refuseWith: 486 });
  });
});
