// A phone process and a browser with its window, shared by the tests of one file.
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';
import { afterAll, beforeEach } from 'vitest';
import { PhoneProcess, type PhoneProcessOptions } from '../../support/phone-process.ts';
import { requireProgram } from '../../support/requirements.ts';
import { PhoneWindow } from './phone-window.ts';

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
const LIMIT_MS = 15_000;

export interface SessionOptions {
  readonly phone?: PhoneProcessOptions;
  /** More switches for the browser. */
  readonly flags?: readonly string[];
  /** Runs in the page before its own scripts. */
  readonly initScript?: () => void;
}

export class BrowserSession {
  readonly phone: PhoneProcess;
  readonly browser: Browser;
  readonly context: BrowserContext;
  readonly window: PhoneWindow;
  /** Everything that the phone sent to this window. */
  readonly frames: string[] = [];

  private constructor(phone: PhoneProcess, browser: Browser, context: BrowserContext, page: Page) {
    this.phone = phone;
    this.browser = browser;
    this.context = context;
    this.window = new PhoneWindow(page);
    page.on('websocket', (socket) => {
      socket.on('framereceived', ({ payload }) => this.frames.push(String(payload)));
    });
  }

  static async open(program: string, options: SessionOptions = {}): Promise<BrowserSession> {
    const [phone, browser] = await Promise.all([
      PhoneProcess.create(options.phone),
      chromium.launch({ executablePath: program, args: [...FLAGS, ...(options.flags ?? [])] }),
    ]);
    const context = await browser.newContext({ viewport: { width: 460, height: 760 } });
    context.setDefaultTimeout(LIMIT_MS);
    if (options.initScript) await context.addInitScript(options.initScript);
    const session = new BrowserSession(phone, browser, context, await context.newPage());
    await session.window.page.goto(phone.url);
    return session;
  }

  async close(): Promise<void> {
    await this.browser.close();
    await this.phone.remove();
  }
}

/** Opens one session for a file's tests when the first of them runs; skips them all where there is no browser. */
export function useSession(): () => BrowserSession {
  let session: BrowserSession | undefined;
  beforeEach(async (ctx) => {
    session ??= await BrowserSession.open(requireProgram(ctx, 'chromium'));
  });
  afterAll(() => session?.close());
  return () => {
    if (!session) throw new Error('no session: the test runs before its hook');
    return session;
  };
}
