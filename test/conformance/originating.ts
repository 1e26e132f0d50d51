// Calls that bob makes: his INVITE, and what his phone does with each response. RFC 3261 §8.1, §13.2.
import { expect } from 'vitest';
import { pause, until, type Lab } from './lab.ts';
import { afterDialing } from './opening.ts';
import { rowsOf } from './row.ts';
import { sdpOffer } from './wire-dialog.ts';

/** A refusal is acknowledged and ends the call with its status. */
async function isRefused(lab: Lab, status: number): Promise<void> {
  const { callee, invite } = await lab.dialed();
  await callee.respond(invite, status);
  const ack = await callee.peer.request('ACK');
  expect(ack.branch).toBe(invite.branch);
  await until(() => lab.call.state === 'ended');
  expect(lab.call.end?.statusCode).toBe(status);
}

export const ORIGINATING = rowsOf('originating', 'OR', [
  [
    'RFC 3261 §8.1.1',
    'bob calls',
    'INVITE has To, From, CSeq, Call-ID, Max-Forwards and Via, each once',
    afterDialing(({ invite }) => {
      for (const name of ['To', 'From', 'CSeq', 'Call-ID', 'Max-Forwards', 'Via'])
        expect(invite.headers(name)).toHaveLength(1);
      expect(invite.header('Max-Forwards')).toBe('70');
    }),
  ],
  [
    'RFC 3261 §8.1.1.3',
    'bob calls',
    'From has his address, his name and a tag',
    afterDialing(({ invite }) => {
      expect(invite.header('From')).toMatch(/^"?Bob"? <sip:bob@127\.0\.0\.1>;tag=\S+$/);
    }),
  ],
  [
    'RFC 3261 §8.1.1.2',
    'bob calls',
    'To has no tag',
    afterDialing(({ invite }) => {
      expect(invite.tag).toBeUndefined();
    }),
  ],
  [
    'RFC 3261 §8.1.1.7',
    'bob calls',
    'the branch begins with the magic cookie',
    afterDialing(({ invite }) => {
      expect(invite.branch).toMatch(/^z9hG4bK.{6,}$/);
    }),
  ],
  [
    'RFC 3261 §8.1.1.4',
    'bob calls twice',
    'each INVITE has its own Call-ID, From tag and branch',
    afterDialing(async ({ invite }, lab) => {
      const second = (await lab.dialed()).invite;
      expect(second.header('Call-ID')).not.toBe(invite.header('Call-ID'));
      expect(second.parameter('From', 'tag')).not.toBe(invite.parameter('From', 'tag'));
      expect(second.branch).not.toBe(invite.branch);
    }),
  ],
  [
    'RFC 3261 §13.2.1',
    'bob calls',
    'INVITE has Contact, Allow, Supported and an SDP offer',
    afterDialing(({ invite }) => {
      expect(invite.uri('Contact')).toMatch(/^sip:[^@]+@127\.0\.0\.1:\d+/);
      expect(invite.list('Allow')).toEqual(expect.arrayContaining(['INVITE', 'ACK', 'CANCEL', 'BYE']));
      expect(invite.list('Supported')).toEqual(expect.arrayContaining(['100rel', 'timer', 'replaces']));
      expect(invite.header('Content-Type')).toBe('application/sdp');
      expect(Number(invite.header('Content-Length'))).toBe(Buffer.byteLength(invite.body));
    }),
  ],
  [
    'RFC 3264 §5',
    'bob calls',
    'the offer is a valid session description with one audio stream',
    afterDialing(({ invite }) => {
      const lines = invite.body.split('\r\n');
      expect(lines.map((line) => line.slice(0, 2)).join('')).toMatch(/^v=o=s=(c=)?t=/);
      expect(lines.filter((line) => line.startsWith('m='))).toHaveLength(1);
      expect(invite.body).toMatch(/^c=IN IP4 127\.0\.0\.1$/m);
    }),
  ],
  [
    'RFC 3261 §12.2.1.1',
    'the callee answers',
    'ACK has a branch of its own, the CSeq number of the INVITE, and the To tag',
    afterDialing(async ({ callee, invite }) => {
      await callee.respond(invite, 200, { body: sdpOffer() });
      const ack = await callee.peer.request('ACK');
      expect(ack.branch).not.toBe(invite.branch);
      expect(ack.sequence).toBe(invite.sequence);
      expect(ack.tag).toBe(callee.localTag);
      expect(`<${ack.requestUri}>`).toBe(callee.contact);
    }),
  ],
  [
    'RFC 3261 §17.1.1.3',
    'the callee refuses',
    'ACK has the branch, Call-ID, From and Request-URI of the INVITE and the To of the response',
    afterDialing(async ({ callee, invite }) => {
      await callee.respond(invite, 486);
      const ack = await callee.peer.request('ACK');
      expect(ack.branch).toBe(invite.branch);
      expect(ack.requestUri).toBe(invite.requestUri);
      expect(ack.header('From')).toBe(invite.header('From'));
      expect(ack.header('Call-ID')).toBe(invite.header('Call-ID'));
      expect(ack.tag).toBe(callee.localTag);
      expect(ack.headers('Via')).toHaveLength(1);
    }),
  ],
  ['RFC 3261 §21.4.5', '404', 'ACK, and the call fails with 404', (lab) => isRefused(lab, 404)],
  ['RFC 3261 §21.4.18', '480', 'ACK, and the call fails with 480', (lab) => isRefused(lab, 480)],
  ['RFC 3261 §21.4.21', '486', 'ACK, and the call fails with 486', (lab) => isRefused(lab, 486)],
  ['RFC 3261 §21.4.26', '488', 'ACK, and the call fails with 488', (lab) => isRefused(lab, 488)],
  ['RFC 3261 §21.5.1', '500', 'ACK, and the call fails with 500', (lab) => isRefused(lab, 500)],
  ['RFC 3261 §21.6.1', '600', 'ACK, and the call fails with 600', (lab) => isRefused(lab, 600)],
  ['RFC 3261 §21.6.2', '603', 'ACK, and the call fails with 603', (lab) => isRefused(lab, 603)],
  ['RFC 3261 §8.1.3.2', '499, an unknown final status', 'ACK, as for a 400', (lab) => isRefused(lab, 499)],
  ['RFC 3261 §8.1.3.2', '699, an unknown final status', 'ACK, as for a 600', (lab) => isRefused(lab, 699)],
  [
    'RFC 3261 §8.1.3.2',
    '199, an unknown provisional status, then 200',
    'the call goes on and is acknowledged',
    afterDialing(async ({ callee, invite }) => {
      await callee.respond(invite, 199);
      await callee.respond(invite, 200, { body: sdpOffer() });
      await callee.peer.request('ACK');
    }),
  ],
  [
    'RFC 3261 §8.1.3.2',
    '183, 180, 183, then 200',
    'the call is acknowledged once',
    afterDialing(async ({ callee, invite }) => {
      for (const status of [183, 180, 183]) await callee.respond(invite, status);
      await callee.respond(invite, 200, { body: sdpOffer() });
      await callee.peer.request('ACK');
      expect(callee.peer.requests('ACK')).toHaveLength(1);
    }),
  ],
  [
    'RFC 3261 §8.1.3.3',
    '200 with two Via fields',
    'it is dropped: no ACK',
    afterDialing(async ({ callee, invite }) => {
      const Via = [invite.header('Via'), 'SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKother'];
      await callee.respond(invite, 200, { body: sdpOffer(), headers: { Via } });
      await pause(150);
      expect(callee.peer.requests('ACK')).toEqual([]);
    }),
  ],
  [
    'RFC 3261 §8.1.3.4',
    '302 with a Contact',
    'the call goes there with the same Call-ID, From and To, and the next CSeq number',
    async (lab) => {
      const elsewhere = await lab.peer();
      const { callee, invite } = await lab.dialed();
      await callee.respond(invite, 302, { headers: { Contact: `<sip:dave@127.0.0.1:${elsewhere.port}>` } });
      await callee.peer.request('ACK');
      const next = await elsewhere.request('INVITE');
      expect(next.requestUri).toBe(`sip:dave@127.0.0.1:${elsewhere.port}`);
      for (const name of ['Call-ID', 'From', 'To']) expect(next.header(name)).toBe(invite.header(name));
      expect(next.sequence).toBe(invite.sequence + 1);
    },
  ],
  [
    'RFC 3261 §8.1.3.4',
    '302 with two Contacts, the better one second',
    'the better one is called first',
    async (lab) => {
      const [low, high] = [await lab.peer(), await lab.peer()];
      const { callee, invite } = await lab.dialed();
      const Contact = [`<sip:a@127.0.0.1:${low.port}>;q=0.2`, `<sip:b@127.0.0.1:${high.port}>;q=0.9`];
      await callee.respond(invite, 302, { headers: { Contact } });
      await high.request('INVITE');
      expect(low.requests('INVITE')).toEqual([]);
    },
  ],
  [
    'RFC 3261 §8.1.3.4',
    '302 that leads back to where it came from',
    'the phone gives up at last',
    afterDialing(async ({ callee, invite }, lab) => {
      const headers = { Contact: `<${invite.requestUri}>` };
      await callee.respond(invite, 302, { headers });
      for (let again = 0; again < 8; again++) {
        const next = await callee.peer.request('INVITE', 300).catch(() => undefined);
        if (!next) break;
        await callee.respond(next, 302, { headers });
      }
      await until(() => lab.phone.getView().calls.every(({ state }) => state === 'ended'));
      expect(new Set(callee.peer.requests('INVITE').map(({ identity }) => identity)).size).toBeLessThan(9);
    }),
  ],
  [
    'RFC 3262 §4',
    'reliable 183',
    'PRACK with its RSeq, CSeq and method',
    afterDialing(async ({ callee, invite }) => {
      await callee.respond(invite, 183, { headers: { Require: '100rel', RSeq: '77' } });
      const prack = await callee.peer.request('PRACK');
      expect(prack.header('RAck')).toBe(`77 ${invite.sequence} INVITE`);
      expect(prack.sequence).toBe(invite.sequence + 1);
      expect(prack.tag).toBe(callee.localTag);
    }),
  ],
  [
    'RFC 3262 §4',
    'the same reliable 183 again',
    'no second PRACK',
    afterDialing(async ({ callee, invite }) => {
      const headers = { Require: '100rel', RSeq: '77' };
      await callee.respond(invite, 183, { headers });
      await callee.respond(await callee.peer.request('PRACK'), 200);
      await callee.respond(invite, 183, { headers });
      await pause(100);
      expect(new Set(callee.peer.requests('PRACK').map(({ identity }) => identity)).size).toBe(1);
    }),
  ],
  [
    'RFC 3262 §4',
    'reliable responses out of order: 79 before 78',
    'PRACK for the first and its successor only',
    afterDialing(async ({ callee, invite }) => {
      const reliable = (RSeq: string) => callee.respond(invite, 183, { headers: { Require: '100rel', RSeq } });
      await reliable('77');
      await callee.respond(await callee.peer.request('PRACK'), 200);
      await reliable('79');
      await pause(80);
      await reliable('78');
      expect((await callee.peer.request('PRACK')).header('RAck')).toMatch(/^78 /);
    }),
  ],
  [
    'RFC 3262 §5',
    'offer and answer in a reliable 183',
    'PRACK without a new offer, then ACK without a body',
    afterDialing(async ({ callee, invite }) => {
      await callee.respond(invite, 183, { headers: { Require: '100rel', RSeq: '1' }, body: sdpOffer() });
      const prack = await callee.peer.request('PRACK');
      await callee.respond(prack, 200);
      await callee.respond(invite, 200);
      expect([prack.body, (await callee.peer.request('ACK')).body]).toEqual(['', '']);
    }),
  ],
  [
    'RFC 3261 §8.1.2',
    'an account with an outbound proxy',
    'INVITE goes to the proxy with its Route; the Request-URI is the callee',
    async (lab) => {
      const proxy = await lab.peer();
      const route = `sip:127.0.0.1:${proxy.port};lr`;
      await lab.open({ account: { outboundProxies: [route] } });
      await lab.do('call.dial', { target: 'sip:carol@example.com' });
      const invite = await proxy.request('INVITE');
      expect(invite.requestUri).toBe('sip:carol@example.com');
      expect(invite.list('Route')).toEqual([`<${route}>`]);
    },
  ],
  [
    'RFC 3261 §13.2.2.4',
    '200 without an answer to our offer',
    'ACK and BYE',
    afterDialing(async ({ callee, invite }) => {
      await callee.respond(invite, 200);
      await callee.peer.request('ACK');
      await callee.respond(await callee.peer.request('BYE'), 200);
    }),
  ],
  [
    'RFC 3581 §3',
    'bob calls over UDP',
    'Via has rport without a value',
    afterDialing(({ invite }) => {
      expect(invite.header('Via')).toMatch(/;rport(;|$)/);
    }),
  ],
  [
    'RFC 3323 §4.1',
    'bob calls and hides who he is',
    'From is anonymous.invalid and Privacy has id',
    async (lab) => {
      await lab.open();
      const peer = await lab.peer();
      await lab.do('call.dial', { target: `sip:carol@127.0.0.1:${peer.port}`, isAnonymous: true });
      const invite = await peer.request('INVITE');
      expect(invite.uri('From')).toBe('sip:anonymous@anonymous.invalid');
      expect(invite.header('Privacy')).toMatch(/\bid\b/);
    },
  ],
]);
