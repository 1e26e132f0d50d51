// A REFER outside any dialog: refused, asked about, reported on. RFC 3515 §2.4, RFC 4488 §4.
import { expect } from 'vitest';
import { until, type Lab } from './lab.ts';
import { rowsOf } from './row.ts';
import type { WireDialog } from './wire-dialog.ts';
import { LOOPBACK } from './wire-peer.ts';

const TARGET = `sip:dan@${LOOPBACK}:9`;

/** A program asks bob's phone to call; what the phone answers. */
async function refer(
  lab: Lab,
  headers: Readonly<Record<string, string>> = {},
  acceptReferrals = 'ask',
): Promise<{ readonly program: WireDialog; readonly status: number }> {
  const program = await lab.caller('udp', { calls: { acceptReferrals } });
  await program.send('REFER', { headers: { 'Refer-To': `<${TARGET}>`, ...headers } });
  return { program, status: (await program.peer.final('REFER')).status };
}

const question = (lab: Lab): { readonly referralId: string } => {
  const [first] = lab.phone.getView().referrals;
  if (!first) throw new Error('nobody asks');
  return { referralId: first.id };
};

export const CLICK_TO_DIAL = rowsOf('dialogs', 'CD', [
  [
    'RFC 3515 §5.2',
    'REFER outside a dialog, as the phone comes',
    '403, and nobody is asked',
    async (lab) => {
      expect((await refer(lab, {}, 'never')).status).toBe(403);
      expect(lab.phone.getView().referrals).toEqual([]);
    },
  ],
  [
    'RFC 3515 §2.4.4',
    'REFER outside a dialog, where the user wants to be asked',
    '202, a NOTIFY with 100, a question, and no call',
    async (lab) => {
      const { program, status } = await refer(lab);
      expect(status).toBe(202);
      const notify = await program.peer.request('NOTIFY');
      expect([notify.header('Event'), notify.body]).toEqual(['refer', 'SIP/2.0 100 Trying\r\n']);
      expect(notify.header('Subscription-State')).toMatch(/^active;expires=\d+$/);
      expect(lab.phone.getView()).toMatchObject({ referrals: [{ target: TARGET }], calls: [] });
    },
  ],
  [
    'RFC 3515 §2.4.5',
    'the user says no',
    'a last NOTIFY with 603, and the subscription is terminated',
    async (lab) => {
      const { program } = await refer(lab);
      await program.respond(await program.peer.request('NOTIFY'), 200);
      await lab.do('call.declineReferral', question(lab));
      const last = await program.peer.request('NOTIFY');
      expect(last.body).toBe('SIP/2.0 603 Decline\r\n');
      expect(last.header('Subscription-State')).toBe('terminated;reason=noresource');
    },
  ],
  [
    'RFC 3515 §2.4.5',
    'the user says yes',
    'the phone calls the Refer-To',
    async (lab) => {
      const callee = await lab.peer();
      await refer(lab, { 'Refer-To': `<sip:dan@${LOOPBACK}:${callee.port}>` });
      await until(() => lab.phone.getView().referrals.length === 1);
      await lab.do('call.acceptReferral', question(lab));
      expect((await callee.request('INVITE')).startLine).toContain(`sip:dan@${LOOPBACK}:${callee.port}`);
    },
  ],
  [
    'RFC 4488 §4',
    'REFER with Refer-Sub: false',
    '202 with Refer-Sub: false, and no NOTIFY',
    async (lab) => {
      const program = await lab.caller('udp', { calls: { acceptReferrals: 'ask' } });
      await program.send('REFER', { headers: { 'Refer-To': `<${TARGET}>`, 'Refer-Sub': 'false' } });
      const accepted = await program.peer.final('REFER');
      expect([accepted.status, accepted.header('Refer-Sub')]).toEqual([202, 'false']);
      await lab.do('call.declineReferral', question(lab));
      await program.send('OPTIONS');
      await program.peer.final('OPTIONS');
      expect(program.peer.requests('NOTIFY')).toEqual([]);
    },
  ],
  [
    'RFC 3515 §2.4.2',
    'REFER for another method than INVITE',
    '603, and nobody is asked',
    async (lab) => {
      expect((await refer(lab, { 'Refer-To': `<${TARGET};method=BYE>` })).status).toBe(603);
      expect(lab.phone.getView().referrals).toEqual([]);
    },
  ],
]);
