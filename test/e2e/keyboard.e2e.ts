// Everything without a mouse.
import { describe, expect, it } from 'vitest';
import { useSession } from './pages/browser-session.ts';

describe('the keyboard alone', () => {
  const session = useSession();

  it('types a number from anywhere into the number field', async () => {
    const { window } = session();

    await window.tabTo(/^History$/);
    await window.page.keyboard.press('Enter');
    await window.see('No calls yet');
    await window.page.keyboard.type('*43#');

    await window.target.waitFor();
    expect(await window.target.inputValue()).toBe('*43#');
    expect(await window.target.evaluate((element) => element === document.activeElement)).toBe(true);
  });

  it('makes, mutes and ends a call', async () => {
    const { window } = session();

    await window.target.fill('');
    await window.page.keyboard.type('echo');
    await window.page.keyboard.press('Enter');
    await window.call.isConnected();
    await window.page.keyboard.press('m');
    await window.call.button('Unmute').waitFor();
    await window.page.keyboard.press('h');
    await window.see('On hold');
    await window.page.keyboard.press('h');
    await window.see('Connected');
    await window.tabTo(/^Hang up/);
    await window.page.keyboard.press('Space');

    await window.call.region.waitFor({ state: 'detached' });
  });

  it('repeats the last number with Enter, as desk phones do', async () => {
    const { window } = session();

    await window.target.focus();
    await window.page.keyboard.press('Enter');

    await window.page.waitForFunction(() => document.querySelector('input')?.value.includes('echo'));
  });

  it('switches away on and off', async () => {
    const { window } = session();

    await window.tabTo(/^Away/, 'Shift+Tab');
    await window.page.keyboard.press('Space');
    await window.see(/^You are away/);
    await window.page.keyboard.press('Space');
    await window.page.getByText(/^You are away/).waitFor({ state: 'detached' });
  });

  it('adds an account and leaves its form with Escape', async () => {
    const { window } = session();

    await window.tabTo(/^Add your account/);
    await window.page.keyboard.press('Enter');
    await window.account.form.waitFor();
    expect(await window.account.field('Address').evaluate((element) => element === document.activeElement)).toBe(true);
    await window.page.keyboard.press('Escape');

    await window.account.form.waitFor({ state: 'detached' });
  });
});
