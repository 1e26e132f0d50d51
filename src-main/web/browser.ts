// Finds an installed Chromium, Chrome or Edge and opens the app in a window of its own.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

export interface Browser {
  readonly name: string;
  readonly binary: string;
}

interface Candidate {
  readonly name: string;
  readonly commands: readonly string[];
  readonly paths: readonly string[];
}

const program = (variable: string, rest: string): string => join(process.env[variable] ?? '', rest);

const CANDIDATES: readonly Candidate[] = [
  {
    name: 'Chromium',
    commands: ['chromium', 'chromium-browser'],
    paths: ['/Applications/Chromium.app/Contents/MacOS/Chromium'],
  },
  {
    name: 'Chrome',
    commands: ['google-chrome', 'google-chrome-stable'],
    paths: [
      '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
      program('PROGRAMFILES', 'Google/Chrome/Application/chrome.exe'),
      program('LOCALAPPDATA', 'Google/Chrome/Application/chrome.exe'),
    ],
  },
  {
    name: 'Edge',
    commands: ['microsoft-edge'],
    paths: [
      '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
      program('PROGRAMFILES(X86)', 'Microsoft/Edge/Application/msedge.exe'),
    ],
  },
];

/** Or why there is none that could open a window. */
export function findBrowser(): Browser | { readonly reason: string } {
  const hasDisplay = process.platform !== 'linux' || Boolean(process.env['DISPLAY'] ?? process.env['WAYLAND_DISPLAY']);
  if (!hasDisplay) return { reason: 'there is no display to open a window on' };
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  for (const { name, commands, paths } of CANDIDATES) {
    const places = [...commands.flatMap((command) => folders.map((folder) => join(folder, command))), ...paths];
    const binary = places.find((place) => existsSync(place));
    if (binary !== undefined) return { name, binary };
  }
  return { reason: 'no Chromium, Chrome or Edge was found' };
}

export interface AppWindow {
  /** Resolves when the user closes the window. */
  readonly closed: Promise<void>;
  close(): void;
}

/** The profile is the phone's own, so that the browser process is ours and ends with its window. */
export function openAppWindow(browser: Browser, url: string, profileFolder: string): AppWindow {
  const isRoot = process.getuid?.() === 0;
  const flags = [
    `--app=${url}`,
    `--user-data-dir=${profileFolder}`,
    '--no-first-run',
    '--no-default-browser-check',
    '--window-size=460,760',
  ];
  // The window may lend its sound: it rings unasked, and goes on when it is hidden.
  const sound = [
    '--autoplay-policy=no-user-gesture-required',
    '--disable-renderer-backgrounding',
    '--disable-backgrounding-occluded-windows',
  ];
  const quiet = ['--disable-background-networking', '--disable-component-update', '--disable-sync'];
  const child = spawn(browser.binary, [...flags, ...sound, ...quiet, ...(isRoot ? ['--no-sandbox'] : [])], {
    stdio: 'ignore',
  });
  return {
    closed: new Promise((resolve) => {
      child.on('exit', () => resolve());
      child.on('error', () => resolve());
    }),
    close: () => void child.kill(),
  };
}
