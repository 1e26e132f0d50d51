// Changing a call that goes on: re-INVITE and UPDATE from both sides. RFC 3261 §14, RFC 3311, RFC 6141.
import { expect } from 'vitest';
import { until } from './lab.ts';
import { inCall, whileRinging } from './opening.ts';
import { rowsOf } from './row.ts';
import { sdpOffer } from './wire-dialog.ts';

const directionOf = (body: string): string => /^a=(sendrecv|sendonly|recvonly|inactive)/m.exec(body)?.[1] ?? 'sendrecv';
const versionOf = (body: string): number => Number(/^o=\S+ \d+ (\d+)/m.exec(body)?.[1]);

export const RE_INVITE = rowsOf('re-INVITE', 'RI', [
  [
    'RFC 3261 §14.2',
    're-INVITE with the same offer',
    '200 with an answer',
    inCall(async ({ caller }) => {
      await caller.invite();
      const ok = await caller.peer.final('INVITE');
      expect(ok.status).toBe(200);
      expect(ok.body).toMatch(/^m=audio [1-9]/m);
      await caller.ack(ok);
    }),
  ],
  [
    'RFC 3261 §14.2',
    're-INVITE with sendonly',
    'the answer is recvonly',
    inCall(async ({ caller }) => {
      await caller.invite({ body: sdpOffer(49_170, 'sendonly', 2) });
      expect(directionOf((await caller.peer.final('INVITE')).body)).toBe('recvonly');
    }),
  ],
  [
    'RFC 3264 §6.1',
    're-INVITE with inactive',
    'the answer is inactive',
    inCall(async ({ caller }) => {
      await caller.invite({ body: sdpOffer(49_170, 'inactive', 2) });
      expect(directionOf((await caller.peer.final('INVITE')).body)).toBe('inactive');
    }),
  ],
  [
    'RFC 3261 §14.2',
    're-INVITE without an offer',
    'the 200 has an offer with an active stream',
    inCall(async ({ caller }) => {
      await caller.invite({ body: '' });
      const ok = await caller.peer.final('INVITE');
      expect(ok.status).toBe(200);
      expect(ok.body).toMatch(/^m=audio [1-9]/m);
    }),
  ],
  [
    'RFC 3264 §8',
    're-INVITE that changes the direction',
    'the version of the answer is one higher, the session id the same',
    whileRinging(async ({ caller }, lab) => {
      await lab.answer();
      const first = await caller.peer.response(200, 'INVITE');
      await caller.ack(first);
      await caller.invite({ body: sdpOffer(49_170, 'sendonly', 2) });
      const second = await caller.peer.final('INVITE');
      expect(versionOf(second.body)).toBe(versionOf(first.body) + 1);
      expect(/^o=\S+ (\d+)/m.exec(second.body)?.[1]).toBe(/^o=\S+ (\d+)/m.exec(first.body)?.[1]);
    }),
  ],
  [
    'RFC 3261 §14.2',
    're-INVITE whose offer cannot be taken',
    '488, and the call goes on',
    inCall(async ({ caller }) => {
      await caller.invite({ body: sdpOffer().replace('AVP 0', 'AVP 97').replace('0 PCMU', '97 x-unknown') });
      const refused = await caller.peer.final('INVITE');
      expect(refused.status).toBe(488);
      await caller.ack(refused);
      await caller.send('OPTIONS');
      expect((await caller.peer.final('OPTIONS')).status).toBe(200);
    }),
  ],
  [
    'RFC 3261 §14.2',
    'a second re-INVITE while our own is unanswered',
    '491',
    inCall(async ({ caller }, lab) => {
      void lab.do('call.hold', { callId: lab.call.id });
      await caller.peer.request('INVITE');
      await caller.invite();
      expect((await caller.peer.final('INVITE')).status).toBe(491);
    }),
  ],
  [
    'RFC 3261 §14.1',
    'our re-INVITE meets 491',
    'it is sent again after a while with the next CSeq number',
    inCall(async ({ caller }, lab) => {
      void lab.do('call.hold', { callId: lab.call.id });
      const first = await caller.peer.request('INVITE');
      await caller.respond(first, 491);
      const second = await caller.peer.request('INVITE');
      expect(second.sequence).toBe(first.sequence + 1);
      await caller.respond(second, 200, { body: sdpOffer(49_170, 'recvonly', 2) });
    }),
  ],
  [
    'RFC 3261 §14.1',
    'our re-INVITE is refused with 488',
    'ACK, and the call goes on',
    inCall(async ({ caller }, lab) => {
      void lab.do('call.hold', { callId: lab.call.id }).catch(() => {});
      await caller.respond(await caller.peer.request('INVITE'), 488);
      await caller.peer.request('ACK');
      await caller.send('OPTIONS');
      expect((await caller.peer.final('OPTIONS')).status).toBe(200);
      expect(caller.peer.requests('BYE')).toEqual([]);
    }),
  ],
  [
    'RFC 3261 §12.2.1.2',
    'our re-INVITE is refused with 481',
    'the dialog ends without a BYE, and a request in it gets 481',
    inCall(async ({ caller }, lab) => {
      void lab.do('call.hold', { callId: lab.call.id }).catch(() => {});
      await caller.respond(await caller.peer.request('INVITE'), 481);
      await caller.peer.request('ACK');
      await until(() => lab.call.state === 'ended');
      await caller.send('OPTIONS');
      expect((await caller.peer.final('OPTIONS')).status).toBe(481);
      expect(caller.peer.requests('BYE')).toEqual([]);
    }),
  ],
  [
    'RFC 3264 §8.4',
    'bob holds the call',
    're-INVITE with sendonly and the next version',
    inCall(async ({ caller }, lab) => {
      void lab.do('call.hold', { callId: lab.call.id });
      const hold = await caller.peer.request('INVITE');
      expect(directionOf(hold.body)).toBe('sendonly');
      await caller.respond(hold, 200, { body: sdpOffer(49_170, 'recvonly', 2) });
      expect((await caller.peer.request('ACK')).sequence).toBe(hold.sequence);
    }),
  ],
  [
    'RFC 3264 §8.4',
    'bob holds the call and takes it back',
    're-INVITE with sendrecv',
    inCall(async ({ caller }, lab) => {
      const holding = lab.do('call.hold', { callId: lab.call.id });
      await caller.respond(await caller.peer.request('INVITE'), 200, { body: sdpOffer(49_170, 'recvonly', 2) });
      await caller.peer.request('ACK');
      await holding;
      void lab.do('call.resume', { callId: lab.call.id });
      const resume = await caller.peer.request('INVITE');
      expect(directionOf(resume.body)).toBe('sendrecv');
      await caller.respond(resume, 200, { body: sdpOffer(49_170, 'sendrecv', 3) });
    }),
  ],
  [
    'RFC 3261 §14.1',
    'bob holds the call',
    'the re-INVITE has To tag, From tag, Call-ID and Contact of the dialog',
    inCall(async ({ caller, ringing }, lab) => {
      void lab.do('call.hold', { callId: lab.call.id });
      const hold = await caller.peer.request('INVITE');
      expect(hold.tag).toBe(caller.localTag);
      expect(hold.parameter('From', 'tag')).toBe(ringing.tag);
      expect(hold.header('Call-ID')).toBe(caller.callId);
      expect(hold.has('Contact')).toBe(true);
      await caller.respond(hold, 200, { body: sdpOffer(49_170, 'recvonly', 2) });
    }),
  ],
  [
    'RFC 3261 §14.2',
    'our 200 to a re-INVITE is not acknowledged',
    'it is repeated, then BYE',
    inCall(async ({ caller }) => {
      await caller.invite();
      const ok = await caller.peer.response(200, 'INVITE');
      await caller.peer.repeated(ok, 3);
      await caller.respond(await caller.peer.request('BYE', 8000), 200);
    }),
  ],
  [
    'RFC 3311 §5.2',
    'UPDATE with an offer',
    '200 with an answer',
    inCall(async ({ caller }) => {
      await caller.send('UPDATE', { body: sdpOffer(49_170, 'sendonly', 2) });
      const ok = await caller.peer.final('UPDATE');
      expect(ok.status).toBe(200);
      expect(directionOf(ok.body)).toBe('recvonly');
    }),
  ],
  [
    'RFC 3311 §5.2',
    'UPDATE without a body',
    '200 without one',
    inCall(async ({ caller }) => {
      await caller.send('UPDATE');
      const ok = await caller.peer.final('UPDATE');
      expect(ok.status).toBe(200);
      expect(ok.body).toBe('');
    }),
  ],
  [
    'RFC 3311 §5.2',
    'UPDATE whose offer cannot be taken',
    '488, and the call goes on',
    inCall(async ({ caller }) => {
      await caller.send('UPDATE', { body: sdpOffer().replace('AVP 0', 'AVP 97').replace('0 PCMU', '97 x-unknown') });
      expect((await caller.peer.final('UPDATE')).status).toBe(488);
      expect(caller.peer.requests('BYE')).toEqual([]);
    }),
  ],
  [
    'RFC 3311 §5.2',
    'UPDATE with an offer while our own offer is unanswered',
    '491',
    inCall(async ({ caller }, lab) => {
      void lab.do('call.hold', { callId: lab.call.id });
      await caller.peer.request('INVITE');
      await caller.send('UPDATE', { body: sdpOffer(49_170, 'sendrecv', 2) });
      expect((await caller.peer.final('UPDATE')).status).toBe(491);
    }),
  ],
  [
    'RFC 3311 §5.2',
    'UPDATE with another Contact',
    'the next request goes there',
    inCall(async ({ caller }, lab) => {
      const elsewhere = await lab.peer();
      await caller.send('UPDATE', { headers: { Contact: `<sip:moved@127.0.0.1:${elsewhere.port}>` } });
      await caller.peer.final('UPDATE');
      await lab.hangUp();
      expect((await elsewhere.request('BYE')).requestUri).toBe(`sip:moved@127.0.0.1:${elsewhere.port}`);
    }),
  ],
  [
    'RFC 3261 §12.2.2',
    're-INVITE with another Contact',
    'the next request goes there',
    inCall(async ({ caller }, lab) => {
      const elsewhere = await lab.peer();
      await caller.invite({ headers: { Contact: `<sip:moved@127.0.0.1:${elsewhere.port}>` } });
      const ok = await caller.peer.final('INVITE');
      await caller.ack(ok);
      await lab.hangUp();
      expect((await elsewhere.request('BYE')).requestUri).toBe(`sip:moved@127.0.0.1:${elsewhere.port}`);
    }),
  ],
  [
    'RFC 6141 §3.4',
    're-INVITE that is refused for its offer',
    'the session stays as it was: the next answer says so',
    inCall(async ({ caller }) => {
      await caller.invite({ body: sdpOffer().replace('AVP 0', 'AVP 97').replace('0 PCMU', '97 x-unknown') });
      await caller.ack(await caller.peer.final('INVITE'));
      await caller.invite({ body: sdpOffer(49_170, 'sendrecv', 3) });
      const ok = await caller.peer.final('INVITE');
      expect(ok.status).toBe(200);
      expect(directionOf(ok.body)).toBe('sendrecv');
      await caller.ack(ok);
    }),
  ],
  [
    'RFC 5057 §5.1',
    'our re-INVITE is refused with 404',
    'the dialog ends, with a BYE for a peer that is there after all',
    inCall(async ({ caller }, lab) => {
      void lab.do('call.hold', { callId: lab.call.id }).catch(() => {});
      await caller.respond(await caller.peer.request('INVITE'), 404);
      await caller.respond(await caller.peer.request('BYE'), 200);
      await until(() => lab.call.state === 'ended');
    }),
  ],
]);
