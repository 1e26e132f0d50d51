// CANCEL in both directions. RFC 3261 §9.
import { expect } from 'vitest';
import { pause } from './lab.ts';
import { afterDialing, whileRinging, withCaller } from './opening.ts';
import { rowsOf } from './row.ts';
import { sdpOffer } from './wire-dialog.ts';

export const CANCELLATION = rowsOf('cancellation', 'CA', [
  [
    'RFC 3261 §9.2',
    'CANCEL of a call that rings',
    '200 to the CANCEL',
    whileRinging(async ({ caller, invite }) => {
      await caller.cancel(invite);
      expect((await caller.peer.final('CANCEL')).status).toBe(200);
    }),
  ],
  [
    'RFC 3261 §9.2',
    'CANCEL of a call that rings',
    '487 to the INVITE',
    whileRinging(async ({ caller, invite }) => {
      await caller.cancel(invite);
      expect((await caller.peer.final('INVITE')).status).toBe(487);
    }),
  ],
  [
    'RFC 3261 §9.2',
    'CANCEL of a call that rings',
    'the responses to CANCEL and INVITE have the same To tag',
    whileRinging(async ({ caller, invite, ringing }) => {
      await caller.cancel(invite);
      expect((await caller.peer.final('CANCEL')).tag).toBe(ringing.tag);
      expect((await caller.peer.final('INVITE')).tag).toBe(ringing.tag);
    }),
  ],
  [
    'RFC 3261 §9.2',
    'CANCEL that matches no INVITE',
    '481',
    withCaller(async (caller) => {
      await caller.send('CANCEL', { sequence: 5 });
      expect((await caller.peer.final('CANCEL')).status).toBe(481);
    }),
  ],
  [
    'RFC 3261 §9.2',
    'CANCEL with another branch than the INVITE',
    '481, and the call still rings',
    whileRinging(async ({ caller, invite }, lab) => {
      await caller.cancel({ ...invite, branch: 'z9hG4bKanother' });
      expect((await caller.peer.final('CANCEL')).status).toBe(481);
      await lab.answer();
      await caller.peer.response(200, 'INVITE');
    }),
  ],
  [
    'RFC 3261 §9.2',
    'CANCEL after the call was answered',
    '200 to the CANCEL, and the call goes on',
    whileRinging(async ({ caller, invite }, lab) => {
      await lab.answer();
      await caller.ack(await caller.peer.response(200, 'INVITE'));
      await caller.cancel(invite);
      expect((await caller.peer.final('CANCEL')).status).toBe(200);
      await caller.send('OPTIONS');
      expect((await caller.peer.final('OPTIONS')).status).toBe(200);
      expect(caller.peer.requests('BYE')).toEqual([]);
    }),
  ],
  [
    'RFC 3261 §9.2',
    'CANCEL a second time',
    '200 again, one 487',
    whileRinging(async ({ caller, invite }) => {
      await caller.cancel(invite);
      await caller.ack(await caller.peer.final('INVITE'), invite);
      const first = await caller.peer.final('CANCEL');
      await caller.cancel(invite);
      await caller.peer.repeated(first, 2);
      expect(new Set(caller.peer.responses('INVITE', 487).map(({ identity }) => identity)).size).toBe(1);
    }),
  ],
  [
    'RFC 3261 §9.2',
    'CANCEL of an INVITE over TCP',
    '200 and 487',
    async (lab) => {
      const { caller, invite } = await lab.ringing({}, 'tcp');
      await caller.cancel(invite);
      expect((await caller.peer.final('CANCEL')).status).toBe(200);
      expect((await caller.peer.final('INVITE')).status).toBe(487);
    },
  ],
  [
    'RFC 3326 §2',
    'CANCEL with Reason: SIP;cause=200',
    '487, and the call is no missed one',
    whileRinging(async ({ caller, invite }, lab) => {
      await caller.cancel(invite, { Reason: 'SIP;cause=200;text="Call completed elsewhere"' });
      expect((await caller.peer.final('INVITE')).status).toBe(487);
      await pause(50);
      expect(lab.phone.getView().history).toMatchObject([{ outcome: 'answeredElsewhere' }]);
    }),
  ],
  [
    'RFC 3261 §9.1',
    'bob gives up while it rings',
    'CANCEL with the Request-URI, Call-ID, From, To and CSeq number of the INVITE',
    afterDialing(async ({ callee, invite }, lab) => {
      await callee.respond(invite, 180);
      await pause(50);
      await lab.hangUp();
      const cancel = await callee.peer.request('CANCEL');
      expect(cancel.requestUri).toBe(invite.requestUri);
      for (const name of ['Call-ID', 'From', 'To']) expect(cancel.header(name)).toBe(invite.header(name));
      expect(cancel.sequence).toBe(invite.sequence);
    }),
  ],
  [
    'RFC 3261 §9.1',
    'bob gives up while it rings',
    'CANCEL has one Via, the one of the INVITE',
    afterDialing(async ({ callee, invite }, lab) => {
      await callee.respond(invite, 180);
      await pause(50);
      await lab.hangUp();
      const cancel = await callee.peer.request('CANCEL');
      expect(cancel.headers('Via')).toEqual(invite.headers('Via').slice(0, 1));
    }),
  ],
  [
    'RFC 3261 §9.1',
    'bob gives up while it rings',
    'CANCEL has neither Require nor Proxy-Require',
    async (lab) => {
      const { callee, invite } = await lab.dialed('udp', { account: { reliableProvisional: 'required' } });
      await callee.respond(invite, 180, { headers: { Require: '100rel', RSeq: '1' } });
      await callee.peer.request('PRACK');
      await lab.hangUp();
      const cancel = await callee.peer.request('CANCEL');
      expect(cancel.has('Require') || cancel.has('Proxy-Require')).toBe(false);
    },
  ],
  [
    'RFC 3261 §9.1',
    'bob gives up before any response',
    'no CANCEL until a provisional response came',
    afterDialing(async ({ callee, invite }, lab) => {
      await lab.hangUp();
      await pause(150);
      expect(callee.peer.requests('CANCEL')).toEqual([]);
      await callee.respond(invite, 100);
      await callee.peer.request('CANCEL');
    }),
  ],
  [
    'RFC 3261 §9.1',
    'bob gives up, the callee refuses with 487',
    'the 487 is acknowledged',
    afterDialing(async ({ callee, invite }, lab) => {
      await callee.respond(invite, 180);
      await pause(50);
      await lab.hangUp();
      await callee.respond(await callee.peer.request('CANCEL'), 200);
      await callee.respond(invite, 487);
      expect((await callee.peer.request('ACK')).branch).toBe(invite.branch);
    }),
  ],
  [
    'RFC 3261 §9.1',
    'bob gives up, and the callee answers at the same time',
    'ACK and BYE for the 200',
    afterDialing(async ({ callee, invite }, lab) => {
      await callee.respond(invite, 180);
      await pause(50);
      await lab.hangUp();
      await callee.respond(await callee.peer.request('CANCEL'), 200);
      await callee.respond(invite, 200, { body: sdpOffer() });
      await callee.peer.request('ACK');
      await callee.respond(await callee.peer.request('BYE'), 200);
    }),
  ],
  [
    'RFC 3261 §9.1',
    'bob gives up a call that went by a route',
    'CANCEL has the Route of the INVITE',
    async (lab) => {
      const proxy = await lab.peer();
      await lab.open({ account: { outboundProxies: [`sip:127.0.0.1:${proxy.port};lr`] } });
      await lab.do('call.dial', { target: 'sip:carol@example.com' });
      const invite = await proxy.request('INVITE');
      const text = invite.headers('Via')[0] ?? '';
      await proxy.send(
        [
          'SIP/2.0 180 Ringing',
          `Via: ${text}`,
          ...['From', 'Call-ID', 'CSeq'].map((name) => `${name}: ${invite.header(name)}`),
          `To: ${invite.header('To')};tag=c`,
          'Content-Length: 0\r\n\r\n',
        ].join('\r\n'),
      );
      await pause(50);
      await lab.hangUp();
      const cancel = await proxy.request('CANCEL');
      expect(cancel.headers('Route')).toEqual(invite.headers('Route'));
      expect(invite.headers('Route')).toHaveLength(1);
    },
  ],
]);
