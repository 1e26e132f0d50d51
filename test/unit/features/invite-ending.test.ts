import { describe, expect, it } from 'vitest';
import { endingOf } from '../../../src-main/features/call/invite-ending.ts';
import { buildResponse } from '../../../src-main/sip/syntax/index.ts';
import { requestOf } from '../../support/message-builders.ts';

const failureWith = (statusCode: number, warning?: string) => {
  const response = buildResponse(requestOf({ method: 'INVITE' }), statusCode);
  if (warning !== undefined) response.headers.append('Warning', warning);
  return { kind: 'rejected', statusCode, reasonPhrase: response.reasonPhrase, response } as const;
};

describe('what a call ends with — RFC 3261 §21', () => {
  it('is the reason that the other side gives', () => {
    expect(endingOf(failureWith(486))).toEqual({ by: 'remote', statusCode: 486, reason: 'Busy Here' });
  });

  it('says which scheme the other side takes — RFC 5630 §5.1.1', () => {
    expect(endingOf(failureWith(480, '380 host "SIPS Not Allowed"')).reason).toContain('only by sip:');
    expect(endingOf(failureWith(480, '381 host "SIPS Required"')).reason).toContain('dial its sips: address');
  });
});
