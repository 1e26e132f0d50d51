// The window outlives its phone: it says that nobody is there, and goes on when somebody is.
import { describe, expect, it } from 'vitest';
import { useSession } from './pages/browser-session.ts';

describe('a window whose phone is restarted', () => {
  const session = useSession();

  it('says that the phone is gone, then shows it again', async () => {
    const { context, phone, window } = session();
    const { port } = phone;
    await window.see(/built-in test line/);

    await phone.stop();
    await window.see(/Nightjar is not running/);
    await phone.start(port);
    // Opening the new link anywhere in this browser lets the old window in as well.
    const second = await context.newPage();
    await second.goto(phone.url);
    await second.close();

    await window.page.getByText(/Nightjar is not running/).waitFor({ state: 'detached' });
    await window.dial('echo');
    await window.call.isConnected();
    await window.call.hangUp();
    expect(phone.port).toBe(port);
  });
});
