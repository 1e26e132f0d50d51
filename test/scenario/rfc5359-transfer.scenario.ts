import { describe, expect, it } from 'vitest';
import { liveCalls as live } from '../support/connected-phones.ts';
import { inviteLines, requestLines } from '../support/flow-record.ts';
import { openFlow } from '../support/phone-flow.ts';

describe('transferring a call — RFC 5359 §2', () => {
  it('transfer a call without asking — RFC 5359 §2.4', async () => {
    const { alice, bob, carol, connect, flow, scenario } = await openFlow();
    const callId = await connect(alice, bob);
    const transferred = alice.do['call.transfer']({ callId, target: carol.address });
    await scenario.advance(500);
    await bob.do['call.acceptTransfer']({ callId: bob.callId });
    await scenario.advance(500);
    await carol.do['call.answer']({ callId: carol.callId });
    await scenario.advance(500);
    expect(await transferred).toMatchObject({ ok: true, value: { statusCode: 200 } });

    expect(flow.endToEnd.filter((line) => !line.includes('NOTIFY'))).toEqual([
      ...inviteLines('alice', 'bob'),
      'alice > bob: REFER',
      'bob > alice: 202 REFER',
      'bob > carol: INVITE',
      'carol > bob: 180 INVITE',
      'carol > bob: 200 INVITE',
      'bob > carol: ACK',
      ...requestLines('alice', 'bob', 'BYE'),
    ]);
    expect(flow.header('alice > bob: REFER', 'Refer-To')).toBe(`<${carol.address}>`);
    expect(flow.header('bob > carol: INVITE', 'Referred-By')).toContain('alice@10.0.0.1');
    expect(flow.body('bob > alice: NOTIFY')).toMatch(/^SIP\/2\.0 100/);
    expect(flow.header('bob > alice: NOTIFY', 'Subscription-State')).toMatch(/^terminated/);
  });

  it('transfer a call after consultation: the new INVITE replaces the old one — RFC 5359 §2.5', async () => {
    const { alice, bob, carol, connect, flow, scenario } = await openFlow();
    const first = await connect(alice, bob);
    const second = await connect(alice, carol);
    const transferred = alice.do['call.transferAttended']({ callId: first, consultationCallId: second });
    await scenario.advance(500);
    await bob.do['call.acceptTransfer']({ callId: bob.callId });
    await scenario.advance(1000);
    expect(await transferred).toMatchObject({ ok: true, value: { statusCode: 200 } });

    expect(decodeURIComponent(flow.header('alice > bob: REFER', 'Refer-To'))).toContain('Replaces=');
    expect(flow.header('bob > carol: INVITE', 'Replaces')).toMatch(/;to-tag=.*;from-tag=|;from-tag=.*;to-tag=/);
    expect(flow.endToEnd).toEqual(expect.arrayContaining(['carol > alice: BYE', 'alice > bob: BYE']));
    expect(live(alice)).toEqual([]);
    expect(live(carol)).toMatchObject([
      { state: 'connected', remote: { address: expect.stringContaining('bob') as string } },
    ]);
  });
});
