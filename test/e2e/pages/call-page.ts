// A call in the window.
import type { Locator, Page } from 'playwright-core';

export class CallPage {
  readonly #page: Page;

  constructor(page: Page) {
    this.#page = page;
  }

  get region(): Locator {
    return this.#page.getByRole('region', { name: /^Call with/ });
  }

  get timer(): Locator {
    return this.region.getByRole('timer');
  }

  button(name: string | RegExp): Locator {
    return this.region.getByRole('button', { name, exact: typeof name === 'string' });
  }

  async isConnected(): Promise<void> {
    await this.timer.waitFor();
  }

  /** The timer's text once it is another than `than`. */
  async nextTime(than: string): Promise<string> {
    const handle = await this.timer.elementHandle();
    await this.#page.waitForFunction(([element, text]) => element.textContent !== text, [handle, than] as const);
    return (await this.timer.textContent()) ?? '';
  }

  async hangUp(): Promise<void> {
    await this.button('Hang up').click();
    await this.region.waitFor({ state: 'detached' });
  }
}
