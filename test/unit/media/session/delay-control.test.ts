import { describe, expect, it } from 'vitest';
import { DelayControl, type Standing } from '../../../../src-main/media/session/delay-control.ts';

/** What is done at last when every packet stands so. */
function settle(standing: Standing) {
  const control = new DelayControl();
  for (let packet = 0; packet < 2000; packet++) {
    const request = control.next(standing);
    if (request) return request;
  }
  return undefined;
}

describe('the delay in silence', () => {
  const silence = { gridMs: 5, packetMs: 20, isSilent: true };

  it('becomes less by whole steps and what is left of a packet, to the sample', () => {
    const request = settle({ ...silence, slackMs: 12, aheadMs: 3 });

    expect(request).toMatchObject({ direction: 'shrink', mostMs: 13, isExact: true });
  });

  it('becomes more likewise', () => {
    const request = settle({ ...silence, slackMs: -7, aheadMs: 3 });

    expect(request).toMatchObject({ direction: 'grow', mostMs: 7, isExact: true });
  });

  it('stays where it is within the first step after the target', () => {
    expect(settle({ ...silence, slackMs: 5.5, aheadMs: 0 })).toBeUndefined();
  });
});
