import { describe, expect, it } from 'vitest';
import { SocketQuota } from '../../../../src-main/sip/transport/socket-quota.ts';

describe('places of one source at a listener — RFC 3261 §26.1.5', () => {
  it('are limited, and given back one by one', () => {
    const quota = new SocketQuota(2);
    const taken = [1, 2, 3].map(() => quota.take('192.0.2.1'));
    quota.release('192.0.2.1');

    expect(taken).toEqual([true, true, false]);
    expect(quota.take('192.0.2.1')).toBe(true);
    expect(quota.take('192.0.2.1')).toBe(false);
  });

  it('are not those of others, and an IPv6 /64 is one source — RFC 6177 §2', () => {
    const quota = new SocketQuota(1);

    expect(
      ['192.0.2.1', '192.0.2.2', '2001:db8::1', '2001:db8::2', '2001:db8:0:1::1'].map((a) => quota.take(a)),
    ).toEqual([true, true, true, false, true]);
  });

  it('are forgotten with the last socket', () => {
    const quota = new SocketQuota(5);
    for (let round = 0; round < 3; round++) quota.take('192.0.2.1');
    for (let round = 0; round < 4; round++) quota.release('192.0.2.1');

    expect(quota.sourceCount).toBe(0);
  });
});
