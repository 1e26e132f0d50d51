// The accounts in the settings, and their form.
import type { Locator, Page } from 'playwright-core';

export class AccountPage {
  readonly #page: Page;

  constructor(page: Page) {
    this.#page = page;
  }

  get form(): Locator {
    return this.#page.getByRole('form', { name: /account/ });
  }

  field(label: string): Locator {
    return this.form.getByLabel(label);
  }

  get save(): Locator {
    return this.form.getByRole('button', { name: 'Save' });
  }

  async fill(address: string, password: string): Promise<void> {
    await this.field('Address').fill(address);
    await this.field('Password').fill(password);
  }
}
