import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Body, InviteSession } from '../../src-main/sip/core/index.ts';
import { PHONE_NAMES } from '../support/connected-phones.ts';
import { FlowRecord, inviteLines } from '../support/flow-record.ts';
import { PCMU_OFFER } from '../support/park-server.ts';
import { Scenario, type ScenarioPhone } from '../support/scenario-phone.ts';
import { RawPeer, sdp, SipAgent } from '../support/sip-agent.ts';

/** Says that sound is to come, and goes nowhere. */
const BLACK_HOLE = PCMU_OFFER('0.0.0.0');

let scenario: Scenario;
let flow: FlowRecord;
let controller: SipAgent;
let alice: ScenarioPhone;
let bob: ScenarioPhone;

beforeEach(async () => {
  scenario = new Scenario();
  flow = new FlowRecord(scenario.network, { ...PHONE_NAMES, '10.0.0.70': 'controller' });
  controller = await SipAgent.open(scenario.network, { name: 'controller', address: '10.0.0.70' });
  alice = await scenario.phone('alice');
  bob = await scenario.phone('bob');
});
afterEach(() => scenario.close());

interface Called {
  session: InviteSession | undefined;
  body: Body | undefined;
}

/** Calls a phone with an offer, or without one: then `answerOffer` makes the answer for the ACK. */
function call(
  user: string,
  host: string,
  offer?: Body,
  answerOffer?: (offer: Body) => Promise<Body | undefined>,
): Called {
  const called: Called = { session: undefined, body: undefined };
  const target = controller.uri.with({ user, host });
  const invite = controller.core.invite({
    ...{ target, account: controller.account },
    ...(offer && { offer }),
    ...(answerOffer && { answerOffer }),
  });
  invite.events.on('answered', ({ session, body }) => Object.assign(called, { session, body }));
  return called;
}

const answer = async (phone: ScenarioPhone) => {
  await scenario.advance(300);
  await phone.do['call.answer']({ callId: phone.callId });
  await scenario.advance(500);
};
const packetsAt = (phone: ScenarioPhone) => phone.phone.getCall(phone.callId)?.statistics?.receivedPackets ?? 0;

describe('third-party call control — RFC 3725 §4', () => {
  it('takes the offer of one phone to the other, and its answer back in the ACK — RFC 3725 §4.1', async () => {
    let give: (answer: Body | undefined) => void = () => {};
    const later = new Promise<Body | undefined>((resolve) => (give = resolve));
    let toBob: Called | undefined;
    call('alice', '10.0.0.1', undefined, (offer) => {
      toBob = call('bob', '10.0.0.2', offer);
      return later;
    });
    await answer(alice);
    await answer(bob);
    give(toBob?.body);
    await scenario.advance(2500);

    expect(flow.body('controller > alice: INVITE')).toBe('');
    expect(flow.body('controller > bob: INVITE')).toBe(flow.body('alice > controller: 200 INVITE'));
    expect(flow.body('controller > alice: ACK')).toBe(flow.body('bob > controller: 200 INVITE'));
    expect([alice.call?.state, bob.call?.state]).toEqual(['connected', 'connected']);
    expect(packetsAt(alice)).toBeGreaterThan(20);
    expect(packetsAt(bob)).toBeGreaterThan(20);
  });

  it('holds the first with an answer that goes nowhere, and offers again when the second is there — RFC 3725 §4.3', async () => {
    const toAlice = call('alice', '10.0.0.1', undefined, () => Promise.resolve(sdp(BLACK_HOLE)));
    await answer(alice);
    expect(alice.call).toMatchObject({ state: 'connected' });

    call('bob', '10.0.0.2', undefined, async (offer) => {
      const outcome = await toAlice.session?.reInvite({ body: offer });
      return outcome?.kind === 'accepted' ? outcome.body : undefined;
    });
    await answer(bob);
    await scenario.advance(2500);

    expect(packetsAt(alice)).toBeGreaterThan(20);
    expect(packetsAt(bob)).toBeGreaterThan(20);
  });

  it('asks a phone for a new offer by a re-INVITE without one — RFC 3725 §4.4, RFC 3261 §14.2', async () => {
    const toAlice = call('alice', '10.0.0.1', sdp(BLACK_HOLE));
    await answer(alice);
    flow.clear();

    const again = toAlice.session?.reInvite({
      answerOffer: async (offer) => {
        const toBob = call('bob', '10.0.0.2', offer);
        await answer(bob);
        return toBob.body;
      },
    });
    await scenario.advance(2500);

    expect(await again).toMatchObject({ kind: 'accepted' });
    expect(flow.body('controller > alice: INVITE')).toBe('');
    expect(new Set(flow.endToEnd.filter((line) => line.includes('alice')))).toEqual(
      new Set(inviteLines('controller', 'alice')),
    );
    expect([alice.call?.state, bob.call?.state]).toEqual(['connected', 'connected']);
  });
});

describe('early media of several early dialogs — RFC 3960 §3.2, RFC 3261 §13.2.2.4', () => {
  const sdpOf = (codec: 'PCMU' | 'PCMA') =>
    PCMU_OFFER('10.0.0.71').replace(
      /AVP 0\r\na=rtpmap:0 PCMU/,
      codec === 'PCMU' ? 'AVP 0\r\na=rtpmap:0 PCMU' : 'AVP 8\r\na=rtpmap:8 PCMA',
    );

  it.each(['one', 'other'])('follows the one that speaks last, and the answer of %s', async (winner) => {
    const forks = await RawPeer.open(scenario.network, '10.0.0.71');
    const carol = await scenario.phone('carol', {
      accounts: [{ id: 'carol', address: 'sip:carol@10.0.0.3', register: false, codecs: ['PCMU', 'PCMA'] }],
    });
    const callId = await carol.dial('sip:many@10.0.0.71');
    await scenario.advance(200);
    const [invite] = forks.requests('INVITE');
    if (!invite) throw new Error('no INVITE came');

    forks.reply(invite, 180, { tag: 'one' });
    await scenario.advance(100);
    expect(carol.call).toMatchObject({ state: 'ringing' });
    forks.reply(invite, 183, { tag: 'one', body: sdpOf('PCMU') });
    await scenario.advance(100);
    expect(carol.call).toMatchObject({ state: 'early', media: { codec: 'PCMU' } });
    forks.reply(invite, 183, { tag: 'other', body: sdpOf('PCMA') });
    await scenario.advance(100);
    expect(carol.call).toMatchObject({ state: 'early', media: { codec: 'PCMA' } });

    forks.reply(invite, 200, { tag: winner, body: sdpOf(winner === 'one' ? 'PCMU' : 'PCMA') });
    await scenario.advance(300);

    expect(carol.call).toMatchObject({
      ...{ id: callId, state: 'connected' },
      media: { codec: winner === 'one' ? 'PCMU' : 'PCMA' },
    });
  });
});
