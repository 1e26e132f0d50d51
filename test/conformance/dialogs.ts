// Dialogs: how they are made, numbered, routed and ended. RFC 3261 §12, §15.
import { expect } from 'vitest';
import { pause, until } from './lab.ts';
import { afterDialing, inCall, whileRinging, withCaller } from './opening.ts';
import { rowsOf } from './row.ts';
import { sdpOffer } from './wire-dialog.ts';

export const DIALOGS = rowsOf('dialogs', 'DI', [
  [
    'RFC 3261 §12.2.2',
    'BYE with a To tag of no dialog',
    '481',
    withCaller(async (caller) => {
      caller.remoteTag = 'nobody';
      await caller.send('BYE');
      expect((await caller.peer.final('BYE')).status).toBe(481);
    }),
  ],
  [
    'RFC 3261 §15.1.2',
    'BYE without a To tag',
    '481',
    withCaller(async (caller) => {
      await caller.send('BYE');
      expect((await caller.peer.final('BYE')).status).toBe(481);
    }),
  ],
  [
    'RFC 3261 §12.2.2',
    're-INVITE with a To tag of no dialog',
    '481',
    withCaller(async (caller) => {
      caller.remoteTag = 'nobody';
      await caller.invite();
      expect((await caller.peer.final('INVITE')).status).toBe(481);
    }),
  ],
  [
    'RFC 3261 §12.2.2',
    'BYE with another From tag than the caller',
    '481, and the call goes on',
    inCall(async ({ caller }, lab) => {
      await caller.send('BYE', { headers: { From: `<${caller.local}>;tag=somebodyelse` } });
      expect((await caller.peer.final('BYE')).status).toBe(481);
      expect(lab.call.state).toBe('connected');
    }),
  ],
  [
    'RFC 3261 §12.2.2',
    'BYE with another Call-ID',
    '481, and the call goes on',
    inCall(async ({ caller }, lab) => {
      await caller.send('BYE', { headers: { 'Call-ID': 'another' } });
      expect((await caller.peer.final('BYE')).status).toBe(481);
      expect(lab.call.state).toBe('connected');
    }),
  ],
  [
    'RFC 3261 §12.2.2',
    'request with a lower CSeq number than the last',
    '500',
    withCaller(async (caller, lab) => {
      caller.sequence = 100;
      await caller.invite();
      await caller.peer.response(180);
      await lab.answer();
      await caller.ack(await caller.peer.response(200, 'INVITE'));
      await caller.send('OPTIONS', { sequence: 50 });
      expect((await caller.peer.final('OPTIONS')).status).toBe(500);
    }),
  ],
  [
    'RFC 3261 §12.2.2',
    'request whose CSeq number jumps ahead',
    '200',
    inCall(async ({ caller }) => {
      await caller.send('OPTIONS', { sequence: 5000 });
      expect((await caller.peer.final('OPTIONS')).status).toBe(200);
    }),
  ],
  [
    'RFC 3261 §12.2.1.1',
    'two requests of ours in a call',
    'their CSeq numbers follow each other',
    inCall(async ({ caller }, lab) => {
      const holding = lab.do('call.hold', { callId: lab.call.id });
      const hold = await caller.peer.request('INVITE');
      await caller.respond(hold, 200, { body: sdpOffer(49_170, 'recvonly', 2) });
      await holding;
      await lab.hangUp();
      expect((await caller.peer.request('BYE')).sequence).toBe(hold.sequence + 1);
    }),
  ],
  [
    'RFC 3261 §12.2.1.1',
    'bob called and hangs up',
    'BYE has the next CSeq number after the INVITE and both tags',
    async (lab) => {
      const { callee, invite } = await lab.connected();
      await lab.hangUp();
      const bye = await callee.peer.request('BYE');
      expect(bye.sequence).toBe(invite.sequence + 1);
      expect(bye.tag).toBe(callee.localTag);
      expect(bye.parameter('From', 'tag')).toBe(invite.parameter('From', 'tag'));
    },
  ],
  [
    'RFC 3261 §12.1.2',
    'bob called by two Record-Routes',
    'ACK and BYE have the routes in reverse order',
    afterDialing(async (call, lab) => {
      const routes = ['<sip:far.example.com;lr>', `<sip:127.0.0.1:${call.callee.peer.port};lr>`];
      await call.callee.respond(call.invite, 200, { body: sdpOffer(), headers: { 'Record-Route': routes } });
      const reversed = [...routes].reverse();
      expect((await call.callee.peer.request('ACK')).list('Route')).toEqual(reversed);
      await lab.hangUp();
      expect((await call.callee.peer.request('BYE')).list('Route')).toEqual(reversed);
    }),
  ],
  [
    'RFC 3261 §12.2.1.1',
    'the first route is a strict router',
    'its URI is the Request-URI, the remote target is the last Route',
    afterDialing(async (call) => {
      const strict = `sip:127.0.0.1:${call.callee.peer.port}`;
      await call.callee.respond(call.invite, 200, { body: sdpOffer(), headers: { 'Record-Route': `<${strict}>` } });
      const ack = await call.callee.peer.request('ACK');
      expect(ack.requestUri).toBe(strict);
      expect(ack.list('Route')).toEqual([call.callee.contact]);
    }),
  ],
  [
    'RFC 3261 §12.2.1.1',
    'Contact of the 200 differs from where the call went',
    'ACK and BYE name it as Request-URI',
    async (lab) => {
      const elsewhere = await lab.peer();
      const call = await lab.dialed();
      const contact = `sip:carol@127.0.0.1:${elsewhere.port}`;
      await call.callee.respond(call.invite, 200, { body: sdpOffer(), headers: { Contact: `<${contact}>` } });
      expect((await elsewhere.request('ACK')).requestUri).toBe(contact);
      await lab.hangUp();
      expect((await elsewhere.request('BYE')).requestUri).toBe(contact);
    },
  ],
  [
    'RFC 3261 §15.1.2',
    'BYE while it still rings',
    '200, and 487 to the INVITE',
    whileRinging(async ({ caller, ringing }) => {
      caller.adopt(ringing);
      await caller.send('BYE');
      expect((await caller.peer.final('BYE')).status).toBe(200);
      expect((await caller.peer.final('INVITE')).status).toBe(487);
    }),
  ],
  [
    'RFC 3261 §15',
    'BYE a second time, as a new request',
    '481',
    inCall(async ({ caller }) => {
      await caller.send('BYE');
      await caller.peer.final('BYE');
      await caller.send('BYE');
      expect((await caller.peer.final('BYE')).status).toBe(481);
    }),
  ],
  [
    'RFC 3261 §15.1.1',
    'our BYE meets 481',
    'the call is over and nothing more is sent',
    inCall(async ({ caller }, lab) => {
      await lab.hangUp();
      const bye = await caller.peer.request('BYE');
      await caller.respond(bye, 481);
      await pause(300);
      expect(new Set(caller.peer.requests('BYE').map(({ identity }) => identity)).size).toBe(1);
    }),
  ],
  [
    'RFC 3261 §15',
    'both sides hang up at once',
    '200 to the BYE of the other',
    inCall(async ({ caller }, lab) => {
      await lab.hangUp();
      await caller.peer.request('BYE');
      await caller.send('BYE');
      expect((await caller.peer.final('BYE')).status).toBe(200);
    }),
  ],
  [
    'RFC 3261 §12.1',
    'two calls by the same caller',
    'each dialog has a To tag of its own',
    whileRinging(async ({ ringing }, lab) => {
      const second = await lab.ringing();
      expect(second.ringing.tag).not.toBe(ringing.tag);
    }),
  ],
  [
    'RFC 3261 §13.2.2.4',
    'two branches of a forked call answer',
    'both are acknowledged, one is ended with BYE',
    afterDialing(async ({ callee, invite }) => {
      await callee.respond(invite, 200, { body: sdpOffer(), tag: 'first' });
      const first = await callee.peer.request('ACK');
      await callee.respond(invite, 200, { body: sdpOffer(49_180), tag: 'second' });
      const second = await callee.peer.request('ACK');
      const bye = await callee.peer.request('BYE');
      expect([first.tag, second.tag, bye.tag]).toEqual(['first', 'second', 'second']);
    }),
  ],
  [
    'RFC 3261 §13.2.2.4',
    'the 200 comes again',
    'the ACK comes again',
    afterDialing(async ({ callee, invite }) => {
      await callee.respond(invite, 200, { body: sdpOffer() });
      const ack = await callee.peer.request('ACK');
      await callee.respond(invite, 200, { body: sdpOffer() });
      await until(() => callee.peer.requests('ACK').length === 2);
      expect(callee.peer.requests('ACK')[1]?.sequence).toBe(ack.sequence);
    }),
  ],
  [
    'RFC 3261 §12.2.2',
    'INFO of an unknown kind in a call',
    '200, as it belongs to no package, and the call goes on',
    inCall(async ({ caller }, lab) => {
      await caller.send('INFO', { body: 'x', headers: { 'Content-Type': 'text/x-unknown' } });
      expect((await caller.peer.final('INFO')).status).toBe(200);
      expect(lab.call.state).toBe('connected');
    }),
  ],
  [
    'RFC 5057 §5.1',
    'our re-INVITE is refused with 486',
    'the dialog lives on',
    inCall(async ({ caller }, lab) => {
      void lab.do('call.hold', { callId: lab.call.id }).catch(() => {});
      await caller.respond(await caller.peer.request('INVITE'), 486);
      await caller.peer.request('ACK');
      await caller.send('OPTIONS');
      expect((await caller.peer.final('OPTIONS')).status).toBe(200);
    }),
  ],
]);
