// Transfer in the window: sent on at once, joined after asking first, and asked for by the other side.
import { describe, expect, it } from 'vitest';
import { startDaemon, type Daemon } from '../support/daemon.ts';
import { useSession } from './pages/browser-session.ts';

/** Another phone on this machine, which answers and goes where it is sent. */
async function phoneOf(user: string): Promise<{ readonly phone: Daemon; readonly address: string }> {
  const phone = await startDaemon({
    config: {
      accounts: [{ id: user, address: `sip:${user}@127.0.0.1`, register: false }],
      sip: { listen: [{ transport: 'udp', address: '127.0.0.1' }] },
      media: { address: '127.0.0.1' },
      calls: { autoAnswerAfterSec: 0, acceptTransfers: 'always' },
    },
  });
  return { phone, address: `sip:${user}@127.0.0.1:${phone.port()}` };
}

describe('a transfer in the window', () => {
  const session = useSession();

  it('sends the other side on, by keyboard alone, and says so', async () => {
    const [bob, carol] = await Promise.all([phoneOf('bob'), phoneOf('carol')]);
    const { window } = session();
    await window.dial(bob.address);
    await window.call.isConnected();

    await window.tabTo(/^Transfer/);
    await window.page.keyboard.press('Enter');
    await window.page.keyboard.type(carol.address);
    await window.page.keyboard.press('Enter');

    await window.see('The call was transferred');
    await window.call.region.waitFor({ state: 'detached' });
    const call = await carol.phone.incoming('connected');
    expect(call.remote.address).toContain('bob@');
    await Promise.all([bob.phone.terminate(), carol.phone.terminate()]);
  });

  it('asks somebody first and joins the two', async () => {
    const [bob, carol] = await Promise.all([phoneOf('bob'), phoneOf('carol')]);
    const { window } = session();
    await window.dial(bob.address);
    await window.call.isConnected();

    await window.call.button(/^Transfer/).click();
    await window.page.getByLabel('Send to').fill(carol.address);
    await window.page.getByRole('button', { name: 'Call first' }).click();
    await window.page.getByRole('region', { name: 'Call with carol' }).getByRole('timer').waitFor();
    await window.call.button(/^Transfer/).click();
    await window.page.getByRole('button', { name: 'Connect with bob' }).click();

    await window.see('The call was transferred');
    await window.call.region.waitFor({ state: 'detached' });
    const joined = await bob.phone.until('call to carol', () =>
      bob.phone.view?.calls.find(({ direction, state }) => direction === 'outgoing' || state === 'connected'),
    );
    expect(joined.state).toBe('connected');
    await Promise.all([bob.phone.terminate(), carol.phone.terminate()]);
  });

  it('that the other side asks for is the user’s to decide', async () => {
    const bob = await phoneOf('bob');
    const { window, phone } = session();
    const { testLine } = (await phone.command('phone.getView')) as { testLine: { address: string } };
    const target = `sip:music@${testLine.address.replace(/^sip:/, '')}`;

    for (const answer of ['No', 'Call there'] as const) {
      await window.dial(bob.address);
      await window.call.isConnected();
      const { id: callId } = await bob.phone.incoming('connected');
      const ended = bob.phone.command('call.transfer', { callId, target });
      const question = window.page.getByRole('alertdialog', { name: 'Transfer?' });
      await question.getByText('music', { exact: true }).waitFor();
      await question.getByRole('button', { name: answer }).click();
      await question.waitFor({ state: 'detached' });

      expect(await ended).toEqual({ statusCode: answer === 'No' ? 603 : 200 });
      if (answer === 'Call there')
        await window.page.getByRole('region', { name: 'Call with music' }).getByRole('timer').waitFor();
      await window.call.hangUp();
      await bob.phone.call(callId, 'ended');
    }
    await bob.phone.terminate();
  });
});
