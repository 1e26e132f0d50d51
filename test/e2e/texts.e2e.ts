// People in the window: a text sent and received, somebody added, and their presence seen.
import { describe, expect, it } from 'vitest';
import { startDaemon } from '../support/daemon.ts';
import { freePort } from '../support/free-port.ts';
import { useSession } from './pages/browser-session.ts';

describe('people', () => {
  const session = useSession();

  it('are added, seen and written to; their answer is marked until it is read', async () => {
    const port = await freePort();
    const address = `sip:bob@127.0.0.1:${port}`;
    const bob = await startDaemon({
      config: {
        accounts: [{ id: 'bob', address, register: false }],
        sip: { listen: [{ transport: 'udp', address: '127.0.0.1', port }] },
        media: { address: '127.0.0.1' },
        presence: { share: 'everybody' },
      },
    });
    await bob.command('presence.setOwn', { activity: 'busy', note: 'Lunch' }).catch(() => undefined);
    const { window } = session();
    await window.show('People');
    await window.see('Nobody here yet');
    await window.page.getByRole('button', { name: 'Add' }).click();
    await window.page.getByLabel('Number or address').fill(address);
    await window.page.getByLabel('Name').fill('Bob');
    await window.page.keyboard.press('Enter');

    const conversation = window.page.getByRole('region', { name: 'Texts with Bob' });
    await conversation.getByText(/Busy|Available/).waitFor();
    await conversation.getByLabel('Text to Bob').fill('Are you there?');
    await window.page.keyboard.press('Enter');
    await conversation.getByRole('listitem').getByText('Are you there?').waitFor();
    await conversation.getByText(/Sent$/).waitFor();
    const arrived = await bob.until('text', () => bob.view?.texts[0]);
    expect(arrived.text).toBe('Are you there?');

    await conversation.getByRole('button', { name: 'Back to all people' }).click();
    // The window's phone has no server of its own here: the answer goes straight to where the question came from.
    const [question = ''] = await bob.traced('MESSAGE', 'incoming');
    const place = /^Via: SIP\/2\.0\/UDP ([\d.:]+)/m.exec(question)?.[1] ?? '';
    const target = arrived.remote.address.replace(/@.*/, `@${place}`);
    await bob.command('text.send', { target, text: '<b>Yes</b>' });
    await window.page.getByRole('navigation').getByRole('button', { name: /1 new/ }).waitFor();
    await window.page.getByRole('button', { name: /^Texts with .*1 new/ }).click();
    await window.see('<b>Yes</b>');
    await window.page.getByRole('navigation').getByRole('button', { name: 'People', exact: true }).waitFor();
    await bob.terminate();
  });
});
