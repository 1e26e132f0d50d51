import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FlowRecord } from '../support/flow-record.ts';
import { Scenario, type ScenarioPhone } from '../support/scenario-phone.ts';
import { RawPeer } from '../support/sip-agent.ts';

const NAMES = { '10.0.0.1': 'alice', '10.0.0.2': 'bob', '10.0.0.50': 'focus' };
const SDP = 'v=0\r\no=- 1 1 IN IP4 10.0.0.50\r\ns=-\r\nc=IN IP4 10.0.0.50\r\nt=0 0\r\nm=audio 40000 RTP/AVP 0\r\n';
const FOCUS = '<sip:conf@10.0.0.50>;isfocus';

let scenario: Scenario;
let flow: FlowRecord;
let focus: RawPeer;
let alice: ScenarioPhone;

beforeEach(async () => {
  scenario = new Scenario();
  flow = new FlowRecord(scenario.network, NAMES);
  focus = await RawPeer.open(scenario.network, '10.0.0.50');
  focus.respond = (request) => {
    if (request.method === 'ACK') return;
    if (request.method === 'INVITE') focus.reply(request, 200, { body: SDP, headers: [['Contact', FOCUS]] });
    else if (request.method === 'SUBSCRIBE') focus.reply(request, 200, { headers: [['Expires', '600']] });
    else if (request.method === 'REFER') focus.reply(request, 202, { headers: [['Refer-Sub', 'false']] });
    else focus.reply(request, 200);
  };
  alice = await scenario.phone('alice', { calls: { acceptTransfers: 'always' } });
});
afterEach(() => scenario.close());

const join = async () => {
  const callId = await alice.dial('sip:conf@10.0.0.50');
  await scenario.advance(500);
  return callId;
};

describe('a participant of conferences — RFC 4579 §5', () => {
  it('joins by the address and subscribes to who is there — RFC 4579 §5.1, §5.2', async () => {
    await join();

    expect(flow.lines.slice(0, 2)).toEqual(['alice > focus: INVITE', 'focus > alice: 200 INVITE']);
    // ACK and SUBSCRIBE go at the same moment: their order means nothing.
    expect(flow.lines.slice(2).sort()).toEqual([
      'alice > focus: ACK',
      'alice > focus: SUBSCRIBE',
      'focus > alice: 200 SUBSCRIBE',
    ]);
    expect(flow.header('alice > focus: SUBSCRIBE', 'Event')).toBe('conference');
    expect(flow.header('alice > focus: SUBSCRIBE', 'Accept')).toContain('application/conference-info+xml');
  });

  it('asks the focus to bring somebody in and to send somebody away — RFC 4579 §5.5, §5.11', async () => {
    const callId = await join();
    flow.clear();
    await Promise.all([
      alice.ask('call.addParticipant', { callId, target: 'sip:bob@10.0.0.2' }),
      scenario.advance(300),
    ]);
    await Promise.all([alice.ask('call.removeParticipant', { callId, target: 'sip:eve@x' }), scenario.advance(300)]);

    expect(flow.lines).toEqual([
      'alice > focus: REFER',
      'focus > alice: 202 REFER',
      'alice > focus: REFER',
      'focus > alice: 202 REFER',
    ]);
    expect(focus.requests('REFER').map(({ headers }) => headers.first('Refer-To'))).toEqual([
      '<sip:bob@10.0.0.2>',
      '<sip:eve@x;method=BYE>',
    ]);
  });

  it('is referred into a conference from a call — RFC 4579 §5.6', async () => {
    const bob = await scenario.phone('bob');
    const callId = await bob.dial(alice.address);
    await scenario.advance(300);
    await alice.do['call.answer']({ callId: alice.callId });
    await scenario.advance(500);
    flow.clear();
    const transferred = bob.do['call.transfer']({ callId, target: 'sip:conf@10.0.0.50' });
    await scenario.advance(1000);
    expect(await transferred).toMatchObject({ ok: true, value: { statusCode: 200 } });

    const joined = ['bob > alice: REFER', 'alice > bob: 202 REFER', 'alice > focus: INVITE', 'alice > focus: ACK'];
    expect(flow.lines.filter((line) => joined.includes(line))).toEqual(joined);
    expect(flow.lines).toContain('alice > focus: SUBSCRIBE');
  });

  it('leaves with BYE — RFC 4579 §5.1', async () => {
    const callId = await join();
    flow.clear();
    await alice.do['call.hangUp']({ callId });
    await scenario.advance(500);

    expect(flow.lines.slice(0, 2)).toEqual(expect.arrayContaining(['alice > focus: BYE']));
    expect(flow.lines).toContain('focus > alice: 200 BYE');
    expect(alice.view.calls.filter(({ state }) => state !== 'ended')).toEqual([]);
  });
});
