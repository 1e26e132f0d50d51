import { describe, expect, it } from 'vitest';
import { rehearseChallenge } from '../../../../src-main/sip/core/index.ts';
import { parseMessage } from '../../../../src-main/sip/syntax/index.ts';
import { FakeRuntime } from '../../../support/fake-runtime.ts';

describe('a rehearsed challenge, RFC 3261 §22', () => {
  it('goes all the way from the 401 to a request with credentials', () => {
    const bytes = rehearseChallenge(new FakeRuntime());
    const parsed = parseMessage(Buffer.from(bytes ?? []));
    expect(parsed.ok && parsed.value.headers.first('Authorization')).toMatch(
      /^Digest .*realm="phone\.invalid".*response="[0-9a-f]{32}"/,
    );
  });
});
