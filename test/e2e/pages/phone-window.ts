// The window as a user finds it: its parts by role and name, and waiting for what it shows.
import type { Locator, Page } from 'playwright-core';
import { AccountPage } from './account-page.ts';
import { CallPage } from './call-page.ts';

type PlaceLabel = 'Phone' | 'People' | 'History' | 'Messages' | 'Settings';

export class PhoneWindow {
  readonly page: Page;
  readonly call: CallPage;
  readonly account: AccountPage;

  constructor(page: Page) {
    this.page = page;
    this.call = new CallPage(page);
    this.account = new AccountPage(page);
  }

  get target(): Locator {
    return this.page.getByLabel('Number or address');
  }

  get incoming(): Locator {
    return this.page.getByRole('alertdialog');
  }

  get historyEntries(): Locator {
    return this.page.getByRole('region', { name: 'Call history' }).getByRole('listitem');
  }

  get messages(): Locator {
    return this.page.getByRole('article');
  }

  get away(): Locator {
    return this.page.getByRole('switch', { name: /^Away/ });
  }

  async show(place: PlaceLabel): Promise<void> {
    await this.page.getByRole('navigation').getByRole('button', { name: place }).click();
  }

  async dial(target: string): Promise<void> {
    await this.show('Phone');
    await this.target.fill(target);
    await this.target.press('Enter');
  }

  /** Waits until a text is to be seen. */
  async see(text: string | RegExp): Promise<void> {
    await this.page.getByText(text).first().waitFor();
  }

  async focusedName(): Promise<string> {
    return this.page.evaluate(() => {
      const element = document.activeElement;
      return element?.getAttribute('aria-label') ?? element?.textContent.trim() ?? '';
    });
  }

  /** Moves by Tab until the focused control has this name, as somebody without a mouse does. */
  async tabTo(name: RegExp, key: 'Tab' | 'Shift+Tab' = 'Tab'): Promise<void> {
    const names: string[] = [];
    for (let presses = 0; presses < 60; presses++) {
      const focused = await this.focusedName();
      if (name.test(focused)) return;
      names.push(focused);
      await this.page.keyboard.press(key);
    }
    throw new Error(`Tab never reaches ${String(name)}: ${names.join(' | ')}`);
  }
}
