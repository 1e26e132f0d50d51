// Timers, on a clock that runs ten times as fast: T1 is 50 ms. RFC 3261 §17, RFC 3262 §3, RFC 4028.
import { expect } from 'vitest';
import { pause, SPEED, T1_MS, until } from './lab.ts';
import { afterDialing, inCall, whileRinging, withCaller } from './opening.ts';
import { rowsOf } from './row.ts';
import { sdpOffer } from './wire-dialog.ts';
import type { WireMessage } from './wire-message.ts';

/** The time between copies; a busy machine may be late, but never early. */
const gaps = (copies: readonly WireMessage[]): number[] =>
  copies.slice(1).map(({ atMs }, index) => atMs - (copies[index]?.atMs ?? 0));

/** Each gap at least this long, and no longer than a slow machine makes it. */
function expectGaps(copies: readonly WireMessage[], ...expectedMs: number[]): void {
  const seen = gaps(copies);
  // One late arrival shortens the next gap: the sum tells the truth.
  const total = seen.slice(0, expectedMs.length).reduce((sum, gap) => sum + gap, 0);
  const expected = expectedMs.reduce((sum, gap) => sum + gap, 0);
  expect(total).toBeGreaterThan(expected * 0.8);
  expect(total).toBeLessThan(expected * 2 + 250);
}

export const TIMERS = rowsOf('timers', 'TI', [
  [
    'RFC 3261 §17.1.1.2',
    'INVITE that nobody answers',
    'timer A doubles: T1, 2 T1, 4 T1, 8 T1',
    afterDialing(async ({ callee, invite }) => {
      const copies = await callee.peer.repeated(invite, 5);
      expectGaps(copies, T1_MS, 2 * T1_MS, 4 * T1_MS, 8 * T1_MS);
      expect(gaps(copies)[3]).toBeGreaterThan((gaps(copies)[1] ?? 0) * 1.5);
    }),
  ],
  [
    'RFC 3261 §17.1.1.2',
    'INVITE that nobody answers',
    'timer B: at most seven copies, and the call fails after 64 T1',
    afterDialing(async ({ callee, invite }, lab) => {
      await until(() => lab.phone.getView().calls.every(({ state }) => state === 'ended'), 8000);
      expect(performance.now() - invite.atMs).toBeGreaterThan(64 * T1_MS * 0.9);
      // The seventh is due at 63 T1: on a busy machine timer B may be first.
      expect([6, 7]).toContain(callee.peer.copies(invite).length);
    }),
  ],
  [
    'RFC 3261 §17.1.2.2',
    'BYE that nobody answers',
    'timer E doubles up to T2: T1, 2 T1, 4 T1, 8 T1, 8 T1',
    inCall(async ({ caller }, lab) => {
      await lab.hangUp();
      const copies = await caller.peer.repeated(await caller.peer.request('BYE'), 6);
      expectGaps(copies, T1_MS, 2 * T1_MS, 4 * T1_MS, 8 * T1_MS, 8 * T1_MS);
      expect(gaps(copies)[4]).toBeLessThan(8 * T1_MS * 1.5 + 150);
    }),
  ],
  [
    'RFC 3261 §17.1.2.2',
    'BYE that nobody answers',
    'timer F: eleven copies in 64 T1, then no more',
    inCall(async ({ caller }, lab) => {
      await lab.hangUp();
      const bye = await caller.peer.request('BYE');
      await pause(64 * T1_MS + 300);
      const count = caller.peer.copies(bye).length;
      expect(count).toBeGreaterThanOrEqual(10);
      expect(count).toBeLessThanOrEqual(11);
      await pause(10 * T1_MS);
      expect(caller.peer.copies(bye)).toHaveLength(count);
    }),
  ],
  [
    'RFC 3261 §17.1.2.2',
    '100 to our BYE',
    'timer E: it comes again, every T2 from then on',
    inCall(async ({ caller }, lab) => {
      await lab.hangUp();
      const bye = await caller.peer.request('BYE');
      await caller.respond(bye, 100);
      const copies = await caller.peer.repeated(bye, 4);
      expect(gaps(copies).at(-1)).toBeGreaterThan(8 * T1_MS * 0.8);
    }),
  ],
  [
    'RFC 3261 §17.2.1',
    'a refusal that nobody acknowledges',
    'timer G doubles up to T2',
    whileRinging(async ({ caller }, lab) => {
      await lab.do('call.reject', { callId: lab.call.id });
      const copies = await caller.peer.repeated(await caller.peer.final('INVITE'), 6);
      expectGaps(copies, T1_MS, 2 * T1_MS, 4 * T1_MS, 8 * T1_MS, 8 * T1_MS);
    }),
  ],
  [
    'RFC 3261 §17.2.1',
    'a refusal that nobody acknowledges',
    'timer H: no copy after 64 T1',
    whileRinging(async ({ caller }, lab) => {
      await lab.do('call.reject', { callId: lab.call.id });
      const refused = await caller.peer.final('INVITE');
      await pause(64 * T1_MS + 300);
      const count = caller.peer.copies(refused).length;
      await pause(10 * T1_MS);
      expect(count).toBeGreaterThanOrEqual(10);
      expect(caller.peer.copies(refused)).toHaveLength(count);
    }),
  ],
  [
    'RFC 3261 §13.3.1.4',
    'a 200 to INVITE that nobody acknowledges',
    'it comes again after T1, 2 T1, 4 T1, up to T2',
    whileRinging(async ({ caller }, lab) => {
      await lab.answer();
      const copies = await caller.peer.repeated(await caller.peer.response(200), 6);
      expectGaps(copies, T1_MS, 2 * T1_MS, 4 * T1_MS, 8 * T1_MS, 8 * T1_MS);
    }),
  ],
  [
    'RFC 3261 §13.3.1.4',
    'a 200 to INVITE that nobody acknowledges',
    'BYE after 64 T1',
    whileRinging(async ({ caller }, lab) => {
      await lab.answer();
      const ok = await caller.peer.response(200);
      caller.adopt(ok);
      const bye = await caller.peer.request('BYE', 8000);
      expect(bye.atMs - ok.atMs).toBeGreaterThan(64 * T1_MS * 0.9);
      await caller.respond(bye, 200);
    }),
  ],
  [
    'RFC 3262 §3',
    'a reliable 180 without PRACK',
    'it comes again, the interval doubles',
    async (lab) => {
      const { caller, ringing } = await lab.ringing({ headers: { Require: '100rel' } });
      const copies = await caller.peer.repeated(ringing, 5);
      expectGaps(copies, T1_MS, 2 * T1_MS, 4 * T1_MS, 8 * T1_MS);
    },
  ],
  [
    'RFC 3262 §3',
    'a reliable 180 without PRACK for 64 T1',
    'the INVITE is refused with a 5xx',
    async (lab) => {
      const { caller, ringing } = await lab.ringing({ headers: { Require: '100rel' } });
      const refused = await caller.peer.final('INVITE', 8000);
      expect(Math.floor(refused.status / 100)).toBe(5);
      expect(refused.atMs - ringing.atMs).toBeGreaterThan(64 * T1_MS * 0.9);
    },
  ],
  [
    'RFC 4028 §10',
    'the peer refreshes, but does not',
    'BYE before the interval is over',
    async (lab) => {
      const headers = { Supported: 'timer', 'Session-Expires': '90;refresher=uac' };
      const { caller } = await lab.answered({ headers });
      const startMs = performance.now();
      const bye = await caller.peer.request('BYE', 11_000);
      const tookSec = ((bye.atMs - startMs) * SPEED) / 1000;
      expect(tookSec).toBeGreaterThan(50);
      expect(tookSec).toBeLessThan(95);
      await caller.respond(bye, 200);
    },
  ],
  [
    'RFC 4028 §10',
    'we refresh',
    'a refresh after half the interval, with Session-Expires and refresher=uas of the call',
    async (lab) => {
      const headers = { Supported: 'timer', 'Session-Expires': '90;refresher=uas' };
      const { caller } = await lab.answered({ headers });
      const startMs = performance.now();
      await until(() => caller.peer.requests('UPDATE').length + caller.peer.requests('INVITE').length > 0, 8000);
      const refresh = [...caller.peer.requests('UPDATE'), ...caller.peer.requests('INVITE')][0];
      expect(refresh?.header('Session-Expires')).toMatch(/^90/);
      expect((((refresh?.atMs ?? 0) - startMs) * SPEED) / 1000).toBeGreaterThan(40);
    },
  ],
  [
    'RFC 4028 §7.1',
    'bob calls',
    'INVITE has Session-Expires and Supported: timer',
    afterDialing(({ invite }) => {
      expect(invite.header('Session-Expires')).toMatch(/^1800/);
      expect(invite.list('Supported')).toContain('timer');
    }),
  ],
  [
    'RFC 4028 §7.4',
    '422 with Min-SE 3600',
    'INVITE again, with Min-SE and Session-Expires 3600, the same Call-ID and the next CSeq number',
    afterDialing(async ({ callee, invite }) => {
      await callee.respond(invite, 422, { headers: { 'Min-SE': '3600' } });
      await callee.peer.request('ACK');
      const again = await callee.peer.request('INVITE');
      expect(again.header('Session-Expires')).toMatch(/^3600/);
      expect(again.header('Min-SE')).toBe('3600');
      expect(again.header('Call-ID')).toBe(invite.header('Call-ID'));
      expect(again.sequence).toBe(invite.sequence + 1);
    }),
  ],
  [
    'RFC 3261 §17.1.1.2',
    'the refusal comes again after 5 s',
    'ACK again: timer D is at least 32 s',
    afterDialing(async ({ callee, invite }) => {
      await callee.respond(invite, 486);
      const ack = await callee.peer.request('ACK');
      await pause(5000 / SPEED);
      await callee.respond(invite, 486);
      await callee.peer.repeated(ack, 2);
    }),
  ],
  [
    'RFC 3261 §17.2.2',
    'OPTIONS again after 10 s',
    'timer J: the same 200 again',
    withCaller(async (caller) => {
      const sent = await caller.send('OPTIONS');
      const ok = await caller.peer.final('OPTIONS');
      await pause(10_000 / SPEED);
      await caller.peer.send(sent.text);
      await caller.peer.repeated(ok, 2);
    }),
  ],
  [
    'RFC 3261 §13.3.1.1',
    'a call that rings for long',
    'the 180 comes again every minute',
    whileRinging(async ({ caller }) => {
      await until(() => caller.peer.responses('INVITE', 180).length >= 2, 8000);
    }),
  ],
  [
    'RFC 3261 §13.2.2.4',
    '200 again after 5 s',
    'ACK again',
    afterDialing(async ({ callee, invite }) => {
      await callee.respond(invite, 200, { body: sdpOffer() });
      await callee.peer.request('ACK');
      await pause(5000 / SPEED);
      await callee.respond(invite, 200, { body: sdpOffer() });
      await until(() => callee.peer.requests('ACK').length === 2);
    }),
  ],
  [
    'RFC 3261 §13.2.2.4',
    '200 to our INVITE after timer B',
    'it is acknowledged, and ended with BYE',
    afterDialing(async ({ callee, invite }, lab) => {
      await pause(T1_MS * 66);
      await until(() => lab.call.state === 'ended');
      await callee.respond(invite, 200, { body: sdpOffer() });
      await callee.peer.request('ACK');
      expect((await callee.peer.request('BYE')).header('Reason')).toContain('cause=408');
    }),
  ],
]);
