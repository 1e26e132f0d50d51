// The one window: sandboxed, isolated, and with no way to leave the app's own page.
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { BrowserWindow } from 'electron';

const HERE = dirname(fileURLToPath(import.meta.url));

export function createWindow(): BrowserWindow {
  const window = new BrowserWindow({
    width: 460,
    height: 760,
    minWidth: 340,
    minHeight: 520,
    title: 'Nightjar',
    show: false,
    webPreferences: {
      preload: join(HERE, 'preload.cjs'),
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      // The window may lend its sound: it rings unasked, and goes on when it is hidden.
      autoplayPolicy: 'no-user-gesture-required',
      backgroundThrottling: false,
    },
  });
  window.removeMenu();
  window.once('ready-to-show', () => window.show());
  void window.loadFile(join(HERE, '..', '..', 'renderer', 'index.html'));
  return window;
}
