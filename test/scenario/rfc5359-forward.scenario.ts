import { describe, expect, it } from 'vitest';
import { openFlow } from '../support/phone-flow.ts';

describe('forwarding a call — RFC 5359 §2', () => {
  it('forward a call by 302, which the caller follows — RFC 5359 §2.7', async () => {
    const { alice, bob, carol, flow, scenario } = await openFlow();
    await alice.dial(bob.address);
    await scenario.advance(300);
    flow.clear();
    await bob.do['call.redirect']({ callId: bob.callId, target: carol.address });
    await scenario.advance(300);

    expect(flow.endToEnd).toEqual([
      'bob > alice: 302 INVITE',
      'alice > bob: ACK',
      'alice > carol: INVITE',
      'carol > alice: 180 INVITE',
    ]);
    expect(flow.header('bob > alice: 302 INVITE', 'Contact')).toContain(carol.address);
  });

  it('say busy, so that a proxy can forward — RFC 5359 §2.8', async () => {
    const { alice, bob, flow, scenario } = await openFlow();
    await alice.dial(bob.address);
    await scenario.advance(300);
    flow.clear();
    await bob.do['call.reject']({ callId: bob.callId, statusCode: 486 });
    await scenario.advance(300);

    expect(flow.endToEnd).toEqual(['bob > alice: 486 INVITE', 'alice > bob: ACK']);
  });

  it('stop ringing when the proxy forwards for want of an answer — RFC 5359 §2.9', async () => {
    const { alice, bob, flow, scenario } = await openFlow();
    const callId = await alice.dial(bob.address);
    await scenario.advance(300);
    flow.clear();
    await alice.do['call.hangUp']({ callId });
    await scenario.advance(300);

    expect([...flow.endToEnd].sort()).toEqual(
      ['alice > bob: CANCEL', 'bob > alice: 200 CANCEL', 'bob > alice: 487 INVITE', 'alice > bob: ACK'].sort(),
    );
    expect(bob.view.history).toMatchObject([{ outcome: 'missed' }]);
  });
});
