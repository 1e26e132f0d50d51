// The first five minutes: a fresh install, the test line, one whole call, its history.
import { describe, expect, it } from 'vitest';
import { useSession } from './pages/browser-session.ts';

describe('a fresh install', () => {
  const session = useSession();

  it('offers the built-in test line at once', async () => {
    const { window } = session();

    await window.see(/built-in test line/);

    expect(await window.page.getByRole('button', { name: /^Call echo/ }).isVisible()).toBe(true);
    expect(await window.page.getByRole('button', { name: 'Add your account' }).isVisible()).toBe(true);
  });

  it('connects a call to echo and counts its time', async () => {
    const { window } = session();

    await window.page.getByRole('button', { name: /^Call echo/ }).click();
    await window.call.isConnected();

    const first = (await window.call.timer.textContent()) ?? '';
    expect(await window.call.nextTime(first)).toMatch(/^\d+:\d\d$/);
    await window.see('Connected');
  });

  it('mutes, holds and resumes', async () => {
    const { call, see } = bound(session().window);

    await call.button('Mute').click();
    await call.button('Unmute').waitFor();
    await call.button('Unmute').click();
    await call.button('Mute').waitFor();
    await call.button('Hold').click();
    await see('On hold');
    await call.button('Resume').click();
    await call.button('Hold').waitFor();
    await see('Connected');
  });

  it('sends digits from the keypad and the keyboard', async () => {
    const { window } = session();

    await window.call.button('Keypad').click();
    await window.page.getByRole('group', { name: 'Keypad' }).getByRole('button', { name: '5 JKL' }).click();
    await window.page.keyboard.press('7');

    await window.call.region.getByText('57', { exact: true }).waitFor();
    await window.call.button('Keypad').click();
  });

  it('records and says where', async () => {
    const { window } = session();

    await window.call.button('Record').click();
    await window.call.button('Stop').waitFor();
    await window.call.button('Stop').click();

    await window.see(/Recording saved: .*\.wav/);
  });

  it('records in the form that the settings say', async () => {
    const { window } = session();

    await window.show('Settings');
    await window.page.getByLabel('File').selectOption('ogg');
    await window.show('Phone');
    await window.call.button('Record').click();
    await window.call.button('Stop').click();

    await window.see(/Recording saved: .*\.ogg/);
  });

  it('hangs up, lists the call and calls back', async () => {
    const { window } = session();

    await window.call.hangUp();
    await window.show('History');
    await window.historyEntries
      .first()
      .getByText(/^Called, /)
      .waitFor();
    await window.page
      .getByRole('button', { name: 'Call echo back' })
      .or(window.page.getByRole('button', { name: /^Call echo.* back/ }))
      .first()
      .click();

    await window.call.isConnected();
    await window.call.hangUp();
  });

  it('says why a call failed and keeps saying it until it is read', async () => {
    const { window } = session();

    await window.dial('busy');
    await window.call.region.getByText('Busy', { exact: true }).waitFor();
    await window.call.button('Close').click();

    await window.target.waitFor();
  });

  it('keeps two calls apart: the second puts the first on hold', async () => {
    const { window } = session();

    await window.dial('echo');
    await window.call.isConnected();
    await session().phone.command('call.dial', { target: 'music' });

    await window.page.getByRole('button', { name: /echo.*On hold/ }).waitFor();
    await window.call.button('Hang up').click();
    await window.page.getByRole('region', { name: /^Call with echo/ }).waitFor();
    await window.call.hangUp();
  });
});

/** Methods that are handed around keep their window. */
function bound(window: ReturnType<ReturnType<typeof useSession>>['window']) {
  return { call: window.call, see: (text: string) => window.see(text) };
}
