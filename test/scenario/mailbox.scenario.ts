// The user's other phones are told what waits in the answering machine. RFC 3842 §4.
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { buildRequest, Header, NameAddress, SipUri } from '../../src-main/sip/syntax/index.ts';
import { Scenario, type ScenarioPhone } from '../support/scenario-phone.ts';
import { RawPeer } from '../support/sip-agent.ts';

const SPEECH = join(import.meta.dirname, '..', '..', 'assets', 'audio', 'speech.wav');
const PHONE = { address: '10.0.0.1', port: 5060 };

let scenario: Scenario;
let server: RawPeer;
let alice: ScenarioPhone;

beforeEach(async () => {
  scenario = new Scenario();
  server = await RawPeer.open(scenario.network, '10.0.0.50');
  server.respond = (request) => {
    const contact = request.headers.first('Contact') ?? '';
    if (request.method === 'REGISTER') server.reply(request, 200, { headers: [['Contact', `${contact};expires=300`]] });
    else if (request.method === 'NOTIFY') server.reply(request, 200);
  };
  alice = await scenario.phone('alice', {
    accounts: [{ id: 'alice', address: 'sip:alice@10.0.0.50', codecs: ['PCMU'] }],
    sip: { listen: [{ transport: 'udp', address: PHONE.address, port: PHONE.port }], directCalls: 'allow' },
    away: { enabled: true, answerAfterSec: 0, beep: false, minMessageSec: 1 },
  });
  await scenario.advance(1000);
});
afterEach(() => scenario.close());

/** A SUBSCRIBE that the server brings; who sends it is what the server says. */
async function subscribe(user: string): Promise<void> {
  const uri = (name: string) => new SipUri({ scheme: 'sip', user: name, host: '10.0.0.50' });
  const contact = server.requests('REGISTER')[0]?.headers.get(Header.Contact);
  const request = buildRequest({
    method: 'SUBSCRIBE',
    requestUri: contact?.uri ?? uri('alice'),
    from: new NameAddress({ uri: uri(user) }).withTag('desk'),
    to: new NameAddress({ uri: uri('alice') }),
    callId: `mailbox-${user}`,
    cseq: 1,
    contact: new NameAddress({ uri: server.uri }),
    headers: [
      ['Via', `SIP/2.0/UDP 10.0.0.50:5060;branch=z9hG4bK${user}`],
      ['Event', 'message-summary'],
      ['Expires', '600'],
    ],
  });
  server.send(request, PHONE);
  await scenario.advance(500);
}

const bodies = (): readonly string[] => server.requests('NOTIFY').map(({ body }) => Buffer.from(body).toString());

describe('the mailbox of this phone — RFC 3842 §4', () => {
  it("is told to the user's other phones, and told again when a message comes and is heard", async () => {
    await subscribe('alice');
    expect(server.responses('SUBSCRIBE').map(({ statusCode }) => statusCode)).toEqual([200]);
    expect(bodies()).toEqual([
      'Messages-Waiting: no\r\nMessage-Account: sip:alice@10.0.0.50\r\nVoice-Message: 0/0\r\n',
    ]);

    const caller = await scenario.phone('caller');
    await caller.dial('sip:alice@10.0.0.1');
    await scenario.until(() => expect(caller.call).toMatchObject({ state: 'connected' }));
    void caller.do['call.sendDtmf']({ callId: caller.callId, digits: '*' });
    await scenario.until(() => expect(alice.view.away.callers).toMatchObject([{ phase: 'recording' }]), 20_000);
    await caller.do['call.play']({ callId: caller.callId, file: SPEECH });
    await scenario.advance(3000);
    await caller.do['call.hangUp']({ callId: caller.callId });
    await scenario.until(() => expect(alice.view.messages).toHaveLength(1));
    await scenario.until(() => expect(bodies().at(-1)).toContain('Voice-Message: 1/0'));
    expect(bodies().at(-1)).toContain('Messages-Waiting: yes');

    await alice.do['message.markHeard']({ messageId: String(alice.view.messages[0]?.id), isHeard: true });
    await scenario.until(() => expect(bodies().at(-1)).toContain('Voice-Message: 0/1'));
  });

  it('is told to nobody else', async () => {
    await subscribe('mallory');
    expect(server.responses('SUBSCRIBE').map(({ statusCode }) => statusCode)).toEqual([403]);
    expect(bodies()).toEqual([]);
  });
});
