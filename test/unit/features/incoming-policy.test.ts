import { describe, expect, it } from 'vitest';
import { decideIncoming } from '../../../src-main/features/call/arrival/incoming-policy.ts';

const facts = {
  accountId: 'a',
  isDoNotDisturb: false,
  isAway: false,
  liveCalls: 0,
  awayCalls: 0,
  maxCalls: 8,
  maxAwayCalls: 50,
};

describe('incoming policy — RFC 3261 §21.4', () => {
  it('rings for one of our accounts', () => {
    expect(decideIncoming(facts)).toEqual({ kind: 'ring', isSilent: false });
  });

  it('answers 404 to a caller of somebody else', () => {
    expect(decideIncoming({ ...facts, accountId: undefined })).toMatchObject({ statusCode: 404 });
  });

  it('is busy at the limit of calls', () => {
    expect(decideIncoming({ ...facts, liveCalls: 8 })).toMatchObject({ statusCode: 486 });
  });

  it('has room for callers of the answering machine beside the calls of the user', () => {
    const away = { ...facts, isAway: true };
    expect(decideIncoming({ ...away, liveCalls: 57, awayCalls: 50 })).toMatchObject({ kind: 'ring' });
    expect(decideIncoming({ ...away, liveCalls: 58, awayCalls: 50 })).toMatchObject({ statusCode: 486 });
    expect(decideIncoming({ ...facts, liveCalls: 57, awayCalls: 50 })).toMatchObject({ kind: 'ring' });
    expect(decideIncoming({ ...facts, liveCalls: 58, awayCalls: 50 })).toMatchObject({ statusCode: 486 });
  });

  it('refuses while not to be disturbed', () => {
    expect(decideIncoming({ ...facts, isDoNotDisturb: true })).toMatchObject({ statusCode: 480 });
  });

  it('rings silently while not to be disturbed when away mode will take the call', () => {
    expect(decideIncoming({ ...facts, isDoNotDisturb: true, isAway: true })).toEqual({ kind: 'ring', isSilent: true });
  });
});
