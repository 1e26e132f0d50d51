// Click to dial of RFC 5359 §2.18: a program asks the phone beside it to call, by REFER outside any dialog. RFC 3515 §2.4, RFC 4488 §4.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { requestOf } from '../support/message-builders.ts';
import { FlowRecord, headerOf, inviteLines, requestLines } from '../support/flow-record.ts';
import { Scenario, type ScenarioPhone } from '../support/scenario-phone.ts';
import { RawPeer } from '../support/sip-agent.ts';

const PC = '10.0.0.60';
const ALICE = { address: '10.0.0.1', port: 5060 };
const BOB = 'sip:bob@10.0.0.2';

let scenario: Scenario;
let flow: FlowRecord;
let alice: ScenarioPhone;
let bob: ScenarioPhone;
let pc: RawPeer;

beforeEach(async () => {
  scenario = new Scenario();
  flow = new FlowRecord(scenario.network, { '10.0.0.1': 'alice', '10.0.0.2': 'bob', [PC]: 'pc' });
  alice = await scenario.phone('alice', { calls: { acceptReferrals: 'ask', maxCalls: 2 } });
  bob = await scenario.phone('bob');
  pc = await RawPeer.open(scenario.network, PC);
  pc.respond = (request) => pc.reply(request, 200);
});
afterEach(() => scenario.close());

type Headers = readonly (readonly [string, string])[];
let count = 0;

/** The click: the PC asks Alice's phone to call `referTo`. */
async function click(referTo: string, headers: Headers = []): Promise<void> {
  const branch = `z9hG4bKclick${++count}`;
  const refer = requestOf({
    ...{ method: 'REFER', requestUri: 'sip:alice@10.0.0.1', branch },
    headers: [['Refer-To', referTo], ['Contact', `<sip:pc@${PC}>`], ...headers],
  });
  refer.headers.set('Via', `SIP/2.0/UDP ${PC}:5060;branch=${branch};rport`);
  refer.headers.set('From', `<sip:pc@${PC}>;tag=pc`);
  refer.headers.set('To', '<sip:alice@10.0.0.1>');
  refer.headers.set('Call-ID', branch);
  pc.send(refer, ALICE);
  await scenario.advance(300);
}

/** The status lines that the PC was told. */
const reports = (): string[] =>
  flow.messages
    .filter(({ from, what }) => from === 'alice' && what === 'NOTIFY')
    .map(({ text }) => `${text.split('\r\n\r\n')[1]?.trim()} ${headerOf(text, 'Subscription-State').split(';')[0]}`);

const statusOfRefer = () => pc.responses('REFER').map(({ statusCode }) => statusCode);
const question = () => {
  const [first] = alice.view.referrals;
  if (!first) throw new Error('nobody asks');
  return first;
};

describe('click to dial — RFC 5359 §2.18', () => {
  it('goes message by message: REFER, a question, the call, and its reports — RFC 3515 §2.4.5', async () => {
    await click(`<${BOB}>`);
    expect(alice.view.referrals).toMatchObject([
      { accountId: 'alice', target: BOB, referredBy: `sip:pc@${PC}`, isAsserted: false },
    ]);
    await alice.do['call.acceptReferral']({ referralId: question().id });
    await scenario.advance(500);
    await bob.do['call.answer']({ callId: bob.callId });
    await scenario.advance(500);

    expect(flow.endToEnd.filter((line) => line.includes('pc'))).toEqual([
      'pc > alice: REFER',
      'alice > pc: 202 REFER',
      ...requestLines('alice', 'pc', 'NOTIFY'),
      ...requestLines('alice', 'pc', 'NOTIFY'),
      ...requestLines('alice', 'pc', 'NOTIFY'),
    ]);
    const [invite, ok, ack] = inviteLines('alice', 'bob');
    expect(flow.endToEnd.filter((line) => line.includes('bob'))).toEqual([invite, 'bob > alice: 180 INVITE', ok, ack]);
    expect(reports()).toEqual(['SIP/2.0 100 Trying active', 'SIP/2.0 180 Ringing active', 'SIP/2.0 200 OK terminated']);
    expect(flow.lines.indexOf('alice > pc: 202 REFER')).toBeLessThan(flow.lines.indexOf('alice > bob: INVITE'));
    expect(alice.view.referrals).toEqual([]);
    expect(alice.view.calls).toMatchObject([{ state: 'connected', direction: 'outgoing', remote: { address: BOB } }]);
  });

  it('ends with the reason for which the call failed', async () => {
    await click(`<${BOB}>`);
    await alice.do['call.acceptReferral']({ referralId: question().id });
    await scenario.advance(500);
    await bob.do['call.reject']({ callId: bob.callId, statusCode: 486 });
    await scenario.advance(500);

    expect(reports().at(-1)).toBe('SIP/2.0 486 Busy Here terminated');
  });

  it('ends with 603 when the user says no, or nothing for a minute and a half', async () => {
    await click(`<${BOB}>`);
    expect(await alice.do['call.declineReferral']({ referralId: question().id })).toMatchObject({ ok: true });
    await scenario.advance(300);
    expect(reports().at(-1)).toBe('SIP/2.0 603 Decline terminated');
    flow.clear();

    await click(`<${BOB}>`);
    const { id } = question();
    await scenario.advance(91_000);

    expect(reports().at(-1)).toBe('SIP/2.0 603 Decline terminated');
    expect(await alice.do['call.acceptReferral']({ referralId: id })).toMatchObject({
      failure: { code: 'notFound', message: 'Nobody asks for this call any more.' },
    });
    expect(bob.view.calls).toEqual([]);
  });

  it('makes no subscription when the program wants none — RFC 4488 §4', async () => {
    await click(`<${BOB}>`, [['Refer-Sub', 'false']]);
    await alice.do['call.acceptReferral']({ referralId: question().id });
    await scenario.advance(500);

    expect(flow.header('alice > pc: 202 REFER', 'Refer-Sub')).toBe('false');
    expect(flow.lines).not.toContain('alice > pc: NOTIFY');
    expect(bob.call).toMatchObject({ state: 'ringing' });
  });

  it('takes a number as a person would type it — RFC 3966 §5.1', async () => {
    await click('<tel:+1-201-555-0123>');

    expect(question().target).toBe('sip:+12015550123@10.0.0.1');
  });

  it('tells the program when there are too many calls', async () => {
    const peer = await RawPeer.open(scenario.network, '10.0.0.70');
    peer.respond = (request) => request.method === 'INVITE' && peer.reply(request, 180);
    await alice.dial('sip:one@10.0.0.70');
    await alice.dial('sip:two@10.0.0.70');
    await click(`<${BOB}>`);

    expect(await alice.do['call.acceptReferral']({ referralId: question().id })).toMatchObject({
      failure: { code: 'busy' },
    });
    await scenario.advance(300);
    expect(reports().at(-1)).toBe('SIP/2.0 486 Busy Here terminated');
  });

  it('asks four questions at a time, and the same only once', async () => {
    for (const user of ['a', 'a', 'b', 'c', 'd', 'e']) await click(`<sip:${user}@10.0.0.2>`);

    expect(statusOfRefer()).toEqual([202, 486, 202, 202, 202, 486]);
    expect(alice.view.referrals).toHaveLength(4);
    await alice.do['call.declineReferral']({ referralId: question().id });
    await click('<sip:e@10.0.0.2>');
    expect(statusOfRefer().at(-1)).toBe(202);
  });
});
