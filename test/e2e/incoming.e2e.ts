// Calls that come in: answered by keyboard alone, declined, and taken by the answering machine.
import { describe, expect, it } from 'vitest';
import type { PhoneView } from '../../src-shared/contract/index.ts';
import { useSession, type BrowserSession } from './pages/browser-session.ts';

describe('an incoming call', () => {
  const session = useSession();

  it('rings in a dialog that has the focus and is answered by keyboard alone', async () => {
    const { window } = session();

    await window.page.keyboard.press('Tab');
    await window.dial('call-me-back');
    await window.incoming.waitFor();
    await window.incoming.getByRole('button', { name: 'Answer', disabled: false }).waitFor();
    await window.tabTo(/^Answer/);
    await window.page.keyboard.press('Enter');

    await window.incoming.waitFor({ state: 'detached' });
    await window.call.isConnected();
    await window.tabTo(/^Hang up/);
    await window.page.keyboard.press('Enter');
    await window.call.region.waitFor({ state: 'detached' });
  });

  it('is declined, and the history says so', async () => {
    const { window } = session();

    await window.dial('call-me-back');
    await window.incoming.getByRole('button', { name: 'Decline' }).click();
    await window.incoming.waitFor({ state: 'detached' });

    await window.show('History');
    await window.historyEntries.first().getByText('Declined').waitFor();
  });

  it('is declined with Escape, and the focus goes back to where it was', async () => {
    const { window } = session();

    await window.dial('call-me-back');
    await window.show('History');
    await window.incoming.getByRole('button', { name: 'Decline', disabled: false }).waitFor();
    await window.page.keyboard.press('Escape');
    await window.incoming.waitFor({ state: 'detached' });

    await window.page.waitForFunction(() => document.activeElement?.textContent.trim() === 'History');
  });
});

/** From now on another window is in front, and the page keeps the title of the notice that the desktop shows. */
async function lookAway({ context, window: { page } }: BrowserSession): Promise<void> {
  await context.grantPermissions(['notifications']);
  await page.reload();
  await page.evaluate(() => {
    document.hasFocus = () => false;
    const Real = Notification;
    window.Notification = class extends Real {
      constructor(title: string, options?: NotificationOptions) {
        super(title, options);
        this.addEventListener('show', () => (document.body.dataset['notice'] = title));
      }
    };
  });
}

describe('away', () => {
  const session = useSession();

  it('lets the answering machine take a call, keeps the message and tells the desktop', async () => {
    const { phone, window } = session();
    await phone.command('away.set', { answerAfterSec: 0, maxMessageSec: 5, minMessageSec: 0 });
    await lookAway(session());

    await window.away.click();
    await window.see(/^You are away/);
    await window.dial('call-me-back');
    const caller = window.page.getByRole('article', { name: /speaks to the answering machine$/ });
    await caller.waitFor();

    await window.show('Messages');
    await caller.waitFor({ state: 'detached', timeout: 40_000 });
    await window.messages.first().waitFor();
    await window.page.getByRole('navigation').getByRole('button', { name: /1 new/ }).waitFor();
    await window.page.waitForFunction(() => document.body.dataset['notice']?.startsWith('New message from'));
    expect(await window.page.title()).toBe('(1) Nightjar');
    await window.away.click();
  });

  it('plays the message and marks it heard', async () => {
    const { window } = session();

    await window.show('Messages');
    await window.page.getByRole('button', { name: /^Play the message/ }).click();
    await window.messages.getByRole('button', { name: 'Stop' }).waitFor();
    await window.page.getByRole('navigation').getByRole('button', { name: 'Messages', exact: true }).waitFor();
    await window.messages.getByRole('button', { name: 'Stop' }).click();

    await window.page.getByRole('button', { name: /^Play the message/ }).waitFor();
    expect(await window.messages.getByText('new').count()).toBe(0);
  });

  it('deletes the message and brings it back', async () => {
    const { window } = session();

    await window.page.getByRole('button', { name: /^Delete the message/ }).click();
    await window.see('No messages');
    await window.page.getByRole('button', { name: 'Undo' }).click();

    await window.messages.first().waitFor();
  });

  it('draws it, marks it, notes it, and finds it by the note', async () => {
    const { window } = session();
    const { page } = window;

    const shape = await page.locator('article path.rest').first().getAttribute('d');
    expect(new Set(shape?.match(/V[\d.]+/g)).size).toBeGreaterThan(1);
    await page.getByRole('button', { name: /^Mark the message/ }).click();
    await window.messages.getByText('marked').waitFor();
    await page.getByRole('button', { name: /^Note on the message/ }).click();
    await page.keyboard.type('About the boiler');
    await page.keyboard.press('Control+Enter');
    await window.messages.getByText('About the boiler').waitFor();
    const search = page.getByRole('searchbox', { name: 'Search the messages' });
    await search.fill('nothing of it');
    await window.see('Nothing found.');
    await search.fill('boil');
    await window.messages.getByText('About the boiler').waitFor();
    await search.fill('');
  });

  it('plays it twice as fast from where the arrow keys go, and as it was said again', async () => {
    const { window, phone } = session();
    const { page } = window;
    await page.getByLabel('Speed').selectOption('2');
    await page.getByRole('slider').focus();
    await page.keyboard.press('ArrowRight');
    await window.messages.getByRole('button', { name: 'Stop' }).waitFor();

    expect(((await phone.command('phone.getView')) as PhoneView).playback).toMatchObject({ speed: 2, fromMs: 500 });
    await page.getByRole('button', { name: 'Stop' }).click();
    await page.getByLabel('Speed').selectOption('1');
  });

  it('is dragged out of the window as a WAV file', async () => {
    const { window } = session();
    const dragged = await window.messages.first().evaluate((card) => {
      const transfer = new DataTransfer();
      const event = new DragEvent('dragstart', { dataTransfer: transfer, bubbles: true });
      card.querySelector('[draggable]')?.dispatchEvent(event);
      return transfer.getData('DownloadURL');
    });
    const [, name, url] = /^audio\/wav:([^:]+\.wav):(http:.*)$/.exec(dragged) ?? [];
    expect(name).toMatch(/^Message from .+\.wav$/);

    const answer = await window.page.request.get(url ?? '');
    expect(answer.status()).toBe(200);
    expect((await answer.body()).subarray(0, 4).toString()).toBe('RIFF');
    expect((await fetch(url ?? '')).status).toBe(403);
    expect((await window.page.request.get(url?.replace(/messages\/.*/, 'messages/none.wav') ?? '')).status()).toBe(404);
  });

  it('is looked for in the trash, and restored there', async () => {
    const { window } = session();
    const { page } = window;
    await page.getByRole('button', { name: /^Delete the message/ }).click();
    await page.getByRole('button', { name: 'Trash' }).click();
    await page.getByRole('button', { name: /^Restore the message/ }).click();
    await window.see('The trash is empty');
    await page.getByRole('button', { name: 'Back to the messages' }).click();

    await window.messages.getByText('About the boiler').waitFor();
  });
});
