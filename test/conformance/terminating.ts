// Calls that come in: what bob's phone says before, when and after it is answered. RFC 3261 §8.2, §13.3.
import { expect } from 'vitest';
import { inCall, whileRinging, withCaller } from './opening.ts';
import { rowsOf } from './row.ts';
import { sdpOffer } from './wire-dialog.ts';
import { LOOPBACK } from './wire-peer.ts';

export const TERMINATING = rowsOf('terminating', 'TE', [
  [
    'RFC 3261 §13.3.1.1',
    'INVITE with an offer',
    '180 with a To tag and a Contact',
    whileRinging(({ ringing }) => {
      expect(ringing.tag).toMatch(/^\S{8,}$/);
      expect(ringing.uri('Contact')).toMatch(/^sip:.*127\.0\.0\.1:\d+/);
    }),
  ],
  [
    'RFC 3261 §8.2.6.2',
    'INVITE',
    'From, Call-ID, CSeq and Via of the responses are those of the request',
    whileRinging(({ caller, invite, ringing }) => {
      expect(ringing.header('From')).toBe(`<${caller.local}>;tag=${caller.localTag}`);
      expect(ringing.header('Call-ID')).toBe(caller.callId);
      expect(ringing.header('CSeq')).toBe(`${invite.sequence} INVITE`);
      expect(ringing.branch).toBe(invite.branch);
    }),
  ],
  [
    'RFC 3261 §13.3.1.4',
    'bob answers',
    '200 with Contact, Allow, Supported and an SDP answer',
    whileRinging(async ({ caller }, lab) => {
      await lab.answer();
      const ok = await caller.peer.response(200);
      expect(ok.list('Allow')).toEqual(expect.arrayContaining(['INVITE', 'ACK', 'CANCEL', 'BYE', 'OPTIONS']));
      expect(ok.has('Contact')).toBe(true);
      expect(ok.has('Supported')).toBe(true);
      expect(ok.header('Content-Type')).toBe('application/sdp');
      expect(ok.body).toMatch(/^m=audio [1-9]\d* RTP\/AVP 0/m);
    }),
  ],
  [
    'RFC 3261 §12.1.1',
    'bob answers',
    'the 200 has the To tag of the 180',
    whileRinging(async ({ caller, ringing }, lab) => {
      await lab.answer();
      expect((await caller.peer.response(200)).tag).toBe(ringing.tag);
    }),
  ],
  [
    'RFC 3261 §12.1.1',
    'INVITE with two Record-Route fields',
    'the 200 has both in their order',
    async (lab) => {
      const routes = ['<sip:p2.example.com;lr>', '<sip:p1.example.com;lr>'];
      const { caller } = await lab.ringing({ headers: { 'Record-Route': routes } });
      await lab.answer();
      expect((await caller.peer.response(200)).list('Record-Route')).toEqual(routes);
    },
  ],
  [
    'RFC 3261 §8.2.6.2',
    'INVITE with two Via fields',
    'the 200 has both, ours first',
    withCaller(async (caller) => {
      const second = 'SIP/2.0/UDP 192.0.2.7;branch=z9hG4bKsecond';
      await caller.invite({ branch: 'z9hG4bKfirst', headers: { Via: [caller.via('z9hG4bKfirst'), second] } });
      const ringing = await caller.peer.response(180);
      expect(ringing.list('Via')).toHaveLength(2);
      expect(ringing.list('Via')[1]).toBe(second);
    }),
  ],
  [
    'RFC 3261 §13.3.1.4',
    'INVITE without an offer',
    'the 200 has the offer',
    async (lab) => {
      const { caller } = await lab.ringing({ body: '' });
      await lab.answer();
      const ok = await caller.peer.response(200);
      expect(ok.body).toMatch(/^m=audio [1-9]/m);
    },
  ],
  [
    'RFC 3261 §13.3.1.3',
    'bob is busy',
    '486',
    whileRinging(async ({ caller }, lab) => {
      await lab.do('call.reject', { callId: lab.call.id });
      expect((await caller.peer.final('INVITE')).status).toBe(486);
    }),
  ],
  [
    'RFC 3261 §21.6.2',
    'bob declines everywhere',
    '603',
    whileRinging(async ({ caller }, lab) => {
      await lab.do('call.reject', { callId: lab.call.id, statusCode: 603 });
      expect((await caller.peer.final('INVITE')).status).toBe(603);
    }),
  ],
  [
    'RFC 3261 §13.3.1.2',
    'bob redirects the call',
    '302 with the Contact he named',
    whileRinging(async ({ caller }, lab) => {
      await lab.do('call.redirect', { callId: lab.call.id, target: 'sip:dave@example.com' });
      const moved = await caller.peer.final('INVITE');
      expect(moved.status).toBe(302);
      expect(moved.uri('Contact')).toBe('sip:dave@example.com');
    }),
  ],
  [
    'RFC 3261 §21.4.5',
    'INVITE for somebody else',
    '404',
    withCaller(async (caller) => {
      await caller.invite({ uri: caller.remote.replace('bob', 'mallory') });
      expect((await caller.peer.final('INVITE')).status).toBe(404);
    }),
  ],
  [
    'RFC 3261 §21.4.18',
    'bob does not want to be disturbed',
    '480',
    withCaller(async (caller, lab) => {
      await lab.do('phone.setDoNotDisturb', { enabled: true });
      await caller.invite();
      expect((await caller.peer.final('INVITE')).status).toBe(480);
    }),
  ],
  [
    'RFC 3261 §8.2.2.3',
    'INVITE that requires an unknown extension',
    '420 with it in Unsupported',
    withCaller(async (caller) => {
      await caller.invite({ headers: { Require: 'nothingSupportsThis, 100rel' } });
      const refused = await caller.peer.final('INVITE');
      expect(refused.status).toBe(420);
      expect(refused.list('Unsupported')).toEqual(['nothingSupportsThis']);
    }),
  ],
  [
    'RFC 3261 §8.2.3',
    'INVITE with a body of an unknown type',
    '415 with Accept',
    withCaller(async (caller) => {
      await caller.invite({ body: '<a/>', headers: { 'Content-Type': 'application/x-unknown' } });
      const refused = await caller.peer.final('INVITE');
      expect(refused.status).toBe(415);
      expect(refused.list('Accept')).toContain('application/sdp');
    }),
  ],
  [
    'RFC 3261 §8.2.3',
    'INVITE whose body is compressed',
    '415 with Accept-Encoding',
    withCaller(async (caller) => {
      await caller.invite({ headers: { 'Content-Encoding': 'gzip' } });
      const refused = await caller.peer.final('INVITE');
      expect(refused.status).toBe(415);
      expect(refused.has('Accept-Encoding')).toBe(true);
    }),
  ],
  [
    'RFC 3261 §20.11',
    'INVITE whose unknown body may be ignored',
    'the call rings',
    withCaller(async (caller) => {
      const headers = { 'Content-Type': 'application/x-unknown', 'Content-Disposition': 'render;handling=optional' };
      await caller.invite({ body: 'x', headers });
      await caller.peer.response(180);
    }),
  ],
  [
    'RFC 3261 §13.3.1.3',
    'INVITE whose offer has no stream that bob could take',
    '488',
    withCaller(async (caller) => {
      await caller.invite({ body: sdpOffer().replace('AVP 0', 'AVP 97').replace('0 PCMU', '97 x-unknown') });
      expect((await caller.peer.final('INVITE')).status).toBe(488);
    }),
  ],
  [
    'RFC 3261 §8.2.2.1',
    'INVITE to a URI of an unknown scheme',
    '416',
    withCaller(async (caller) => {
      await caller.invite({ uri: 'nobodyknows:bob' });
      expect((await caller.peer.final('INVITE')).status).toBe(416);
    }),
  ],
  [
    'RFC 3261 §8.2.1',
    'a request of an unknown method',
    '501',
    withCaller(async (caller) => {
      await caller.send('NEWMETHOD');
      expect((await caller.peer.final('NEWMETHOD')).status).toBe(501);
    }),
  ],
  [
    'RFC 3261 §8.2.1',
    'REGISTER to a phone',
    '405 with Allow',
    withCaller(async (caller) => {
      await caller.send('REGISTER');
      const refused = await caller.peer.final('REGISTER');
      expect(refused.status).toBe(405);
      expect(refused.list('Allow')).toContain('INVITE');
    }),
  ],
  [
    'RFC 3261 §8.2.2.2',
    'the same request by two ways',
    '482 to the second',
    whileRinging(async ({ caller, invite }) => {
      await caller.invite({ sequence: invite.sequence });
      expect((await caller.peer.final('INVITE')).status).toBe(482);
    }),
  ],
  [
    'RFC 3261 §21.5.6',
    'INVITE of SIP/7.0',
    '505',
    withCaller(async (caller) => {
      const { text } = caller.build('INVITE', { body: sdpOffer() });
      await caller.peer.send(text.replace(' SIP/2.0\r\n', ' SIP/7.0\r\n'));
      expect((await caller.peer.final('INVITE')).status).toBe(505);
    }),
  ],
  [
    'RFC 3261 §21.4.1',
    'INVITE without a From',
    '400 or silence, and the phone still works',
    withCaller(async (caller) => {
      await caller.invite({ headers: { From: null } });
      await caller.send('OPTIONS');
      expect((await caller.peer.final('OPTIONS')).status).toBe(200);
      expect(caller.peer.responses('INVITE').filter(({ status }) => status !== 400)).toEqual([]);
    }),
  ],
  [
    'RFC 3261 §20.22',
    'INVITE with Max-Forwards 0',
    'the call rings: we forward nothing',
    withCaller(async (caller) => {
      await caller.invite({ headers: { 'Max-Forwards': '0' } });
      await caller.peer.response(180);
    }),
  ],
  [
    'RFC 3261 §7.3.3',
    'INVITE with compact header names',
    'the call rings',
    withCaller(async (caller) => {
      const { text } = caller.build('INVITE', { body: sdpOffer() });
      const compact = text
        .replace('Via:', 'v:')
        .replace('From:', 'f:')
        .replace('To:', 't:')
        .replace('Call-ID:', 'i:')
        .replace('Contact:', 'm:')
        .replace('Content-Type:', 'c:')
        .replace('Content-Length:', 'l:');
      await caller.peer.send(compact);
      await caller.peer.response(180);
    }),
  ],
  [
    'RFC 3261 §7.3.1',
    'INVITE with folded lines and strange capitals',
    'the call rings',
    withCaller(async (caller) => {
      const { text } = caller.build('INVITE', { body: sdpOffer() });
      await caller.peer.send(text.replace('Call-ID: ', 'CALL-ID:\r\n  ').replace('Max-Forwards', 'mAX-fORWARDS'));
      await caller.peer.response(180);
    }),
  ],
  [
    'RFC 3262 §3',
    'INVITE that requires 100rel',
    '180 with RSeq and Require: 100rel',
    async (lab) => {
      const { ringing } = await lab.ringing({ headers: { Require: '100rel' } });
      expect(ringing.list('Require')).toContain('100rel');
      expect(Number(ringing.header('RSeq'))).toBeGreaterThan(0);
    },
  ],
  [
    'RFC 3262 §3',
    'PRACK of a reliable 180',
    '200',
    async (lab) => {
      const { caller, ringing } = await lab.ringing({ headers: { Require: '100rel' } });
      caller.adopt(ringing);
      await caller.send('PRACK', { headers: { RAck: `${ringing.header('RSeq')} ${ringing.header('CSeq')}` } });
      expect((await caller.peer.final('PRACK')).status).toBe(200);
    },
  ],
  [
    'RFC 3262 §3',
    'PRACK that matches no response',
    '481',
    async (lab) => {
      const { caller, ringing } = await lab.ringing({ headers: { Require: '100rel' } });
      caller.adopt(ringing);
      await caller.send('PRACK', { headers: { RAck: `4711 ${ringing.header('CSeq')}` } });
      expect((await caller.peer.final('PRACK')).status).toBe(481);
    },
  ],
  [
    'RFC 3262 §3',
    'INVITE with neither Supported nor Require: 100rel',
    '180 without RSeq',
    whileRinging(({ ringing }) => {
      expect(ringing.has('RSeq')).toBe(false);
    }),
  ],
  [
    'RFC 3262 §3',
    'INVITE without 100rel to an account that requires it',
    '421 with Require',
    async (lab) => {
      const caller = await lab.caller('udp', { account: { reliableProvisional: 'required' } });
      await caller.invite();
      const refused = await caller.peer.final('INVITE');
      expect(refused.status).toBe(421);
      expect(refused.list('Require')).toContain('100rel');
    },
  ],
  [
    'RFC 4028 §9',
    'INVITE with Session-Expires 60',
    '422 with Min-SE 90',
    withCaller(async (caller) => {
      await caller.invite({ headers: { Supported: 'timer', 'Session-Expires': '60' } });
      const refused = await caller.peer.final('INVITE');
      expect(refused.status).toBe(422);
      expect(refused.header('Min-SE')).toBe('90');
    }),
  ],
  [
    'RFC 4028 §9',
    'INVITE with Session-Expires 1800 from a caller that refreshes',
    '200 with Session-Expires, refresher and Require: timer',
    async (lab) => {
      const headers = { Supported: 'timer', 'Session-Expires': '1800;refresher=uac' };
      const { caller } = await lab.ringing({ headers });
      await lab.answer();
      const ok = await caller.peer.response(200);
      expect(ok.header('Session-Expires')).toMatch(/^1800\s*;\s*refresher=uac$/);
      expect(ok.list('Require')).toContain('timer');
    },
  ],
  [
    'RFC 3261 §15.1.2',
    'BYE',
    '200',
    inCall(async ({ caller }) => {
      await caller.send('BYE');
      expect((await caller.peer.final('BYE')).status).toBe(200);
    }),
  ],
  [
    'RFC 3261 §15.1.1',
    'bob hangs up',
    'BYE to the Contact, tags swapped',
    inCall(async ({ caller, ringing }, lab) => {
      await lab.hangUp();
      const bye = await caller.peer.request('BYE');
      expect(`<${bye.requestUri}>`).toBe(caller.contact);
      expect(bye.tag).toBe(caller.localTag);
      expect(bye.parameter('From', 'tag')).toBe(ringing.tag);
      await caller.respond(bye, 200);
    }),
  ],
  [
    'RFC 3261 §12.2.1.1',
    'bob hangs up a call with a route set',
    'BYE goes by the Record-Route, in order',
    async (lab) => {
      const proxy = await lab.peer();
      const routes = [`<sip:127.0.0.1:${proxy.port};lr>`, '<sip:edge.example.com;lr>'];
      await lab.answered({ headers: { 'Record-Route': routes } });
      await lab.hangUp();
      expect((await proxy.request('BYE')).list('Route')).toEqual(routes);
    },
  ],
  [
    'RFC 5630 §5.1.2',
    'INVITE to a sips URI over UDP',
    '480 with Warning 380, and nothing rings',
    withCaller(async (caller, lab) => {
      const headers = { Contact: `<sips:carol@${LOOPBACK}:${caller.peer.port}>` };
      await caller.invite({ uri: caller.target.replace('sip:', 'sips:'), headers });
      const answer = await caller.peer.final('INVITE');
      expect(answer.status).toBe(480);
      expect(answer.header('Warning')).toMatch(/^380 /);
      expect(lab.phone.getView().calls).toEqual([]);
    }),
  ],
]);
