// Entry under Electron: one instance, one phone, one window.
import * as nodeModule from 'node:module';
import { join } from 'node:path';
import { app, BrowserWindow, powerMonitor } from 'electron';
import { lineSink, Logger } from '../base/logger.ts';
import { nodeRuntime } from '../base/runtime.ts';
import { serveDrags } from './drag-out.ts';
import { servePhone, serveSound } from './phone-bridge.ts';
import { watchPresence } from './presence-watch.ts';
import { SafeSecrets } from './safe-secrets.ts';
import { secureSession } from './security.ts';
import { showTray } from './tray.ts';
import { openUtilityPort } from './utility-port.ts';
import { createWindow } from './window.ts';

/** As the installers have it. */
const APP_ID = 'org.nightjar.phone';

/** What V8 compiles is kept in the user's folder from one start to the next; the variable tells the media process where. */
function keepCompiledCode(): void {
  const { enableCompileCache } = nodeModule as { readonly enableCompileCache?: (folder: string) => unknown };
  const folder = join(app.getPath('userData'), 'code-cache');
  process.env['NODE_COMPILE_CACHE'] = folder;
  enableCompileCache?.(folder);
}

async function start(): Promise<void> {
  keepCompiledCode();
  // Only what is loaded from here on comes out of the cache.
  const [{ openPhone }] = await Promise.all([import('../app/index.ts'), app.whenReady()]);
  secureSession();
  // Windows shows notices only of programs that it knows by their name.
  app.setAppUserModelId(APP_ID);
  const logger = new Logger(lineSink((line) => process.stderr.write(line), 'warn'));
  const opened = await openPhone({
    dataRoot: dataRootOf(process.argv),
    logger,
    createSecrets: (folder) => SafeSecrets.open(folder),
    openMediaPort: openUtilityPort,
  });
  if (!opened.ok) {
    logger.error('the phone did not start', { reason: opened.error.message });
    app.exit(1);
    return;
  }
  const { phone, close } = opened.value;
  servePhone(phone);
  serveSound(phone);
  serveDrags(phone);
  createWindow();
  showTray(phone, openWindow);
  powerMonitor.on('resume', () => void phone.handlers['phone.networkChanged']({}));
  watchPresence(powerMonitor, nodeRuntime(), (presence) => void phone.handlers['host.setPresence'](presence));
  app.on('activate', openWindow);
  app.on('second-instance', openWindow);
  endInOrder(close);
}

/** To the front, or a new one. */
function openWindow(): void {
  const window = BrowserWindow.getAllWindows()[0] ?? createWindow();
  if (window.isMinimized()) window.restore();
  window.focus();
}

/** The phone hangs up and unregisters before the process ends. */
function endInOrder(close: () => Promise<void>): void {
  let isClosed = false;
  app.on('before-quit', (event) => {
    if (isClosed) return;
    event.preventDefault();
    void close().finally(() => {
      isClosed = true;
      app.quit();
    });
  });
  app.on('window-all-closed', () => app.quit());
}

/** Chromium puts switches of its own between ours: look by name, not by position. */
function dataRootOf(args: readonly string[]): string | undefined {
  const at = args.indexOf('--data');
  return at < 0 ? undefined : args[at + 1];
}

if (app.requestSingleInstanceLock()) void start();
else app.quit();
