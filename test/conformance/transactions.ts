// Transactions as the wire shows them, over UDP and over TCP. RFC 3261 §17, §18; RFC 6026.
import { expect } from 'vitest';
import { pause, T1_MS, until } from './lab.ts';
import { afterDialing, inCall, whileRinging, withCaller } from './opening.ts';
import { rowsOf } from './row.ts';
import { sdpOffer } from './wire-dialog.ts';

export const TRANSACTIONS_UDP = rowsOf('transactions on UDP', 'TU', [
  [
    'RFC 3261 §17.1.1.2',
    'INVITE that nobody answers',
    'it comes again, byte for byte',
    afterDialing(async ({ callee, invite }) => {
      const copies = await callee.peer.repeated(invite, 4);
      expect(new Set(copies.map(({ text }) => text)).size).toBe(1);
    }),
  ],
  [
    'RFC 3261 §17.1.1.2',
    '100 to our INVITE',
    'it does not come again',
    afterDialing(async ({ callee, invite }) => {
      await callee.respond(invite, 100);
      await pause(20);
      const count = callee.peer.copies(invite).length;
      await pause(T1_MS * 6);
      expect(callee.peer.copies(invite)).toHaveLength(count);
    }),
  ],
  [
    'RFC 3261 §17.1.1.2',
    'the same refusal twice',
    'ACK twice, byte for byte',
    afterDialing(async ({ callee, invite }) => {
      await callee.respond(invite, 486);
      const ack = await callee.peer.request('ACK');
      await callee.respond(invite, 486);
      const copies = await callee.peer.repeated(ack, 2);
      expect(copies[1]?.text).toBe(copies[0]?.text);
    }),
  ],
  [
    'RFC 3261 §17.1.3',
    'response with another branch',
    'it is not taken: the INVITE comes again',
    afterDialing(async ({ callee, invite }) => {
      const Via = invite.header('Via').replace(invite.branch, 'z9hG4bKwrong');
      await callee.respond(invite, 486, { headers: { Via } });
      await callee.peer.repeated(invite, 3);
      expect(callee.peer.requests('ACK')).toEqual([]);
    }),
  ],
  [
    'RFC 3261 §17.1.3',
    'response with another method in CSeq',
    'it is not taken',
    afterDialing(async ({ callee, invite }) => {
      await callee.respond(invite, 486, { headers: { CSeq: `${invite.sequence} OPTIONS` } });
      await callee.peer.repeated(invite, 3);
      expect(callee.peer.requests('ACK')).toEqual([]);
    }),
  ],
  [
    'RFC 3261 §17.1.2.2',
    'BYE that nobody answers',
    'it comes again, byte for byte',
    inCall(async ({ caller }, lab) => {
      await lab.hangUp();
      const copies = await caller.peer.repeated(await caller.peer.request('BYE'), 4);
      expect(new Set(copies.map(({ text }) => text)).size).toBe(1);
    }),
  ],
  [
    'RFC 3261 §17.1.2.2',
    '200 to our BYE',
    'it does not come again',
    inCall(async ({ caller }, lab) => {
      await lab.hangUp();
      const bye = await caller.peer.request('BYE');
      await caller.respond(bye, 200);
      await pause(20);
      const count = caller.peer.copies(bye).length;
      await pause(T1_MS * 6);
      expect(caller.peer.copies(bye)).toHaveLength(count);
    }),
  ],
  [
    'RFC 3261 §17.2.1',
    'the same INVITE again while it rings',
    '180 again, and one call',
    whileRinging(async ({ caller, invite, ringing }, lab) => {
      await caller.peer.send(invite.text);
      await caller.peer.repeated(ringing, 2);
      expect(lab.phone.getView().calls).toHaveLength(1);
    }),
  ],
  [
    'RFC 3261 §17.2.1',
    'the same INVITE again after 486',
    '486 again, with the same To tag',
    whileRinging(async ({ caller, invite }, lab) => {
      await lab.do('call.reject', { callId: lab.call.id });
      const refused = await caller.peer.final('INVITE');
      await caller.peer.send(invite.text);
      await caller.peer.repeated(refused, 2);
      expect(new Set(caller.peer.responses('INVITE', 486).map(({ tag }) => tag)).size).toBe(1);
    }),
  ],
  [
    'RFC 3261 §17.2.1',
    'a refusal that nobody acknowledges',
    'it is repeated',
    whileRinging(async ({ caller }, lab) => {
      await lab.do('call.reject', { callId: lab.call.id });
      await caller.peer.repeated(await caller.peer.final('INVITE'), 4);
    }),
  ],
  [
    'RFC 3261 §17.2.1',
    'ACK of a refusal',
    'it is repeated no more',
    whileRinging(async ({ caller, invite }, lab) => {
      await lab.do('call.reject', { callId: lab.call.id });
      const refused = await caller.peer.final('INVITE');
      await caller.ack(refused, invite);
      await pause(20);
      const count = caller.peer.copies(refused).length;
      await pause(T1_MS * 8);
      expect(caller.peer.copies(refused)).toHaveLength(count);
    }),
  ],
  [
    'RFC 6026 §7.1',
    'the same INVITE again after the 200',
    'no second call and no other response than the 200',
    whileRinging(async ({ caller, invite }, lab) => {
      await lab.answer();
      await caller.ack(await caller.peer.response(200, 'INVITE'));
      await caller.peer.send(invite.text);
      await pause(100);
      expect(lab.phone.getView().calls).toHaveLength(1);
      expect(
        new Set(caller.peer.responses('INVITE').map(({ status, tag }) => `${status} ${tag ?? ''}`)).size,
      ).toBeLessThan(4);
      expect(caller.peer.responses('INVITE').filter(({ status }) => status > 200)).toEqual([]);
    }),
  ],
  [
    'RFC 3261 §17.2.2',
    'the same OPTIONS again',
    'the same 200 again, byte for byte',
    withCaller(async (caller) => {
      const sent = await caller.send('OPTIONS');
      const ok = await caller.peer.final('OPTIONS');
      await caller.peer.send(sent.text);
      const copies = await caller.peer.repeated(ok, 2);
      expect(copies[1]?.text).toBe(copies[0]?.text);
    }),
  ],
  [
    'RFC 3261 §17.2.2',
    'the same BYE again',
    '200 again',
    inCall(async ({ caller }) => {
      const bye = await caller.send('BYE');
      const ok = await caller.peer.final('BYE');
      await caller.peer.send(bye.text);
      await caller.peer.repeated(ok, 2);
    }),
  ],
  [
    'RFC 3261 §17.2.3',
    'two OPTIONS with the same branch and another sent-by port',
    'both are answered, each as its own',
    withCaller(async (caller) => {
      await caller.send('OPTIONS', { branch: 'z9hG4bKshared' });
      await caller.peer.final('OPTIONS');
      const Via = caller.via('z9hG4bKshared').replace(String(caller.peer.port), '9999');
      await caller.send('OPTIONS', { headers: { Via } });
      expect((await caller.peer.final('OPTIONS')).sequence).toBe(2);
    }),
  ],
  [
    'RFC 3261 §17.2.3',
    'an INVITE of RFC 2543, without the cookie, twice',
    'one call',
    withCaller(async (caller, lab) => {
      const Via = `SIP/2.0/UDP 127.0.0.1:${caller.peer.port}`;
      const sent = await caller.invite({ headers: { Via } });
      await caller.peer.response(180);
      await caller.peer.send(sent.text);
      await pause(60);
      expect(lab.phone.getView().calls).toHaveLength(1);
    }),
  ],
  [
    'RFC 3261 §17.2.3',
    'ACK that belongs to nothing',
    'no response',
    withCaller(async (caller) => {
      caller.remoteTag = 'nobody';
      await caller.send('ACK', { sequence: 1 });
      await caller.send('OPTIONS', { headers: { To: `<${caller.remote}>` } });
      await caller.peer.final('OPTIONS');
      expect(caller.peer.received.every(({ method }) => method === 'OPTIONS')).toBe(true);
    }),
  ],
  [
    'RFC 3261 §18.1.2',
    'a response that nobody asked for',
    'it is dropped, and the phone still works',
    withCaller(async (caller) => {
      await caller.peer.send(
        `SIP/2.0 200 OK\r\nVia: ${caller.via('z9hG4bKstray')}\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:c@d>;tag=2\r\nCall-ID: x\r\nCSeq: 1 INVITE\r\nContent-Length: 0\r\n\r\n`,
      );
      await caller.send('OPTIONS');
      expect((await caller.peer.final('OPTIONS')).status).toBe(200);
      expect(caller.peer.requests('ACK')).toEqual([]);
    }),
  ],
  [
    'RFC 3261 §18.3',
    'a datagram longer than its Content-Length',
    'what is too much is dropped: 200',
    withCaller(async (caller) => {
      const { text } = caller.build('OPTIONS');
      await caller.peer.send(`${text}rest that does not belong`);
      expect((await caller.peer.final('OPTIONS')).status).toBe(200);
    }),
  ],
  [
    'RFC 3261 §18.3',
    'a datagram shorter than its Content-Length',
    '400',
    withCaller(async (caller) => {
      await caller.invite({ headers: { 'Content-Length': '9999' } });
      expect((await caller.peer.final('INVITE')).status).toBe(400);
    }),
  ],
  [
    'RFC 3261 §18.2.2',
    'OPTIONS without rport from another port than its Via says',
    'the response goes to the port of the Via',
    withCaller(async (caller, lab) => {
      const elsewhere = await lab.peer();
      await caller.send('OPTIONS', { headers: { Via: `SIP/2.0/UDP 127.0.0.1:${elsewhere.port};branch=z9hG4bKport` } });
      expect((await elsewhere.final('OPTIONS')).status).toBe(200);
    }),
  ],
  [
    'RFC 3261 §7.5',
    'line ends before the start line',
    '200',
    withCaller(async (caller) => {
      await caller.peer.send(`\r\n\r\n${caller.build('OPTIONS').text}`);
      expect((await caller.peer.final('OPTIONS')).status).toBe(200);
    }),
  ],
  [
    'RFC 3261 §18.1.1',
    'a datagram of noise',
    'silence, and the phone still works',
    withCaller(async (caller) => {
      await caller.peer.send(Buffer.from([0xff, 0xd8, 0, 1, 2, 3, 13, 10, 13, 10]));
      await caller.send('OPTIONS');
      expect((await caller.peer.final('OPTIONS')).status).toBe(200);
      expect(caller.peer.received).toHaveLength(1);
    }),
  ],
]);

export const TRANSACTIONS_TCP = rowsOf('transactions on TCP', 'TT', [
  [
    'RFC 3261 §17.1.1.2',
    'INVITE over TCP that nobody answers',
    'it does not come again',
    async (lab) => {
      const { callee, invite } = await lab.dialed('tcp');
      await pause(T1_MS * 8);
      expect(callee.peer.copies(invite)).toHaveLength(1);
    },
  ],
  [
    'RFC 3261 §18.1.1',
    'bob calls over TCP',
    'Via names TCP, Contact has transport=tcp',
    async (lab) => {
      const { invite } = await lab.dialed('tcp');
      expect(invite.header('Via')).toMatch(/^SIP\/2\.0\/TCP /);
      expect(invite.uri('Contact')).toContain('transport=tcp');
    },
  ],
  [
    'RFC 3261 §17.2.1',
    'a refusal over TCP that nobody acknowledges',
    'it is sent once',
    async (lab) => {
      const { caller } = await lab.ringing({}, 'tcp');
      await lab.do('call.reject', { callId: lab.call.id });
      const refused = await caller.peer.final('INVITE');
      await pause(T1_MS * 8);
      expect(caller.peer.copies(refused)).toHaveLength(1);
    },
  ],
  [
    'RFC 3261 §13.3.1.4',
    'a 200 to INVITE over TCP that nobody acknowledges',
    'it is repeated all the same',
    async (lab) => {
      const { caller } = await lab.ringing({}, 'tcp');
      await lab.answer();
      await caller.peer.repeated(await caller.peer.response(200), 3);
    },
  ],
  [
    'RFC 3261 §17.1.2.2',
    'BYE over TCP that nobody answers',
    'it does not come again',
    async (lab) => {
      const { caller } = await lab.answered({}, 'tcp');
      await lab.hangUp();
      const bye = await caller.peer.request('BYE');
      await pause(T1_MS * 8);
      expect(caller.peer.copies(bye)).toHaveLength(1);
    },
  ],
  [
    'RFC 3261 §18.3',
    'two requests in one segment',
    'both are answered',
    async (lab) => {
      const caller = await lab.caller('tcp');
      await caller.peer.send(caller.build('OPTIONS').text + caller.build('OPTIONS').text);
      const answers = [await caller.peer.final('OPTIONS'), await caller.peer.final('OPTIONS')];
      expect(answers.map(({ sequence }) => sequence).sort()).toEqual([1, 2]);
    },
  ],
  [
    'RFC 3261 §18.3',
    'a request in pieces',
    'it is answered once it is whole',
    async (lab) => {
      const caller = await lab.caller('tcp');
      const { text } = caller.build('INVITE', { body: sdpOffer() });
      for (const piece of [text.slice(0, 7), text.slice(7, 200), text.slice(200, -20)]) {
        await caller.peer.send(piece);
        await pause(15);
      }
      expect(caller.peer.received).toEqual([]);
      await caller.peer.send(text.slice(-20));
      await caller.peer.response(180);
    },
  ],
  [
    'RFC 3261 §20.14',
    'two requests over TCP without Content-Length and body',
    'both are answered: the first ends with its head',
    async (lab) => {
      const caller = await lab.caller('tcp');
      const headers = { 'Content-Length': null };
      const asked = [caller.build('OPTIONS', { headers }), caller.build('OPTIONS', { headers })];
      await caller.peer.send(asked.map(({ text }) => text).join(''));
      const answers = [await caller.peer.final('OPTIONS'), await caller.peer.final('OPTIONS')];
      expect(answers.map(({ status }) => status)).toEqual([200, 200]);
      expect(answers.map((answer) => Number(answer.header('CSeq').split(' ')[0])).sort()).toEqual(
        asked.map(({ sequence }) => sequence),
      );
    },
  ],
  [
    'RFC 3261 §18.3',
    'a request over TCP whose Content-Length is no number',
    '400, or the end of the connection',
    async (lab) => {
      const caller = await lab.caller('tcp');
      await caller.invite({ headers: { 'Content-Length': 'many' } });
      await until(() => caller.peer.received.length > 0 || caller.peer.closedStreams > 0);
      expect(caller.peer.received.filter(({ status }) => status !== 400)).toEqual([]);
    },
  ],
  [
    'RFC 3261 §18.2.2',
    'a request over TCP',
    'the response comes over the same connection',
    async (lab) => {
      const caller = await lab.caller('tcp');
      const Via = 'SIP/2.0/TCP 127.0.0.1:9;branch=z9hG4bKsame';
      await caller.send('OPTIONS', { headers: { Via } });
      expect((await caller.peer.final('OPTIONS')).status).toBe(200);
    },
  ],
  [
    'RFC 3261 §18.2.2',
    'the connection breaks while it rings',
    'the 200 comes over a new connection to the sent-by address',
    async (lab) => {
      const { caller } = await lab.ringing({}, 'tcp');
      caller.peer.closeStream();
      await pause(50);
      await lab.answer();
      await caller.peer.response(200, 'INVITE');
    },
  ],
  [
    'RFC 3261 §18.1.1',
    'two requests to the same place',
    'one connection is used for both',
    async (lab) => {
      const { callee } = await lab.connected('tcp');
      await lab.hangUp();
      await callee.respond(await callee.peer.request('BYE'), 200);
      expect(callee.peer.connectionCount).toBe(1);
    },
  ],
  [
    'RFC 5626 §3.5.1',
    'two line ends on a connection',
    'one line end comes back',
    async (lab) => {
      const caller = await lab.caller('tcp');
      await caller.send('OPTIONS');
      await caller.peer.final('OPTIONS');
      await caller.peer.send('\r\n\r\n');
      await until(() => caller.peer.keepAlives === 1);
    },
  ],
  [
    'RFC 3261 §18.3',
    'noise on a connection',
    'the connection ends, others go on',
    async (lab) => {
      const noisy = await lab.caller('tcp');
      await noisy.peer.send('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
      const caller = await lab.caller('tcp');
      await caller.send('OPTIONS');
      expect((await caller.peer.final('OPTIONS')).status).toBe(200);
      expect(noisy.peer.received.filter(({ status }) => status < 400)).toEqual([]);
    },
  ],
  [
    'RFC 3261 §17.1.4',
    'nobody listens where bob calls',
    'the call fails at once, not after timer B',
    async (lab) => {
      await lab.open();
      const peer = await lab.peer('tcp');
      const { port } = peer;
      peer.close();
      const startMs = performance.now();
      await lab.do('call.dial', { target: `sip:carol@127.0.0.1:${port};transport=tcp` });
      await until(() => lab.phone.getView().calls.every(({ state }) => state === 'ended'));
      expect(performance.now() - startMs).toBeLessThan(2000);
    },
  ],
]);
