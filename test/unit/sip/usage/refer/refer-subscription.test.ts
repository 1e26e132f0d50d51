import { beforeEach, describe, expect, it } from 'vitest';
import type { IncomingRequest } from '../../../../../src-main/sip/core/index.ts';
import { IncomingRefer, StandaloneRefer } from '../../../../../src-main/sip/usage/index.ts';
import { FakeRuntime } from '../../../../support/fake-runtime.ts';
import { requestOf, uriOf } from '../../../../support/message-builders.ts';
import { RawPeer, SipAgent } from '../../../../support/sip-agent.ts';
import { VirtualNetwork } from '../../../../support/virtual-network.ts';

const PHONE = { address: '10.0.0.1', port: 5060 };

let runtime: FakeRuntime;
let network: VirtualNetwork;
let phone: SipAgent;
let taken: IncomingRefer[];

const take = (request: IncomingRequest): void => {
  const refer = IncomingRefer.takeOutside(request, phone.core, phone.account);
  if (refer?.accept()) taken.push(refer);
};

beforeEach(async () => {
  runtime = new FakeRuntime();
  network = new VirtualNetwork(runtime);
  phone = await SipAgent.open(network, { name: 'alice', address: PHONE.address });
  taken = [];
  phone.core.onRequest('REFER', take);
  // Whoever is watched serves SUBSCRIBE; the one within the dialog of a REFER is not theirs.
  phone.core.onRequest('SUBSCRIBE', (request) => request.respond(403));
});

describe('a REFER outside a dialog, between two user agents — RFC 3515 §2.4.4, §2.4.5', () => {
  it('is reported on to its end, and leaves nothing behind', async () => {
    const desk = await SipAgent.open(network, { name: 'desk', address: '10.0.0.2' });
    const seen: string[] = [];
    const refer = new StandaloneRefer({
      ...{ core: desk.core, account: desk.account, referee: phone.uri, referTo: uriOf('sip:carol@example.com') },
    });
    refer.events.on('progress', ({ statusCode, isFinal }) => seen.push(`${statusCode}${isFinal ? '.' : ''}`));
    await runtime.advance(100);
    expect(phone.core.usageDialogs.size).toBe(1);
    taken[0]?.report(180, 'Ringing');
    await runtime.advance(100);
    taken[0]?.report(200, 'OK');
    taken[0]?.report(486, 'Busy Here');
    await runtime.advance(100);

    expect(seen).toEqual(['100', '180', '200.']);
    expect(phone.core.usageDialogs.size).toBe(0);
    await runtime.advance(60_000);
    expect(runtime.pendingTimers).toBe(0);
  });
});

describe('the subscription of a REFER, as the referee keeps it', () => {
  let desk: RawPeer;
  let answers: number;

  beforeEach(async () => {
    desk = await RawPeer.open(network, '10.0.0.2');
    answers = 200;
    desk.respond = (request) => desk.reply(request, answers);
  });

  async function refer(headers: readonly (readonly [string, string])[] = [], branch = 'z9hG4bKr1'): Promise<void> {
    const request = requestOf({
      ...{ method: 'REFER', requestUri: 'sip:alice@10.0.0.1' },
      headers: [['Refer-To', '<sip:carol@example.com>'], ['Contact', '<sip:desk@10.0.0.2>'], ...headers],
    });
    request.headers.set('Via', `SIP/2.0/UDP 10.0.0.2:5060;branch=${branch};rport`);
    request.headers.set('Call-ID', branch);
    desk.send(request, PHONE);
    await runtime.advance(100);
  }

  /** A request of the subscriber within the dialog of its REFER. */
  async function within(
    method: string,
    sequence: number,
    headers: readonly (readonly [string, string])[],
  ): Promise<void> {
    const [accepted] = desk.responses('REFER');
    const request = requestOf({ method, requestUri: 'sip:alice@10.0.0.1', headers });
    request.headers.set('Via', `SIP/2.0/UDP 10.0.0.2:5060;branch=z9hG4bKs${sequence};rport`);
    request.headers.set('Call-ID', accepted?.callId ?? '');
    request.headers.set('To', accepted?.to.toString() ?? '');
    request.headers.set('CSeq', `${sequence} ${method}`);
    desk.send(request, PHONE);
    await runtime.advance(100);
  }

  const states = () => desk.requests('NOTIFY').map(({ headers }) => headers.first('Subscription-State'));

  it('names a Contact in the 202, and the way in its NOTIFYs — RFC 3261 §12.1.1', async () => {
    await refer([['Record-Route', '<sip:10.0.0.2;lr>']]);

    const [accepted] = desk.responses('REFER');
    expect(accepted?.headers.first('Contact')).toContain('alice@10.0.0.1');
    expect(accepted?.headers.first('Record-Route')).toBe('<sip:10.0.0.2;lr>');
    expect(desk.requests('NOTIFY')[0]?.headers.first('Route')).toBe('<sip:10.0.0.2;lr>');
    expect(desk.requests('NOTIFY')[0]?.headers.first('Event')).toBe('refer');
  });

  it('is none at all when the sender wants none — RFC 4488 §4', async () => {
    await refer([['Refer-Sub', 'false']]);
    taken[0]?.report(200, 'OK');
    await runtime.advance(100);

    const [accepted] = desk.responses('REFER');
    expect([accepted?.statusCode, accepted?.headers.first('Refer-Sub')]).toEqual([202, 'false']);
    expect(desk.requests('NOTIFY')).toEqual([]);
    expect(phone.core.usageDialogs.size).toBe(0);
  });

  it('ends when its time is over — RFC 3515 §2.4.7', async () => {
    await refer();
    await runtime.advance(301_000);

    expect(states()).toEqual(['active;expires=300', 'terminated;reason=timeout']);
    expect(phone.core.usageDialogs.size).toBe(0);
    taken[0]?.report(200, 'OK');
    await runtime.advance(100);
    expect(states()).toHaveLength(2);
  });

  it('is refreshed and ended by SUBSCRIBE, of its own event only — RFC 3515 §2.4.4', async () => {
    await refer();
    await runtime.advance(200_000);
    await within('SUBSCRIBE', 400_000, [
      ['Event', 'refer'],
      ['Expires', '600'],
    ]);
    expect(desk.responses('SUBSCRIBE').at(-1)?.headers.first('Expires')).toBe('300');
    expect(states().at(-1)).toBe('active;expires=300');
    await within('SUBSCRIBE', 400_001, [['Event', 'presence']]);
    await within('NOTIFY', 400_002, [['Event', 'refer']]);
    await within('SUBSCRIBE', 400_003, [
      ['Event', 'refer'],
      ['Expires', '0'],
    ]);

    expect(desk.responses('SUBSCRIBE').map(({ statusCode }) => statusCode)).toEqual([200, 489, 200]);
    expect(desk.responses('NOTIFY').map(({ statusCode }) => statusCode)).toEqual([481]);
    expect(states().at(-1)).toBe('terminated;reason=timeout');
    expect(phone.core.usageDialogs.size).toBe(0);
  });

  it('is over when the subscriber is gone — RFC 6665 §4.2.2', async () => {
    answers = 481;
    await refer();
    taken[0]?.report(180, 'Ringing');
    await runtime.advance(100);

    expect(desk.requests('NOTIFY')).toHaveLength(1);
    expect(phone.core.usageDialogs.size).toBe(0);
  });

  it('keeps the newest status only, while a NOTIFY is unanswered', async () => {
    desk.respond = () => {};
    await refer();
    taken[0]?.report(180, 'Ringing');
    taken[0]?.report(183, 'Session Progress');
    desk.respond = (request) => desk.reply(request, 200);
    await runtime.advance(1000);

    const bodies = desk.requests('NOTIFY').map(({ body }) => new TextDecoder().decode(body));
    expect([...new Set(bodies)]).toEqual(['SIP/2.0 100 Trying\r\n', 'SIP/2.0 183 Session Progress\r\n']);
  });

  it('is refused with 503 when there are too many dialogs, and makes room again', async () => {
    for (let index = 0; index < 513; index++) await refer([], `z9hG4bKmany${index}`);

    expect(phone.core.usageDialogs.size).toBe(512);
    expect(desk.responses('REFER').at(-1)?.statusCode).toBe(503);
    expect(desk.responses('REFER').at(-1)?.headers.first('Retry-After')).toBe('60');
    for (const refer of taken) refer.report(603, 'Decline');
    await runtime.advance(1000);
    expect(phone.core.usageDialogs.size).toBe(0);
  });

  it('is refused with 400 without exactly one Refer-To — RFC 3515 §2.4.2', async () => {
    const request = requestOf({ method: 'REFER', requestUri: 'sip:alice@10.0.0.1' });
    request.headers.set('Via', 'SIP/2.0/UDP 10.0.0.2:5060;branch=z9hG4bKnone;rport');
    desk.send(request, PHONE);
    await runtime.advance(100);

    expect(desk.responses('REFER').map(({ statusCode }) => statusCode)).toEqual([400]);
  });
});
