import { beforeEach, describe, expect, it } from 'vitest';
import { textBody } from '../../../../../src-main/sip/core/index.ts';
import { Publication } from '../../../../../src-main/sip/usage/index.ts';
import { FakeRuntime } from '../../../../support/fake-runtime.ts';
import { RawPeer, SipAgent } from '../../../../support/sip-agent.ts';
import { VirtualNetwork } from '../../../../support/virtual-network.ts';

let runtime: FakeRuntime;
let server: RawPeer;
let publication: Publication;
let count: number;

beforeEach(async () => {
  runtime = new FakeRuntime();
  count = 0;
  const network = new VirtualNetwork(runtime);
  server = await RawPeer.open(network, '10.0.0.2');
  const alice = await SipAgent.open(network, {
    name: 'alice',
    address: '10.0.0.1',
    account: { address: server.uri },
  });
  server.respond = (request) =>
    server.reply(request, 200, {
      headers: [
        ['SIP-ETag', `tag${++count}`],
        ['Expires', '100'],
      ],
    });
  publication = new Publication({ core: alice.core, account: alice.account, event: 'presence', expiresSec: 600 });
});

const body = (text: string) => textBody('application/pidf+xml', text);
/** `If-Match Expires body` of each PUBLISH. */
const sent = () =>
  server
    .requests('PUBLISH')
    .map(({ headers, body: bytes }) =>
      [headers.first('SIP-If-Match') ?? '-', headers.first('Expires'), Buffer.from(bytes).toString()].join(' ').trim(),
    );

describe('publishing — RFC 3903 §4', () => {
  it('publishes, refreshes without a body, changes and takes back, each by the last tag — RFC 3903 §4.1, §4.3, §4.5', async () => {
    publication.publish(body('one'));
    await runtime.advance(86_000);
    expect(sent()).toEqual(['- 600 one', 'tag1 600']);
    expect(publication.state).toEqual({ state: 'published' });

    publication.publish(body('two'));
    await runtime.advance(100);
    publication.remove();
    await runtime.advance(100);

    expect(sent().slice(2)).toEqual(['tag2 600 two', 'tag3 0']);
    expect(publication.state).toEqual({ state: 'none' });
  });

  it('publishes anew, whole, when the server has lost the tag', async () => {
    publication.publish(body('one'));
    await runtime.advance(100);
    const usual = server.respond;
    server.respond = (request) =>
      request.headers.has('SIP-If-Match') ? server.reply(request, 412) : usual(request, server);
    publication.publish(body('two'));
    await runtime.advance(100);

    expect(sent()).toEqual(['- 600 one', 'tag1 600 two', '- 600 two']);
  });

  it('asks for at least what Min-Expires names', async () => {
    const usual = server.respond;
    server.respond = (request) =>
      request.headers.first('Expires') === '600'
        ? server.reply(request, 423, { headers: [['Min-Expires', '1800']] })
        : usual(request, server);
    publication.publish(body('one'));
    await runtime.advance(100);

    expect(sent()).toEqual(['- 600 one', '- 1800 one']);
  });

  it('sends the last of what changed while a request was under way', async () => {
    server.respond = () => {};
    publication.publish(body('one'));
    publication.publish(body('two'));
    publication.publish(body('three'));
    await runtime.advance(100);
    const usual = sent();
    expect(usual).toEqual(['- 600 one']);
    server.respond = (request) => server.reply(request, 200, { headers: [['SIP-ETag', 'x']] });
    await runtime.advance(1000);

    expect(sent().at(-1)).toBe('x 600 three');
  });

  it('gives up when it is refused, and tries again when the server fails', async () => {
    server.respond = (request) => server.reply(request, 405);
    publication.publish(body('one'));
    await runtime.advance(200_000);
    expect(publication.state).toEqual({ state: 'failed', statusCode: 405 });
    expect(sent()).toHaveLength(1);

    server.respond = (request) => server.reply(request, 500);
    publication.publish(body('one'));
    await runtime.advance(61_000);
    expect(sent()).toHaveLength(3);
  });
});
