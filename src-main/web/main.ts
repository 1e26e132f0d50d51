// Entry of `nightjar start`: opens the app in Electron where its binary is, else in an installed browser, else prints the address.
import { parseArgs } from 'node:util';
import { lineSink, Logger } from '../base/logger.ts';
import { findBrowser, openAppWindow } from './browser.ts';
import { findElectron, runElectron } from './electron-launcher.ts';
import { startWebHost } from './web-host.ts';

const USAGE = 'usage: nightjar [start] [--host electron|web] [--data DIR]';

function readOptions() {
  const args = process.argv.slice(2);
  const { values } = parseArgs({
    args: args[0] === 'start' ? args.slice(1) : args,
    options: {
      host: { type: 'string' },
      data: { type: 'string' },
      config: { type: 'string' },
      audio: { type: 'string' },
      port: { type: 'string', default: '0' },
      'no-open': { type: 'boolean', default: false },
    },
  });
  if (values.host !== undefined && values.host !== 'electron' && values.host !== 'web')
    throw new Error(`there is no host "${values.host}"`);
  return values;
}

const say = (text: string) => void process.stdout.write(`${text}\n`);

async function start(): Promise<number> {
  let options: ReturnType<typeof readOptions>;
  try {
    options = readOptions();
  } catch (error) {
    process.stderr.write(`nightjar: ${(error as Error).message}\n${USAGE}\n`);
    return 2;
  }
  const electron = options.host === 'web' ? { reason: 'the web host was asked for' } : await findElectron(say);
  if ('binary' in electron) {
    say('Host: Electron, its binary is installed.');
    return runElectron(electron.binary, process.argv.slice(2));
  }
  if (options.host === 'electron') {
    process.stderr.write(`nightjar: ${electron.reason}\n`);
    return 1;
  }
  const logger = new Logger(lineSink((line) => process.stderr.write(line), 'warn'));
  const host = await startWebHost({
    dataRoot: options.data,
    configFile: options.config,
    audio: options.audio,
    port: Number(options.port),
    logger,
  });
  if (!host.ok) {
    process.stderr.write(`nightjar: ${host.error.message}\n`);
    return 1;
  }
  const browser = options['no-open'] ? { reason: 'no window was wanted' } : findBrowser();
  const isOpening = 'binary' in browser;
  const where = isOpening
    ? `in ${browser.name}, because ${electron.reason}.`
    : `because ${electron.reason}, and ${browser.reason}. Open this address:`;
  say(`Host: web, ${where}`);
  say(host.value.url);
  const window = isOpening ? openAppWindow(browser, host.value.url, host.value.profileFolder) : undefined;
  await stopSignal(window?.closed);
  window?.close();
  await host.value.close();
  return 0;
}

/** Resolves at SIGINT, SIGTERM, or when the window was closed. */
function stopSignal(windowClosed: Promise<void> | undefined): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => resolve());
    void windowClosed?.then(resolve);
  });
}

void start().then((status) => {
  process.exitCode = status;
  setTimeout(() => process.exit(), 1000).unref();
});
