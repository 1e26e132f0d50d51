// Accounts: a mistake loses nothing, a good one registers, a password only goes in.
import { describe, expect, it } from 'vitest';
import { RefusingRegistrar } from '../support/refusing-registrar.ts';
import { useSession } from './pages/browser-session.ts';

const PASSWORD = 'open-sesame-4711';

describe('the account form', () => {
  const session = useSession();
  /** The test line is also a registrar that takes anybody. */
  const registrar = (): string => {
    const address = session()
      .frames.map((frame) => /"testLine":\{"address":"([^"]+)"/.exec(frame)?.[1])
      .find((found) => found !== undefined);
    return /127\.0\.0\.1:\d+/.exec(address ?? '')?.[0] ?? '';
  };

  it('says what is wrong with an address and keeps what was typed', async () => {
    const { window } = session();

    await window.page.getByRole('button', { name: 'Add your account' }).click();
    await window.account.fill('not an address', PASSWORD);
    await window.account.save.click();

    await window.account.form.getByText(/is not an address like name@provider\.com/).waitFor();
    expect(await window.account.field('Address').inputValue()).toBe('not an address');
    expect(await window.account.field('Password').inputValue()).toBe(PASSWORD);
    expect(await window.account.field('Address').getAttribute('aria-invalid')).toBe('true');
  });

  it('saves a good account and shows that it is registered', async () => {
    const { window } = session();

    await window.account.field('Address').fill(`alice@${registrar()}`);
    await window.account.save.click();

    await window.page.getByRole('banner').getByText('Ready', { exact: true }).waitFor();
  });

  it('shows the account in the settings and changes it without asking for the password again', async () => {
    const { window } = session();

    await window.show('Settings');
    await window.page.getByRole('button', { name: /^Change/ }).click();
    expect(await window.account.field('Password').inputValue()).toBe('');
    await window.account.form.getByText('More', { exact: true }).click();
    await window.account.field('Your name').fill('Alice Example');
    await window.account.save.click();

    await window.account.form.waitFor({ state: 'detached' });
    await window.page.getByRole('banner').getByText('Alice Example', { exact: true }).waitFor();
  });

  it('says in plain words that the registrar refuses the account', async () => {
    const { window } = session();
    const refusing = await RefusingRegistrar.open();

    await window.page.getByRole('button', { name: 'Add account' }).click();
    await window.account.fill(`bob@127.0.0.1:${refusing.port}`, PASSWORD);
    await window.account.save.click();
    // What is saved shows the phone's place: whoever goes elsewhere before is brought back there.
    await window.account.form.waitFor({ state: 'detached' });
    await window.show('Settings');

    await window.page
      .getByRole('main')
      .getByText(/^Not connected/)
      .waitFor();
    await window.page
      .getByRole('banner')
      .getByText(/^Not connected/)
      .waitFor();
    await refusing.close();
  });

  it('removes an account when that is confirmed', async () => {
    const { window } = session();

    for (const name of ['bob', 'Alice Example']) {
      await window.page.getByRole('button', { name: new RegExp(`^Remove ${name}`) }).click();
      await window.page
        .getByRole('group', { name: /^Remove/ })
        .getByRole('button', { name: 'Remove' })
        .click();
      await window.page.getByRole('group', { name: /^Remove/ }).waitFor({ state: 'detached' });
    }

    await window.see(/No account yet/);
  });

  it('never got the password back from the phone', async () => {
    const { frames, window } = session();

    expect(frames.length).toBeGreaterThan(0);
    expect(frames.some((frame) => frame.includes(PASSWORD))).toBe(false);
    expect(await window.page.content()).not.toContain(PASSWORD);
  });
});
