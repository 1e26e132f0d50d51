import { describe, expect, it } from 'vitest';
import type { Call } from '../../../src-main/features/call/call.ts';
import { refuseReplacement, type ReplacementFacts } from '../../../src-main/features/call/transfer/replacement.ts';

const callOf = (isAsserted: boolean): Call =>
  ({ account: { id: 'alice' }, info: { remote: { isAsserted } } }) as unknown as Call;
const facts = (more: Partial<ReplacementFacts> = {}): ReplacementFacts => ({
  ...{ accountId: 'alice', policy: 'ask', isAsserted: false },
  ...more,
});

describe('an INVITE that would replace a call — RFC 3891 §3, RFC 3891 §7', () => {
  it('needs a call of the same account', () => {
    expect(refuseReplacement(undefined, facts())).toBe(481);
    expect(refuseReplacement(callOf(false), facts({ accountId: 'bob' }))).toBe(481);
  });

  it('is for the policy to refuse', () => {
    expect(refuseReplacement(callOf(false), facts({ policy: 'never' }))).toBe(603);
    expect(refuseReplacement(callOf(false), facts())).toBeUndefined();
  });

  it('comes from somebody whom the own server names, when it named the peer of the call', () => {
    expect(refuseReplacement(callOf(true), facts())).toBe(403);
    expect(refuseReplacement(callOf(true), facts({ isAsserted: true }))).toBeUndefined();
    expect(refuseReplacement(callOf(true), facts({ policy: 'always' }))).toBeUndefined();
  });
});
