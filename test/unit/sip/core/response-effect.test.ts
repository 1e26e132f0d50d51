import { beforeEach, describe, expect, it } from 'vitest';
import { effectOf, sessionFate, type SessionFate } from '../../../../src-main/sip/core/response-effect.ts';
import { err, ok } from '../../../../src-main/base/result.ts';
import { buildResponse, formatUri, type SipRequest } from '../../../../src-main/sip/syntax/index.ts';
import { FakeRuntime } from '../../../support/fake-runtime.ts';
import { requestOf } from '../../../support/message-builders.ts';
import { RawPeer, sdp, SipAgent, type CallSpy } from '../../../support/sip-agent.ts';
import { VirtualNetwork } from '../../../support/virtual-network.ts';

const ALL_CODES = Array.from({ length: 500 }, (_, index) => 200 + index);
const ENDS_DIALOG = [404, 410, 416, 482, 483, 484, 485, 502, 604];
const codesWith = (method: string, effect: string): number[] =>
  ALL_CODES.filter((statusCode) => effectOf(method, statusCode) === effect);

describe('what a response within a dialog ends, over all codes — RFC 5057 §5.1', () => {
  it.each(['INVITE', 'UPDATE', 'INFO', 'SUBSCRIBE', 'NOTIFY', 'REFER', 'BYE', 'MESSAGE'])(
    'ends the dialog of %s where the peer is no longer there',
    (method) => {
      expect(codesWith(method, 'dialog')).toEqual(ENDS_DIALOG);
    },
  );

  it.each([
    ['INVITE', [405, 408, 480, 481, 501]],
    ['SUBSCRIBE', [405, 408, 480, 481, 489, 501]],
    ['NOTIFY', [405, 408, 480, 481, 489, 501]],
    ['UPDATE', [408, 480, 481]],
    ['INFO', [408, 480, 481]],
    ['REFER', [408, 480, 481]],
  ])('ends the usage of %s', (method, codes) => {
    expect(codesWith(method, 'usage')).toEqual(codes);
  });

  const fates = (method: string, fate: SessionFate): number[] =>
    ALL_CODES.filter(
      (statusCode) => sessionFate(method, ok(buildResponse(requestOf({ method }), statusCode))) === fate,
    );

  it('ends a session by the answers to its own requests, and by BYE unless the peer knows nothing of it', () => {
    expect([fates('INVITE', 'gone'), fates('INVITE', 'lost')]).toEqual([
      [481],
      [404, 405, 408, 410, 416, 480, 482, 483, 484, 485, 501, 502, 604],
    ]);
    expect([fates('INFO', 'gone'), fates('INFO', 'lost')]).toEqual([
      [481],
      [404, 408, 410, 416, 480, 482, 483, 484, 485, 502, 604],
    ]);
  });

  it('leaves a session alone when only a subscription in its dialog ends', () => {
    expect([fates('NOTIFY', 'gone'), fates('NOTIFY', 'lost')]).toEqual([[], ENDS_DIALOG]);
    expect([fates('REFER', 'gone'), fates('REFER', 'lost')]).toEqual([[481], [408]]);
  });

  it('ends a session when a request of its own is not answered at all — RFC 5057 §5.2', () => {
    const silence = err({ kind: 'timeout', message: '' } as const);
    const noWay = err({ kind: 'transport', message: '' } as const);

    expect(['INVITE', 'INFO', 'REFER', 'NOTIFY'].map((method) => sessionFate(method, silence))).toEqual([
      'lost',
      'lost',
      'lost',
      'goesOn',
    ]);
    expect(sessionFate('INVITE', noWay)).toBe('goesOn');
  });
});

describe('a session on the wire', () => {
  let runtime: FakeRuntime;
  let network: VirtualNetwork;
  let peer: RawPeer;
  let call: CallSpy;
  let invite: SipRequest;

  beforeEach(async () => {
    runtime = new FakeRuntime();
    network = new VirtualNetwork(runtime);
    const alice = await SipAgent.open(network, { name: 'alice', address: '10.0.0.1' });
    peer = await RawPeer.open(network, '10.0.0.9');
    call = alice.call(peer.uri);
    await runtime.advance(50);
    invite = peer.requests('INVITE')[0]!;
    peer.reply(invite, 200, { body: 'answer' });
    await runtime.advance(50);
  });

  const answerWith = (statusCode: number): void => {
    peer.respond = (request) => {
      if (request.method !== 'ACK') peer.reply(request, request.method === 'BYE' ? 200 : statusCode);
    };
  };

  it.each([
    [404, 1],
    [480, 1],
    [481, 0],
    [604, 1],
  ])('ends by a re-INVITE that is answered %i, with %i BYE — RFC 5057 §5.1', async (statusCode, byes) => {
    answerWith(statusCode);

    void call.established.reInvite({ body: sdp('hold') });
    await runtime.advance(100);

    expect(call.ended?.by).toBe('remote');
    expect(peer.requests('BYE')).toHaveLength(byes);
  });

  it.each([403, 415, 488, 500, 503, 603])(
    'goes on as it was after a re-INVITE that is answered %i — RFC 3261 §14.1, RFC 6141 §3.4',
    async (statusCode) => {
      answerWith(statusCode);
      const target = formatUri(call.established.dialog.remoteTarget);

      const outcome = call.established.reInvite({ body: sdp('hold') });
      await runtime.advance(100);

      expect(await outcome).toMatchObject({ kind: 'rejected', statusCode });
      expect(call.established.state).toBe('confirmed');
      expect(formatUri(call.established.dialog.remoteTarget)).toBe(target);
    },
  );

  it('goes on after a REFER whose target is not found', async () => {
    answerWith(404);

    void call.established.request('REFER', { headers: [['Refer-To', '<sip:nobody@example.com>']] });
    await runtime.advance(100);

    expect(call.established.state).toBe('confirmed');
  });

  describe('and the remote target that a re-INVITE or UPDATE names — RFC 6141 §3.4', () => {
    const moved = [['Contact', '<sip:moved@10.0.0.9:5060>']] as const;
    const target = (): string => formatUri(call.established.dialog.remoteTarget);

    it('is not taken from a re-INVITE that is refused', async () => {
      call.established.events.on('reInvite', (reInvite) => reInvite.reject(488));

      peer.send(peer.inDialog(invite, 'INVITE', 1, { body: 'x', headers: moved }));
      await runtime.advance(50);

      expect(target()).toBe('sip:peer@10.0.0.9:5060');
    });

    it('is taken from a re-INVITE when it is accepted', async () => {
      call.established.events.on('reInvite', (reInvite) => reInvite.accept(sdp('ok')));

      peer.send(peer.inDialog(invite, 'INVITE', 1, { body: 'x', headers: moved }));
      await runtime.advance(50);

      expect(target()).toBe('sip:moved@10.0.0.9:5060');
    });

    it('is not taken from an UPDATE that is refused, and taken from one that is not', async () => {
      const answers = [488, 200];
      call.established.events.on('update', (update) => update.respond(answers.shift() ?? 500));

      peer.send(peer.inDialog(invite, 'UPDATE', 1, { body: 'x', headers: moved }));
      await runtime.advance(50);
      const afterRefusal = target();
      peer.send(peer.inDialog(invite, 'UPDATE', 2, { body: 'x', headers: moved }));
      await runtime.advance(50);

      expect([afterRefusal, target()]).toEqual(['sip:peer@10.0.0.9:5060', 'sip:moved@10.0.0.9:5060']);
    });
  });

  it('answers what its user thinks about for long with one 100, not before the sender repeats itself every T2 — RFC 4320 §4.1', async () => {
    peer.send(peer.inDialog(invite, 'INFO', 1));
    call.established.events.on('info', () => {});

    await runtime.advance(11_000);

    const sent = network.log.filter(({ text }) => /^CSeq: 1 INFO/m.test(text) && text.startsWith('SIP/2.0'));
    const startMs = network.log.find(({ text }) => text.startsWith('INFO'))!.atMs;
    expect(sent.map(({ text, atMs }) => [text.slice(8, 11), Math.round((atMs - startMs) / 100) * 100])).toEqual([
      ['100', 3500],
      ['500', 10_000],
    ]);
  });
});
