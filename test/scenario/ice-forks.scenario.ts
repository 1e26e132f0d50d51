// A forked call whose sound looks for its way: each branch answers the same offer for itself, and the sound goes with the one
// that speaks last. RFC 3261 §13.2.2.4, RFC 3960 §3.2, RFC 8839 §4.4, RFC 8445 §9
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { silentLogger } from '../../src-main/base/logger.ts';
import { CallMedia } from '../../src-main/features/call/index.ts';
import { createIceNames, createMediaEngine, type MediaEngine } from '../../src-main/media/index.ts';
import { bodyText, textBody } from '../../src-main/sip/core/index.ts';
import type { SipRequest } from '../../src-main/sip/syntax/index.ts';
import { Scenario, type ScenarioPhone } from '../support/scenario-phone.ts';
import { RawPeer } from '../support/sip-agent.ts';

let scenario: Scenario;
let engines: MediaEngine[];
beforeEach(() => {
  scenario = new Scenario();
  engines = [];
});
afterEach(async () => {
  for (const engine of engines) await engine.close();
  await scenario.close();
});

interface Branch {
  /** Its own answer to the offer. */
  readonly answer: string;
  readonly names: string;
  received(): Promise<number>;
}

/** A phone that a fork has reached: its sound is real, its signalling is what the test says. */
async function branch(invite: SipRequest, localAddress: string, firstPort: number): Promise<Branch> {
  const { runtime, mediaNetwork } = scenario;
  const engine = await createMediaEngine({
    ...{ audio: { kind: 'null' }, runtime, logger: silentLogger, network: mediaNetwork },
  });
  engines.push(engine);
  const opened = await CallMedia.open({
    ...{ engine, localAddress, portRange: [firstPort, firstPort + 99], codecs: ['PCMU'], cname: localAddress },
    ...{ sdpSessionId: '1', source: { kind: 'tone', tone: 'music' }, playsToDevice: false },
    createIceNames: () => createIceNames((sizeBytes) => runtime.randomBytes(sizeBytes)),
  });
  if (!opened.ok) throw new Error(opened.error.message);
  const answered = opened.value.answerOffer(textBody('application/sdp', Buffer.from(invite.body).toString()), false);
  if (!answered.ok) throw new Error(answered.error);
  opened.value.apply();
  const answer = bodyText(answered.value);
  return {
    answer,
    names: opened.value.stream?.ice?.local.ufrag ?? '',
    received: async () => {
      const statistics = await engine.getStatistics(opened.value.sessionId);
      return statistics.ok ? statistics.value.receivedPackets : 0;
    },
  };
}

interface Forked {
  readonly phone: ScenarioPhone;
  readonly server: RawPeer;
  readonly invite: SipRequest;
  readonly one: Branch;
  readonly other: Branch;
}

async function forked(): Promise<Forked> {
  const server = await RawPeer.open(scenario.network, '10.0.0.71');
  const account = { id: 'alice', address: 'sip:alice@10.0.0.1', register: false, codecs: ['PCMU'], ice: true };
  const phone = await scenario.phone('alice', { accounts: [account] });
  await phone.dial('sip:many@10.0.0.71');
  await scenario.advance(200);
  const [invite] = server.requests('INVITE');
  if (!invite) throw new Error('no INVITE came');
  const one = await branch(invite, '10.0.0.81', 48_100);
  return { phone, server, invite, one, other: await branch(invite, '10.0.0.82', 48_200) };
}

/** Who has heard how much in the next two seconds: the phone, and each of the branches. */
async function heard({ phone, one, other }: Forked): Promise<readonly boolean[]> {
  const counts = async (): Promise<number[]> => [
    phone.phone.getCall(phone.callId)?.statistics?.receivedPackets ?? 0,
    await one.received(),
    await other.received(),
  ];
  await scenario.advance(1000);
  const before = await counts();
  await scenario.advance(2000);
  return (await counts()).map((count, at) => count - (before[at] ?? 0) > 40);
}

describe('a forked call whose sound looks for its way', () => {
  it.each(['one', 'other'] as const)('goes with %s when it answers (RFC 3261 §13.2.2.4)', async (winner) => {
    const fork = await forked();
    const { phone, server, invite, one, other } = fork;
    expect(one.names).not.toBe(other.names);
    server.reply(invite, 183, { tag: 'one', body: one.answer });
    await scenario.advance(1500);
    expect(await heard(fork)).toEqual([true, true, false]);

    server.reply(invite, 200, { tag: winner, body: fork[winner].answer });
    await scenario.advance(1500);

    expect(phone.call?.state).toBe('connected');
    expect(phone.phone.getCall(phone.callId)?.statistics?.ice?.state).toBe('completed');
    const [phoneHears, ...branchesHear] = await heard(fork);
    expect(phoneHears).toBe(true);
    expect(branchesHear).toEqual([winner === 'one', winner === 'other']);
  });

  it('goes to the branch that speaks last, and back to the one that answers (RFC 3960 §3.2)', async () => {
    const fork = await forked();
    const { phone, server, invite, one, other } = fork;
    server.reply(invite, 183, { tag: 'one', body: one.answer });
    await scenario.advance(1000);
    server.reply(invite, 183, { tag: 'other', body: other.answer });
    await scenario.advance(1000);
    expect((await heard(fork)).slice(1)).toEqual([false, true]);
    server.reply(invite, 200, { tag: 'one', body: one.answer });
    await scenario.advance(1500);

    expect(phone.call?.state).toBe('connected');
    expect((await heard(fork)).slice(1)).toEqual([true, false]);
    expect(phone.phone.getCall(phone.callId)?.statistics?.ice?.state).toBe('completed');
  });

  it('says nothing to a branch any more once another has answered (RFC 8839 §4.4)', async () => {
    const fork = await forked();
    const { server, invite, one, other } = fork;
    server.reply(invite, 183, { tag: 'one', body: one.answer });
    await scenario.advance(2000);
    scenario.mediaNetwork.isLost = ({ to, from }) => Math.floor(to / 100) === 482 || Math.floor(from / 100) === 482;
    const before = await one.received();
    server.reply(invite, 200, { tag: 'other', body: other.answer });
    await scenario.advance(300);
    const inBetween = (await one.received()) - before;
    await scenario.advance(1000);

    expect(inBetween).toBeLessThan(10);
    expect((await one.received()) - before).toBe(inBetween);
  });
});
