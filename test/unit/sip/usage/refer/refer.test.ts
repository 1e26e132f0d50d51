import { beforeEach, describe, expect, it } from 'vitest';
import type { InviteSession } from '../../../../../src-main/sip/core/index.ts';
import { formatUri } from '../../../../../src-main/sip/syntax/index.ts';
import {
  IncomingRefer,
  OutgoingRefer,
  readSipfrag,
  referToReplacing,
} from '../../../../../src-main/sip/usage/index.ts';
import { FakeRuntime } from '../../../../support/fake-runtime.ts';
import { uriOf } from '../../../../support/message-builders.ts';
import { sdp, SipAgent } from '../../../../support/sip-agent.ts';
import { VirtualNetwork } from '../../../../support/virtual-network.ts';

let runtime: FakeRuntime;
let alice: SipAgent;
let caller: InviteSession;
let callee: InviteSession;

beforeEach(async () => {
  runtime = new FakeRuntime();
  const network = new VirtualNetwork(runtime);
  alice = await SipAgent.open(network, { name: 'alice', address: '10.0.0.1' });
  const bob = await SipAgent.open(network, { name: 'bob', address: '10.0.0.2' });
  const call = alice.call(bob.uri);
  await runtime.advance(50);
  bob.invite.accept(sdp('answer'));
  await runtime.advance(50);
  caller = call.established;
  callee = bob.invite.session;
});

function refer(): { seen: string[]; failed: number[] } {
  const spy = { seen: [] as string[], failed: [] as number[] };
  const outgoing = new OutgoingRefer(alice.core, caller, uriOf('sip:carol@example.com'));
  outgoing.events.on('progress', ({ statusCode, reasonPhrase, isFinal }) =>
    spy.seen.push(`${statusCode} ${reasonPhrase}${isFinal ? '.' : ''}`),
  );
  outgoing.events.on('failed', ({ statusCode }) => spy.failed.push(statusCode));
  return spy;
}

describe('REFER — RFC 3515 §2.4', () => {
  it('is reported on one step at a time, each after the answer to the one before — RFC 6665 §4.2.2', async () => {
    let incoming: IncomingRefer | undefined;
    callee.events.on('refer', (request) => {
      incoming = IncomingRefer.take(request, callee);
      incoming?.accept();
    });
    const arrivedMs: number[] = [];
    const outgoing = new OutgoingRefer(alice.core, caller, uriOf('sip:carol@example.com'));
    outgoing.events.on('progress', () => arrivedMs.push(runtime.nowMs()));
    await runtime.advance(100);
    incoming?.report(180, 'Ringing');
    incoming?.report(200, 'OK');
    await runtime.advance(500);
    const [, ringing = 0, answered = 0] = arrivedMs;
    expect(arrivedMs).toHaveLength(3);
    expect(answered).toBeGreaterThan(ringing);
  });

  it('is accepted and reported on until the new call is up — RFC 3515 §2.4.5', async () => {
    let incoming: IncomingRefer | undefined;
    callee.events.on('refer', (request) => {
      incoming = IncomingRefer.take(request, callee);
      incoming?.accept();
    });
    const spy = refer();
    await runtime.advance(50);
    incoming?.report(180, 'Ringing');
    await runtime.advance(50);
    incoming?.report(200, 'OK');
    incoming?.report(200, 'OK');

    await runtime.advance(50);

    expect(incoming && formatUri(incoming.referTo.uri)).toBe('sip:carol@example.com');
    expect(incoming?.referredBy && formatUri(incoming.referredBy.uri)).toBe('sip:alice@10.0.0.1');
    expect(spy).toEqual({ seen: ['100 Trying', '180 Ringing', '200 OK.'], failed: [] });
    expect([caller.state, callee.state]).toEqual(['confirmed', 'confirmed']);
  });

  it('fails when it is refused', async () => {
    callee.events.on('refer', (request) => IncomingRefer.take(request, callee)?.reject());

    const spy = refer();
    await runtime.advance(50);

    expect(spy).toEqual({ seen: [], failed: [603] });
  });

  it('gives up when no report comes — RFC 3515 §2.4.4', async () => {
    callee.events.on('refer', (request) => request.respond(202));
    const spy = refer();

    await runtime.advance(200_000);

    expect(spy.failed).toEqual([408]);
  });

  it('is refused with 400 without a readable Refer-To — RFC 3515 §2.4.2', async () => {
    callee.events.on('refer', (request) => IncomingRefer.take(request, callee));

    const result = caller.request('REFER', { headers: [['Refer-To', '<>']] });
    await runtime.advance(50);

    const outcome = await result;
    expect(outcome.ok && outcome.value.statusCode).toBe(400);
  });

  it('sends no report when the peer wants none — RFC 4488 §4', async () => {
    let notified = 0;
    callee.events.on('refer', (request) => IncomingRefer.take(request, callee)?.accept());
    caller.events.on('notify', () => notified++);

    void caller.request('REFER', {
      headers: [
        ['Refer-To', '<sip:c@example.com>'],
        ['Refer-Sub', 'false'],
      ],
    });
    await runtime.advance(100);

    expect(notified).toBe(0);
  });

  it('is done when the peer makes no subscription — RFC 4488 §4', async () => {
    callee.events.on('refer', (request) => request.respond(202, { headers: [['Refer-Sub', 'false']] }));
    const spy = refer();
    await runtime.advance(100);

    expect(spy).toEqual({ seen: ['202 Accepted.'], failed: [] });
  });

  it('counts as taken when the peer hangs up before it reports — RFC 5589 §6.1', async () => {
    callee.events.on('refer', (request) => {
      request.respond(202);
      callee.bye();
    });
    const spy = refer();
    await runtime.advance(100);

    expect(spy.failed).toEqual([]);
    expect(spy.seen).toEqual(['202 Accepted.']);
  });

  it('carries Replaces and Referred-By on to the new INVITE, re-written from their parts — RFC 3892 §2.2, RFC 3891 §6.1', async () => {
    let headers: readonly (readonly [string, string])[] = [];
    callee.events.on('refer', (request) => {
      headers = IncomingRefer.take(request, callee)?.inviteHeaders ?? [];
      request.respond(603);
    });
    const ask = async (referTo: string) => {
      void caller.request('REFER', {
        headers: [
          ['Refer-To', referTo],
          ['Referred-By', '<sip:alice@10.0.0.1>'],
        ],
      });
      await runtime.advance(50);
      return headers.map(([name, value]) => `${name}: ${value}`);
    };

    expect(await ask('<sip:c@example.com?Replaces=a%40b%3Bto-tag%3D1%3Bfrom-tag%3D2>')).toEqual([
      'Referred-By: <sip:alice@10.0.0.1>',
      'Replaces: a@b;to-tag=1;from-tag=2',
    ]);
    expect(await ask('<sip:c@example.com?Replaces=a%0D%0AEvil%3A1%3Bto-tag%3D1%3Bfrom-tag%3D2>')).toEqual([
      'Referred-By: <sip:alice@10.0.0.1>',
    ]);
  });

  it('names the session to replace in Refer-To — RFC 5589 §7.3', () => {
    const { callId, localTag, remoteTag } = caller.dialog.id;

    const uri = formatUri(referToReplacing(caller));

    expect(uri).toContain(`?Replaces=${callId}%3Bto-tag%3D${remoteTag}%3Bfrom-tag%3D${localTag}`);
  });
});

describe('a sipfrag — RFC 3420 §2', () => {
  it('is read for its status line only', () => {
    expect(readSipfrag('SIP/2.0 180 Ringing\r\nContact: <sip:x@y>')).toEqual({
      statusCode: 180,
      reasonPhrase: 'Ringing',
    });
    expect(readSipfrag('SIP/2.0 200')).toEqual({ statusCode: 200, reasonPhrase: '' });
    for (const bad of ['', 'INVITE sip:a@b SIP/2.0', 'SIP/2.0 999 X', 'SIP/2.0 2000 X']) {
      expect(readSipfrag(bad)).toBeUndefined();
    }
  });
});
